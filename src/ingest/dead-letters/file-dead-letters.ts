import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asError, errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import { version } from '../../lib/version.ts';
import { readLines } from '../sources/ndjson/read-lines.ts';
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts';
import {
  createDuplicateFilter,
  type DeadLetterStore,
  letterId,
  positionText,
  type Replay,
  type ReplayItem,
  type StoredDeadLetter,
} from './dead-letter-store.ts';

/** Appends dead letters to an NDJSON file, their bytes in base64; a `put` resolves when they are on the disk. */
export async function createFileDeadLetters(path: string): Promise<DeadLetterSink> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  await endLastLine(file);
  // One write at a time, so that lines never mix.
  const enqueue = createSerialQueue();
  const append = async (letters: readonly DeadLetter[]): Promise<void> => {
    await file.appendFile(letters.map(lineOf).join(''));
    await file.datasync();
  };
  return {
    put: (letters) => enqueue(async () => (letters.length === 0 ? undefined : append(letters))),
    observe: () => {},
    close: () => enqueue(() => file.close()),
  };
}

/** A crash may have cut the last line off; the next letter must not become part of it. */
async function endLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await file.appendFile('\n');
}

function lineOf({ key, bytes, ...facts }: DeadLetter): string {
  return `${JSON.stringify({ ...facts, ...(key ? { key: key.toString('base64') } : {}), bytes: bytes.toString('base64') })}\n`;
}

/** A line holds up to a mebibyte of message in base64, a key, and the facts. */
const longestLine = 4 * 1_048_576;

/** Dead letters in an NDJSON file, as `createFileDeadLetters` writes it; what was put back is in folders of `replays/` beside it. */
export function createFileDeadLetterStore(path: string): DeadLetterStore {
  const replays = join(dirname(path), 'replays');
  const replayed = () => replayedLetters(replays);
  return {
    read: async (visit, onProgress) => {
      const size = await sizeOf(path);
      if (size === 0) return { unreadable: 0 };
      const isCopy = createDuplicateFilter();
      let unreadable = 0;
      let done = 0;
      // What is appended meanwhile is left for the next time.
      for await (const lines of readLines(createReadStream(path, { end: size - 1 }), longestLine)) {
        for (const line of lines) {
          done += line.size + 1;
          const letter = line.size > longestLine ? undefined : letterOf(line.bytes);
          if (!letter) unreadable += line.size > 0 ? 1 : 0;
          else if (!isCopy(letter.id)) await visit(letter);
        }
        onProgress?.(Math.min(done, size), size);
      }
      return { unreadable };
    },
    replayed,
    beginReplay: async () => beginFileReplay(replays, await replayed()),
  };
}

/** Bytes of the file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (isMissing(thrown)) return 0;
    throw new FeedpulseError('FILE_UNREADABLE', `The dead letters cannot be read: ${asError(thrown).message}.`, { cause: thrown });
  }
}

async function replayedLetters(replays: string): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  const names = await readdir(replays).catch((thrown: unknown): string[] => {
    if (isMissing(thrown)) return [];
    throw new FeedpulseError('FILE_UNREADABLE', `The folder of replays cannot be read: ${asError(thrown).message}.`, { cause: thrown });
  });
  for (const name of names.filter(isReplayFolder)) {
    for await (const lines of readLines(createReadStream(join(replays, name, ledgerName)))) {
      for (const { bytes } of lines) {
        const entry = parseJson(bytes);
        if (typeof entry?.['id'] === 'string') replayed.set(entry['id'], String(entry['at'] ?? ''));
      }
    }
  }
  return replayed;
}

function letterOf(line: Buffer): StoredDeadLetter | undefined {
  const entry = parseJson(line);
  if (!entry) return undefined;
  const { reason, position, bytes, key, timestamp, at, version, truncatedFrom } = entry;
  if (typeof reason !== 'string' || !isPosition(position) || typeof bytes !== 'string') return undefined;
  const letter = {
    reason,
    position: { topic: position.topic, partition: position.partition, offset: position.offset },
    bytes: Buffer.from(bytes, 'base64'),
    timestamp: typeof timestamp === 'number' ? timestamp : 0,
    at: typeof at === 'string' ? at : '',
    version: typeof version === 'string' ? version : '',
    ...(typeof key === 'string' ? { key: Buffer.from(key, 'base64') } : {}),
    ...(typeof truncatedFrom === 'number' ? { truncatedFrom } : {}),
  };
  return { ...letter, id: letterId(letter) };
}

function isPosition(value: unknown): value is StoredDeadLetter['position'] {
  if (typeof value !== 'object' || value === null) return false;
  // Properties are only looked at.
  const { topic, partition, offset } = value as Partial<Record<string, unknown>>;
  return typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'string' && /^\d{1,19}$/.test(offset);
}

function parseJson(bytes: Buffer): Partial<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    // Properties are only looked at.
    return typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isMissing(thrown: unknown): boolean {
  return errorCodeOf(thrown) === 'ENOENT';
}

export const ledgerName = 'replayed.ndjson';
const postsName = 'posts.ndjson';
const newline = Buffer.from('\n');
/** A draft that nobody has touched for so long was left by a process that died, in milliseconds. */
const abandonedMs = 86_400_000;

export function isReplayFolder(name: string): boolean {
  return /^\d{6}$/.test(name);
}

/**
 * Puts letters back as a file of their own, to be fed with `run --source ndjson --in`. The file and the record
 * of what it holds are written in a draft folder; one rename makes both valid at once. The folder's number is
 * one more than the last that was there at the beginning, so that of two replays only the first can take it.
 * @throws REPLAY_CONFLICT from `finish` when another one has finished meanwhile
 */
export async function beginFileReplay(replays: string, replayed: ReadonlyMap<string, string>): Promise<Replay> {
  await mkdir(replays, { recursive: true });
  await removeAbandoned(replays);
  const last = (await readdir(replays)).filter(isReplayFolder).sort().at(-1) ?? '0';
  const folder = join(replays, String(Number(last) + 1).padStart(6, '0'));
  const draft = join(replays, `draft-${randomUUID()}`);
  await mkdir(draft);
  const posts = await open(join(draft, postsName), 'a', 0o600);
  const ledger = await open(join(draft, ledgerName), 'a', 0o600);
  const put = async (letters: readonly ReplayItem[]): Promise<void> => {
    const at = new Date().toISOString();
    await posts.appendFile(Buffer.concat(letters.flatMap(({ letter }) => [letter.bytes, newline])));
    await ledger.appendFile(letters.map(({ letter }) => recordOf(letter, at)).join(''));
  };
  const finish = async (): Promise<string> => {
    await Promise.all([posts.datasync(), ledger.datasync()]);
    try {
      await rename(draft, folder);
    } catch (thrown) {
      if (['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(thrown) ?? ''))
        throw new FeedpulseError('REPLAY_CONFLICT', 'Another replay of these dead letters ended first.', { cause: thrown });
      throw new FeedpulseError('FILE_UNREADABLE', `The replay cannot be kept: ${asError(thrown).message}.`, { cause: thrown });
    }
    await syncFolder(replays);
    return join(folder, postsName);
  };
  const close = async (): Promise<void> => {
    await Promise.all([posts.close(), ledger.close()]);
    await rm(draft, { recursive: true, force: true });
  };
  return { replayed, put, finish, close };
}

function recordOf({ id, position }: ReplayItem['letter'], at: string): string {
  return `${JSON.stringify({ id, at, version, position: positionText(position) })}\n`;
}

async function removeAbandoned(replays: string): Promise<void> {
  for (const name of await readdir(replays)) {
    if (!name.startsWith('draft-')) continue;
    const { mtimeMs } = await stat(join(replays, name));
    if (Date.now() - mtimeMs > abandonedMs) await rm(join(replays, name), { recursive: true, force: true });
  }
}

/** A rename is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
