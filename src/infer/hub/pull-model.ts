import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ZodError } from 'zod';
import { FeedpulseError } from '../../errors.ts';
import type { Label } from '../../post.ts';
import { cleaningVersion } from '../clean.ts';
import type { FileFacts } from '../examine-file.ts';
import { type Manifest, manifestSchema } from '../manifest.ts';
import { loadModel, type ModelInfo } from '../model.ts';
import { addressOf, type Repository } from './address.ts';
import { labelsOf } from './describe-model.ts';
import { type FetchParts, fetchFile } from './fetch-file.ts';
import { configFile, type Pins, weightsOf } from './pins.ts';

export interface Pull {
  readonly from: Repository;
  readonly pins: Pins;
  /** The folder that holds the folders of models. */
  readonly into: string;
  /** Of the model's folder, and in the version that stands beside each score. */
  readonly name: string;
  /** As major.minor.patch; made from the checksums when absent. */
  readonly version?: string | undefined;
  /** In the order of the logits; as config.json has them when absent. */
  readonly labels?: readonly Label[] | undefined;
  readonly languages: readonly string[];
  /** Tokens; longer posts are cut. */
  readonly maxLength: number;
}

export interface PullParts extends Pick<FetchParts, 'clock'> {
  readonly onProgress: (file: string, received: number, total: number) => void;
  /** Scores a post with the model in this folder; rejects where it can't. */
  readonly tryOut: (folder: string) => Promise<void>;
}

/** What runs fits into memory several times; the rest are vocabularies and settings. */
const mostBytes = { weights: 2 * 1_024 ** 3, other: 64 * 1_024 ** 2 };

const partial = '.partial';
export const isPartial = (folder: string): boolean => folder.endsWith(partial);

/**
 * Fetches the pinned files of a model, writes its manifest, tries it out, and only then gives it its name: what has that
 * name is whole. Cut off, it goes on with the same call. Rejects with USAGE, HUB_REFUSED, HUB_UNAVAILABLE, FILE_UNREADABLE,
 * or what `tryOut` rejects with.
 */
export async function pullModel(pull: Pull, parts: PullParts): Promise<{ model: ModelInfo; wasThere: boolean }> {
  const { from, pins, into, name } = pull;
  const weights = weightsOf(pins);
  checkNames(pull);
  const addresses = [...pins.keys()].map((file) => [file, addressOf(from, file)] as const);
  const target = join(into, name);
  if (existsSync(target)) return { model: await sameModel(target, pull), wasThere: true };
  const folder = `${target}${partial}`;
  await mkdir(folder, { recursive: true });
  await removeOthers(folder, pins);
  for (const [file, url] of addresses) {
    const wanted = {
      url,
      path: join(folder, file),
      sha256: pins.get(file) ?? '',
      mostBytes: mostBytes[file === weights ? 'weights' : 'other'],
    };
    await fetchFile(wanted, { clock: parts.clock, onProgress: (received, total) => parts.onProgress(file, received, total) });
  }
  const manifest = await describe(pull, folder, weights);
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await parts.tryOut(folder);
  await rename(folder, target);
  return { model: { ...manifest, id: `${manifest.name}@${manifest.version}`, folder: target }, wasThere: false };
}

/** Before anything is fetched. */
function checkNames(pull: Pull): void {
  const checked = manifestSchema.pick({ name: true, languages: true, maxLength: true }).safeParse(pull);
  if (!checked.success) throw unfit(checked.error);
  if (isPartial(pull.name)) throw new FeedpulseError('USAGE', `A model's name does not end with ${partial}.`);
}

/** The model that has the name already, if it is whole, of the same files, and read the same way. */
async function sameModel(folder: string, pull: Pull): Promise<ModelInfo> {
  const model = await loadModel(folder);
  const asked = [pull.languages, pull.maxLength, pull.labels ?? model.labels, pull.version ?? model.version];
  const hasFiles = [...pull.pins].every(([file, sha256]) => model.files[file]?.sha256 === sha256);
  if (hasFiles && isDeepStrictEqual(asked, [model.languages, model.maxLength, model.labels, model.version])) return model;
  throw new FeedpulseError('USAGE', `${folder} holds another model: remove it, or choose another name with --as.`);
}

/** An earlier attempt may have pinned other files. */
async function removeOthers(folder: string, pins: Pins): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.filter((one) => !one.isDirectory())) {
    const path = join(entry.parentPath, entry.name);
    if (!pins.has(path.slice(folder.length + 1))) await rm(path);
  }
}

async function describe(pull: Pull, folder: string, weights: string): Promise<Manifest> {
  const { pins, name, languages, maxLength } = pull;
  const labels = labelsOf(parseJson(await readFile(join(folder, configFile), 'utf8')), pull.labels, maxLength);
  const files: Record<string, FileFacts> = {};
  for (const [file, sha256] of pins) files[file] = { bytes: (await stat(join(folder, file))).size, sha256 };
  // The same files read another way give other scores, which need another version beside them.
  const identity = createHash('sha256').update(JSON.stringify([files, labels, languages, maxLength]));
  const version = pull.version ?? `0.0.0-${identity.digest('hex').slice(0, 12)}`;
  // 1: nobody has fitted a temperature for it.
  const facts = { format: 1, name, version, labels, languages, maxLength, cleaning: cleaningVersion, temperature: 1, weights, files };
  const checked = manifestSchema.safeParse(facts);
  if (checked.success) return checked.data;
  throw unfit(checked.error);
}

function unfit({ issues }: ZodError): FeedpulseError {
  return new FeedpulseError('USAGE', `${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
