import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { asError, FeedpulseError } from '../errors.ts';
import { type Manifest, manifestSchema } from './manifest.ts';

export const bundledModelPath = fileURLToPath(new URL('../../models/distilbert-social-en', import.meta.url));

export interface ModelInfo extends Manifest {
  /** `name@version`: stored beside every score. */
  readonly id: string;
  readonly folder: string;
}

/** Paths inside a model folder, as Hugging Face's tools lay them out. */
export const modelFiles = { tokenizer: 'tokenizer.json', tokenizerConfig: 'tokenizer_config.json', weights: 'onnx/model_quantized.onnx' } as const;

/** Reads the manifest and checks every file it lists. MODEL_MISSING and MODEL_DAMAGED say which file and why. */
export async function loadModel(folder: string): Promise<ModelInfo> {
  const manifest = await readManifest(folder);
  for (const needed of Object.values(modelFiles)) {
    if (!manifest.files[needed]) throw new FeedpulseError('MODEL_DAMAGED', `The manifest of ${folder} does not list ${needed}.`);
  }
  await Promise.all(Object.entries(manifest.files).map(([file, facts]) => checkFile(folder, file, facts)));
  return { ...manifest, id: `${manifest.name}@${manifest.version}`, folder };
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('MODEL_MISSING', `There is no model at ${folder}: ${asError(thrown).message}.`, { cause: thrown });
  });
  const checked = manifestSchema.safeParse(parseJson(text));
  if (checked.success) return checked.data;
  const { path: at, message } = checked.error.issues[0] ?? { path: [], message: 'unreadable' };
  throw new FeedpulseError('MODEL_DAMAGED', `${path} is not a manifest of format 1 (${at.join('.') || 'the whole'}: ${message}).`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function checkFile(folder: string, file: string, expected: { bytes: number; sha256: string }): Promise<void> {
  const path = join(folder, file);
  const facts = await stat(path).catch((thrown: unknown) => {
    throw new FeedpulseError('MODEL_MISSING', `${path} is missing.`, { cause: thrown });
  });
  if (facts.size !== expected.bytes) {
    const how = facts.size < expected.bytes ? 'truncated' : 'altered';
    throw new FeedpulseError('MODEL_DAMAGED', `${path} is ${how}: ${facts.size} of ${expected.bytes} bytes.`);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  if (hash.digest('hex') !== expected.sha256) {
    throw new FeedpulseError('MODEL_DAMAGED', `${path} is altered: its SHA-256 is not the manifest's.`);
  }
}
