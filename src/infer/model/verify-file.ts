import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asError, FeedpulseError } from '../../lib/errors.ts';

/** A file's size in bytes and its SHA-256 in hexadecimal. */
export interface FileFacts {
  readonly bytes: number;
  readonly sha256: string;
}

/** How a file of a model is found. `problem` says what is wrong with one that is not sound. */
export interface Finding {
  readonly file: string;
  readonly state: 'sound' | 'missing' | 'truncated' | 'altered';
  readonly problem?: FeedpulseError;
}

/** Compares a file with what its manifest says of it. Its bytes are read only where the size is right. */
export async function verifyFile(folder: string, file: string, expected: FileFacts): Promise<Finding> {
  const path = join(folder, file);
  const differs = (state: 'truncated' | 'altered', how: string): Finding => ({
    file,
    state,
    problem: new FeedpulseError('MODEL_CORRUPT', `${path} is ${state}: ${how}.`),
  });
  try {
    const { size } = await stat(path);
    if (size < expected.bytes) return differs('truncated', `${size} of ${expected.bytes} bytes`);
    if (size > expected.bytes) return differs('altered', `${size} bytes instead of ${expected.bytes}`);
    if ((await sha256Of(path)) !== expected.sha256) return differs('altered', "its SHA-256 differs from the manifest's");
    return { file, state: 'sound' };
  } catch (thrown) {
    return { file, state: 'missing', problem: missing(path, thrown) };
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** MODEL_MISSING for a file that could not be read. */
export function missing(path: string, thrown: unknown): FeedpulseError {
  const error: NodeJS.ErrnoException = asError(thrown);
  const how = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'is missing' : `can't be read (${error.code ?? error.message})`;
  return new FeedpulseError('MODEL_MISSING', `${path} ${how}.`, { cause: thrown });
}
