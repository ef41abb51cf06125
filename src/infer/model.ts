import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { asError, FeedpulseError } from '../errors.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

/** The model that comes with the program; from src/ and from dist/ the way is the same. */
export const bundledModelPath = fileURLToPath(new URL('../../models/distilbert-social-en', import.meta.url));

export interface ModelInfo extends Manifest {
  /** `name@version`: stored beside every score. */
  readonly id: string;
  readonly folder: string;
}

/** What the program reads, inside a model folder as Hugging Face's tools lay it out. */
export const modelFiles = {
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  weights: 'onnx/model_quantized.onnx',
} as const;

/**
 * Reads the manifest of a model folder and checks every file it lists. Rejects with MODEL_MISSING when the
 * manifest or a file is not there, with MODEL_DAMAGED when one is truncated or altered; the message names it.
 */
export async function loadModel(folder: string): Promise<ModelInfo> {
  const manifest = await readManifest(join(folder, 'manifest.json'));
  for (const needed of Object.values(modelFiles)) {
    if (!manifest.files[needed]) throw damaged(`The manifest of ${folder} does not list ${needed}.`);
  }
  await Promise.all(Object.entries(manifest.files).map(([file, facts]) => checkFile(join(folder, file), facts)));
  return { ...manifest, id: `${manifest.name}@${manifest.version}`, folder };
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch(failReading(path));
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

async function checkFile(path: string, expected: { bytes: number; sha256: string }): Promise<void> {
  const { size } = await stat(path).catch(failReading(path));
  if (size < expected.bytes) throw damaged(`${path} is truncated: ${size} of ${expected.bytes} bytes.`);
  if (size > expected.bytes) throw damaged(`${path} is altered: ${size} bytes instead of ${expected.bytes}.`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch(failReading(path));
  if (hash.digest('hex') !== expected.sha256) throw damaged(`${path} is altered: its SHA-256 differs from the manifest's.`);
}

function failReading(path: string): (thrown: unknown) => never {
  return (thrown) => {
    const error: NodeJS.ErrnoException = asError(thrown);
    const how = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'is missing' : `can't be read (${error.code ?? error.message})`;
    throw new FeedpulseError('MODEL_MISSING', `${path} ${how}.`, { cause: thrown });
  };
}

function damaged(message: string, cause?: unknown): FeedpulseError {
  return new FeedpulseError('MODEL_DAMAGED', message, { cause });
}
