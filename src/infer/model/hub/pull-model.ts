import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ZodError } from 'zod';
import type { Label } from '../../../domain/post.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { withFileLock } from '../../../lib/file-lock.ts';
import { cleaningVersion } from '../../text/clean.ts';
import { type Manifest, manifestSchema } from '../manifest.ts';
import { bundledModelPath, examineModel, type ModelInfo, readModel } from '../model.ts';
import type { FileFacts } from '../verify-file.ts';
import { addressOf, type Repository } from './repository.ts';
import { configFile, type Pins, weightsOf } from './checksums.ts';
import { contentVersion } from './content-version.ts';
import { type FetchParts, fetchFile } from './download-file.ts';
import { labelsOf } from './create-manifest.ts';

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
  /** Scores posts with the model in this folder; rejects where it can't. */
  readonly tryOut: (folder: string) => Promise<void>;
}

/** What runs fits into memory several times; the rest are vocabularies and settings. */
const mostBytes = { weights: 2 * 1_024 ** 3, other: 64 * 1_024 ** 2 };

const manifestFile = 'manifest.json';
const partial = '.partial';
export const isPartial = (folder: string): boolean => folder.endsWith(partial);

/**
 * Fetches the pinned files of a model, writes its manifest, tries it out, and only then gives it its name: what has that
 * name is whole. Cut off, it goes on with the same call; damaged since, the model is mended by it. Rejects with USAGE,
 * HUB_REJECTED, HUB_UNAVAILABLE, FILE_UNREADABLE, DATA_DIR_LOCKED while another call fetches it, or what `tryOut` rejects with.
 */
export async function pullModel(pull: Pull, parts: PullParts): Promise<{ model: ModelInfo; wasThere: boolean }> {
  const { from, pins, into, name } = pull;
  const weights = weightsOf(pins);
  checkNames(pull);
  const addresses = [...pins.keys()].map((file) => [file, addressOf(from, file)] as const);
  try {
    await mkdir(into, { recursive: true });
    return await withFileLock(into, name, () => install(pull, parts, { weights, addresses }));
  } catch (thrown) {
    throw isOfTheFileSystem(thrown) ? new FeedpulseError('FILE_UNREADABLE', `${thrown.message}.`, { cause: thrown }) : thrown;
  }
}

interface Checked {
  readonly weights: string;
  readonly addresses: readonly (readonly [file: string, url: URL])[];
}

async function install(pull: Pull, parts: PullParts, { weights, addresses }: Checked): ReturnType<typeof pullModel> {
  const { pins, into, name } = pull;
  const target = join(into, name);
  const folder = `${target}${partial}`;
  if (existsSync(target)) {
    const there = await findWhole(target, pull);
    if (there) return { model: there, wasThere: true };
    // What is sound in it need not be fetched again.
    if (!existsSync(folder)) await rename(target, folder);
  }
  await mkdir(folder, { recursive: true });
  for (const other of await othersIn(folder, pins)) await rm(join(folder, other));
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
  await writeFile(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  await parts.tryOut(folder);
  await rm(target, { recursive: true, force: true }); // a damaged one, where an attempt that was cut off lay beside it
  await rename(folder, target);
  return { model: { ...manifest, id: `${manifest.name}@${manifest.version}`, folder: target }, wasThere: false };
}

/** Before anything is fetched. */
function checkNames(pull: Pull): void {
  const checked = manifestSchema.pick({ name: true, languages: true, maxLength: true }).safeParse(pull);
  if (!checked.success) throw unfit(checked.error);
  if (isPartial(pull.name)) throw new FeedpulseError('USAGE', `A model's name does not end with ${partial}.`);
  // Its versions would pass for those of the bundled one, and its name would stand for either.
  if (pull.name === basename(bundledModelPath))
    throw new FeedpulseError('USAGE', `${pull.name} is the bundled model: choose another name with --as.`);
}

/** The model that has the name already; undefined where it is the one asked for, but damaged. Rejects with USAGE for another. */
async function findWhole(folder: string, pull: Pull): Promise<ModelInfo | undefined> {
  const model = await readModel(folder).catch((thrown: unknown) => {
    if (thrown instanceof FeedpulseError) return undefined;
    throw thrown;
  });
  // Without a manifest its files must do: nothing that is somebody's own may be taken for what is to be mended.
  const isAsked = model ? isSame(model, pull) : (await othersIn(folder, pull.pins)).every((file) => file === manifestFile);
  if (!isAsked) throw new FeedpulseError('USAGE', `${folder} holds another model: remove it, or choose another name with --as.`);
  return model && (await examineModel(model)).every(({ state }) => state === 'sound') ? model : undefined;
}

/** Of the same files, and read the same way. */
function isSame(model: ModelInfo, pull: Pull): boolean {
  const asked = [pull.languages, pull.maxLength, pull.labels ?? model.labels, pull.version ?? model.version];
  const hasFiles = [...pull.pins].every(([file, sha256]) => model.files[file]?.sha256 === sha256);
  return hasFiles && isDeepStrictEqual(asked, [model.languages, model.maxLength, model.labels, model.version]);
}

/** Files that nobody pins: an earlier attempt may have pinned others. Paths within the folder. */
async function othersIn(folder: string, pins: Pins): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return files.filter((file) => !pins.has(file));
}

/** Faults of the network have become others where the network is asked. */
function isOfTheFileSystem(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && !(thrown instanceof FeedpulseError) && 'syscall' in thrown;
}

async function describe(pull: Pull, folder: string, weights: string): Promise<Manifest> {
  const { pins, name, languages, maxLength } = pull;
  const labels = labelsOf(parseJson(await readFile(join(folder, configFile), 'utf8')), pull.labels, maxLength);
  const files: Record<string, FileFacts> = {};
  for (const [file, sha256] of pins) files[file] = { bytes: (await stat(join(folder, file))).size, sha256 };
  const described = { labels, languages, maxLength, cleaning: cleaningVersion, weights, files };
  // 1: nobody has fitted a temperature for it.
  const facts = { format: 1, name, version: pull.version ?? contentVersion(described), temperature: 1, ...described };
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
