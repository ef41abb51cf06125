import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asError, FeedpulseError } from '../../lib/errors.ts';

/** Size and SHA-256 (hexadecimal) of a file. */
export interface FileInfo {
  readonly bytes: number;
  readonly sha256: string;
}

/** Result of verifying a model file. `problem` is set unless the state is `ok`. */
export interface FileCheck {
  readonly file: string;
  readonly state: 'ok' | 'missing' | 'truncated' | 'corrupt';
  readonly problem?: FeedpulseError;
}

/** Compares a file with its manifest entry. Hashes its content only if the size matches. */
export async function verifyFile(dir: string, file: string, expected: FileInfo): Promise<FileCheck> {
  const path = join(dir, file);
  const mismatch = (state: 'truncated' | 'corrupt', details: string): FileCheck => ({
    file,
    state,
    problem: new FeedpulseError('MODEL_CORRUPT', `${path} is ${state}: ${details}.`),
  });
  try {
    const { size } = await stat(path);
    if (size < expected.bytes) return mismatch('truncated', `${size} of ${expected.bytes} bytes`);
    if (size > expected.bytes) return mismatch('corrupt', `${size} bytes instead of ${expected.bytes}`);
    if ((await hashFile(path)) !== expected.sha256) return mismatch('corrupt', 'its SHA-256 differs from the manifest');
    return { file, state: 'ok' };
  } catch (thrown) {
    return { file, state: 'missing', problem: missingFileError(path, thrown) };
  }
}

/** SHA-256 of a file in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** MODEL_MISSING for a file that could not be read. */
export function missingFileError(path: string, thrown: unknown): FeedpulseError {
  const error: NodeJS.ErrnoException = asError(thrown);
  const problem = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'is missing' : `cannot be read (${error.code ?? error.message})`;
  return new FeedpulseError('MODEL_MISSING', `${path} ${problem}.`, { cause: thrown });
}
