import { createReadStream, createWriteStream, openSync, type Stats } from 'node:fs';
import { access, constants, open, readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { asError, FeedpulseError } from './errors.ts';
import { isStandardInput, standardInput } from './standard-input.ts';

export interface Input {
  readonly stream: NodeJS.ReadableStream;
  /** Bytes; 0 when unknown. */
  readonly size: number;
}

/**
 * Opens a file for reading; `-` or `/dev/stdin` is standard input.
 * @throws FILE_INACCESSIBLE when it is missing, a folder, or not readable by this user
 */
export async function openInput(path: string): Promise<Input> {
  if (isStandardInput(path)) return { stream: standardInput(), size: 0 };
  const stats = await readStats(path);
  return stats.isFIFO() ? { stream: openPipe(path), size: 0 } : { stream: createReadStream(path), size: stats.size };
}

/** A pipe that is opened like a file keeps a thread of Node's pool, and the process from exiting, until it has a writer. */
const openPipe = (path: string): NodeJS.ReadableStream =>
  new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });

/** Whether opening the file again gives its content again: not that of a pipe, nor of standard input. */
export async function canReadAgain(path: string): Promise<boolean> {
  if (isStandardInput(path)) return false;
  return stat(path).then(
    (stats) => stats.isFile(),
    () => true, // it may be there next time
  );
}

/** The content of a file. @throws FILE_INACCESSIBLE */
export async function readWholeFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

/** Checks without opening, because opening a named pipe waits for its writer. Returns the size. @throws FILE_INACCESSIBLE */
export async function checkReadable(path: string): Promise<number> {
  return (await readStats(path)).size;
}

async function readStats(path: string): Promise<Stats> {
  try {
    await access(path, constants.R_OK);
    const stats = await stat(path);
    if (stats.isDirectory()) throw new Error(`${path} is a folder, expected a file`);
    return stats;
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

/** Creates or truncates a file; `-` is standard output. @throws FILE_INACCESSIBLE when it cannot be written */
export async function openOutput(path: string): Promise<Writable> {
  if (path === '-') return process.stdout;
  try {
    const file = await open(path, 'w');
    return createWriteStream(path, { fd: file });
  } catch (thrown) {
    throw unreadable(thrown);
  }
}

function unreadable(thrown: unknown): FeedpulseError {
  return new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
}
