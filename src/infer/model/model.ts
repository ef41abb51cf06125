import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FeedpulseError } from '../../lib/errors.ts';
import { type Manifest, manifestSchema, onnxFiles } from './manifest.ts';
import { type FileCheck, missingFileError, verifyFile } from './verify-file.ts';

/** The relative path is the same from src/ and from dist/. */
const bundledPath = (name: string): string => fileURLToPath(new URL(`../../../models/${name}`, import.meta.url));

/** The English model that ships with feedpulse. */
export const bundledModelPath = bundledPath('distilbert-social-en');

/** All models that ship with feedpulse; English posts are for the first. */
export const bundledModelPaths: readonly [string, ...string[]] = [bundledModelPath, bundledPath('distilbert-social-multi')];

export type ModelInfo = Manifest & {
  /** `name@version`, stored with every score. */
  readonly id: string;
  readonly dir: string;
};

/** Files that every model directory needs besides the weights, in the layout of Hugging Face's tools. */
export const modelFiles = {
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

/**
 * Reads the manifest of a model directory and verifies every file it lists.
 * @throws MODEL_MISSING if the manifest or a file is missing; MODEL_CORRUPT if one is truncated or altered. The message names the file.
 */
export async function loadModel(dir: string): Promise<ModelInfo> {
  const model = await readModel(dir);
  for (const { problem } of await verifyModel(model)) if (problem) throw problem;
  return model;
}

/** Reads the manifest of a model directory without verifying its files. @throws MODEL_MISSING or MODEL_CORRUPT */
export async function readModel(dir: string): Promise<ModelInfo> {
  const manifest = await readManifest(join(dir, 'manifest.json'));
  for (const required of [...Object.values(modelFiles), ...onnxFiles(manifest)]) {
    if (!manifest.files[required]) throw corrupt(`The manifest of ${dir} does not list ${required}.`);
  }
  return { ...manifest, id: `${manifest.name}@${manifest.version}`, dir };
}

/** Verifies each file of the manifest, in its order. */
export function verifyModel({ dir, files }: ModelInfo): Promise<FileCheck[]> {
  return Promise.all(Object.entries(files).map(([file, info]) => verifyFile(dir, file, info)));
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw missingFileError(path, thrown);
  });
  const parsed = manifestSchema.safeParse(parseManifestJson(path, text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'top level'}: ${issue.message}`);
  throw corrupt(`${path} is not a manifest of format 1 or 2 (${problems.join('; ')}).`);
}

function parseManifestJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw corrupt(`${path} is corrupt: it is not valid JSON.`, thrown);
  }
}

function corrupt(message: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('MODEL_CORRUPT', message, { cause });
}
