import { existsSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { FeedpulseError } from '../../../lib/errors.ts';
import { withFileLock } from '../../../lib/file-lock.ts';
import { makeDirectories } from '../../../lib/make-directories.ts';
import { bundledModelPaths, type ModelInfo, readModel, verifyModel } from '../model.ts';
import { checkSettings, createManifest, type ModelSettings } from './create-manifest.ts';
import { type DownloadDeps, downloadFile } from './download-file.ts';
import { type Checksums, fileUrl, type Repository, validateChecksums } from './repository.ts';

export interface PullOptions extends ModelSettings {
  readonly from: Repository;
  readonly checksums: Checksums;
  /** Parent directory of installed models. */
  readonly modelsDir: string;
}

export interface PullDeps extends Pick<DownloadDeps, 'clock'> {
  readonly onProgress: (file: string, received: number, total: number) => void;
  /** Scores posts with the model in this directory; rejects if it cannot. */
  readonly smokeTest: (dir: string) => Promise<void>;
}

export interface PullResult {
  readonly model: ModelInfo;
  /** True if the model was installed before and only had to be verified. */
  readonly alreadyInstalled: boolean;
}

/** Weights must fit into memory several times; other files are vocabularies and settings. */
const maxBytes = { weights: 2 * 1_024 ** 3, other: 64 * 1_024 ** 2 };

const manifestFile = 'manifest.json';
const partialSuffix = '.partial';
export const isPartialDownload = (dir: string): boolean => dir.endsWith(partialSuffix);

/**
 * Downloads a model's files, writes its manifest, runs a smoke test and then renames the model into place, so an installed
 * model is always complete. The same call resumes an interrupted download and repairs a corrupt model.
 * @throws USAGE, HUB_REJECTED, HUB_UNAVAILABLE or FILE_INACCESSIBLE; DATA_DIR_LOCKED during another pull of the same model;
 * the error of `smokeTest`
 */
export async function pullModel(options: PullOptions, deps: PullDeps): Promise<PullResult> {
  const { from, checksums, modelsDir, name } = options;
  const weights = validateChecksums(checksums);
  checkSettings(options);
  checkName(name);
  const urls = [...checksums.keys()].map((file) => [file, fileUrl(from, file)] as const);
  try {
    await makeDirectories(modelsDir);
    return await withFileLock(modelsDir, name, () => install(options, deps, { weights, urls }));
  } catch (thrown) {
    throw isFileSystemError(thrown) ? new FeedpulseError('FILE_INACCESSIBLE', `${thrown.message}.`, { cause: thrown }) : thrown;
  }
}

interface ValidatedFiles {
  readonly weights: string;
  readonly urls: readonly (readonly [file: string, url: URL])[];
}

async function install(options: PullOptions, deps: PullDeps, { weights, urls }: ValidatedFiles): Promise<PullResult> {
  const { checksums, modelsDir, name } = options;
  const target = join(modelsDir, name);
  const partial = `${target}${partialSuffix}`;
  if (existsSync(target)) {
    const installed = await findInstalled(target, options);
    if (installed) return { model: installed, alreadyInstalled: true };
    // Files that are still valid need not be downloaded again.
    if (!existsSync(partial)) await rename(target, partial);
  }
  await makeDirectories(partial);
  for (const file of await unlistedFiles(partial, checksums)) await rm(join(partial, file));
  for (const [file, url] of urls) {
    const sha256 = checksums.get(file) ?? '';
    const download = { url, path: join(partial, file), sha256, maxBytes: maxBytes[file === weights ? 'weights' : 'other'] };
    await downloadFile(download, { clock: deps.clock, onProgress: (received, total) => deps.onProgress(file, received, total) });
  }
  const manifest = await createManifest(options, checksums, partial, weights);
  await writeFile(join(partial, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  await deps.smokeTest(partial);
  await rm(target, { recursive: true, force: true }); // a corrupt model, if an interrupted download existed beside it
  await rename(partial, target);
  return { model: { ...manifest, id: `${manifest.name}@${manifest.version}`, dir: target }, alreadyInstalled: false };
}

function checkName(name: string): void {
  if (isPartialDownload(name)) throw new FeedpulseError('USAGE', `A model name must not end with ${partialSuffix}.`);
  // Neither stored versions nor names on the command line could be distinguished from a bundled model.
  if (bundledModelPaths.some((path) => basename(path) === name))
    throw new FeedpulseError('USAGE', `${name} is a bundled model: choose another name.`);
}

/** Returns the installed model, or undefined if it is the requested one but corrupt. @throws USAGE for a different model */
async function findInstalled(dir: string, options: PullOptions): Promise<ModelInfo | undefined> {
  const model = await readModel(dir).catch((thrown: unknown) => {
    if (thrown instanceof FeedpulseError) return undefined;
    throw thrown;
  });
  // Without a readable manifest, only the requested files may be in the directory: a repair must not delete the user's files.
  const isRequested = model
    ? matchesRequest(model, options)
    : (await unlistedFiles(dir, options.checksums)).every((file) => file === manifestFile);
  if (!isRequested) throw new FeedpulseError('USAGE', `${dir} contains a different model: remove it, or choose another name.`);
  return model && (await verifyModel(model)).every(({ state }) => state === 'ok') ? model : undefined;
}

/** Compares files and settings. */
function matchesRequest(model: ModelInfo, { checksums, languages, maxLength, labels, version }: PullOptions): boolean {
  const requested = [languages, maxLength, labels ?? model.labels, version ?? model.version];
  const hasFiles = [...checksums].every(([file, sha256]) => model.files[file]?.sha256 === sha256);
  return hasFiles && isDeepStrictEqual(requested, [model.languages, model.maxLength, model.labels, model.version]);
}

/** Files in the directory without a checksum, such as those of an earlier attempt; paths relative to the directory. */
async function unlistedFiles(dir: string, checksums: Checksums): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  return files.filter((file) => !checksums.has(file));
}

/** Network errors never arrive here: downloadFile converts them. */
function isFileSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && !(thrown instanceof FeedpulseError) && 'syscall' in thrown;
}
