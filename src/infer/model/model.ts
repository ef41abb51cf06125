import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FeedpulseError } from '../../lib/errors.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { type Finding, missing, verifyFile } from './verify-file.ts';

/** The model that comes with the program; from src/ and from dist/ the way is the same. */
export const bundledModelPath = fileURLToPath(new URL('../../../models/distilbert-social-en', import.meta.url));

export interface ModelInfo extends Manifest {
  /** `name@version`: stored beside every score. */
  readonly id: string;
  readonly folder: string;
}

/** What the program reads beside the weights, inside a model folder as Hugging Face's tools lay it out. */
export const modelFiles = {
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

/**
 * Reads the manifest of a model folder and checks every file it lists. Rejects with MODEL_MISSING when the
 * manifest or a file is not there, with MODEL_CORRUPT when one is truncated or altered; the message names it.
 */
export async function loadModel(folder: string): Promise<ModelInfo> {
  const model = await readModel(folder);
  for (const { problem } of await examineModel(model)) if (problem) throw problem;
  return model;
}

/** What a model folder says of itself; its files are not looked at. Rejects with MODEL_MISSING or MODEL_CORRUPT. */
export async function readModel(folder: string): Promise<ModelInfo> {
  const manifest = await readManifest(join(folder, 'manifest.json'));
  for (const needed of [...Object.values(modelFiles), manifest.weights]) {
    if (!manifest.files[needed]) throw damaged(`The manifest of ${folder} does not list ${needed}.`);
  }
  return { ...manifest, id: `${manifest.name}@${manifest.version}`, folder };
}

/** How each file that the manifest lists is found, in its order. */
export function examineModel({ folder, files }: ModelInfo): Promise<Finding[]> {
  return Promise.all(Object.entries(files).map(([file, facts]) => verifyFile(folder, file, facts)));
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw missing(path, thrown);
  });
  const checked = manifestSchema.safeParse(parseJson(path, text));
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path: at, message }) => `${at.join('.') || 'the whole'}: ${message}`);
  throw damaged(`${path} is not a manifest of format 1 (${problems.join('; ')}).`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw damaged(`${path} is truncated or altered: it is not JSON.`, thrown);
  }
}

function damaged(message: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('MODEL_CORRUPT', message, { cause });
}
