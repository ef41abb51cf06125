import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../../lib/clock.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { sha256Of } from '../verify-file.ts';
import { httpGet } from './http-get.ts';

export interface Wanted {
  readonly url: URL;
  /** Where it goes; what lies there already is taken for its beginning. */
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly mostBytes: number;
}

export interface FetchParts {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Bytes that are there, of all; `total` is 0 where the hub does not say. */
  readonly onProgress: (received: number, total: number) => void;
}

/** Attempts in a row that bring nothing new, before the hub is given up. */
const mostFruitless = 5;
const firstPauseMs = 500;

/** Of the file system: trying again would not help. */
const diskFaults: ReadonlySet<string> = new Set(['EACCES', 'EDQUOT', 'EEXIST', 'EISDIR', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * Fetches a file whose SHA-256 is known. A connection that breaks is taken up again where it broke, and so is what an
 * earlier call left, unless that turns out to be of another file. Rejects with HUB_UNAVAILABLE when the hub stays away, and
 * what has come stays; with HUB_REJECTED when the hub has no such file or another one, which is removed; with
 * FILE_UNREADABLE or the fault of the file system when it can't be written or read.
 */
export async function fetchFile(wanted: Wanted, parts: FetchParts): Promise<void> {
  const { path, sha256, url } = wanted;
  await mkdir(dirname(path), { recursive: true });
  const wasBegun = (await sizeOf(path)) > 0;
  if (wasBegun && (await sha256Of(path)) === sha256) return;
  await persist(wanted, parts);
  let found = await sha256Of(path);
  if (found !== sha256 && wasBegun) {
    await rm(path); // the beginning may have been that of another file, which is not the hub's fault
    await persist(wanted, parts);
    found = await sha256Of(path);
  }
  if (found === sha256) return;
  await rm(path);
  throw new FeedpulseError('HUB_REJECTED', `${nameOf(url)} is another file than the one pinned: its SHA-256 is ${found}. It is removed.`);
}

async function persist(wanted: Wanted, parts: FetchParts): Promise<void> {
  let pauseMs = firstPauseMs;
  // Over all attempts: one that begins again and comes as far as another did brings nothing new.
  let furthest = await sizeOf(wanted.path);
  for (let fruitless = 0; ; ) {
    try {
      return await fetchRest(wanted, await sizeOf(wanted.path), parts.onProgress);
    } catch (thrown) {
      const error: NodeJS.ErrnoException = asError(thrown);
      if (error instanceof FeedpulseError) throw error;
      if (diskFaults.has(error.code ?? '')) throw new FeedpulseError('FILE_UNREADABLE', `${error.message}.`, { cause: error });
      const reached = await sizeOf(wanted.path);
      const hasCome = reached > furthest;
      furthest = Math.max(furthest, reached);
      fruitless = hasCome ? 0 : fruitless + 1;
      pauseMs = hasCome ? firstPauseMs : pauseMs * 2;
      if (fruitless >= mostFruitless)
        throw new FeedpulseError('HUB_UNAVAILABLE', `${nameOf(wanted.url)} could not be fetched: ${error.message}.`, { cause: error });
      await parts.clock.sleep(pauseMs);
    }
  }
}

/** One request for what is missing. Rejects with HUB_REJECTED, or with a fault that may pass. */
async function fetchRest({ url, path, mostBytes }: Wanted, from: number, onProgress: FetchParts['onProgress']): Promise<void> {
  const answer = await httpGet(url, from);
  try {
    const start = await startOf(answer, { url, path, from });
    const length = Number(answer.headers['content-length'] ?? 0);
    const total = length > 0 ? start + length : 0;
    const tooLarge = (): FeedpulseError => new FeedpulseError('HUB_REJECTED', `${nameOf(url)} is larger than ${mostBytes} bytes.`);
    if (total > mostBytes) throw tooLarge();
    let received = start;
    onProgress(received, total);
    const counted = async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of body) {
        received += chunk.length;
        if (received > mostBytes) throw tooLarge();
        yield chunk;
        onProgress(received, total);
      }
    };
    await pipeline(answer, counted, createWriteStream(path, { flags: start > 0 ? 'a' : 'w' }));
  } finally {
    answer.destroy();
  }
}

/** From which byte of the file on the answer tells it: a hub may ignore that only the rest is wanted. */
async function startOf(answer: IncomingMessage, { url, path, from }: Pick<Wanted, 'url' | 'path'> & { from: number }): Promise<number> {
  const status = answer.statusCode ?? 0;
  if (status === 200) return 0;
  if (status === 206 && from > 0 && answer.headers['content-range']?.startsWith(`bytes ${from}-`)) return from;
  if (status === 206 || status === 416) {
    await rm(path, { force: true }); // what is here does not fit what is there: from the start, then
    throw new Error('the hub has no such part of the file');
  }
  if (status === 408 || status === 429 || status >= 500) throw new Error(`${url.host} answered ${status}`);
  throw new FeedpulseError('HUB_REJECTED', `${url.host} answered ${status} for ${nameOf(url)}.`);
}

/** 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The path in the repository, with the hub. */
function nameOf(url: URL): string {
  return `${url.host}${url.pathname}`;
}
