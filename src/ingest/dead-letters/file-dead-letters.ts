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

/** Appends dead letters to an NDJSON file, with their bytes in base64; a `put` resolves once they are synced to disk. */
export async function createFileDeadLetters(path: string): Promise<DeadLetterSink> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+', 0o600);
  await endLastLine(file);
  // One write at a time, so that lines never mix.
  const enqueue = createSerialQueue();
  const append = async (letters: readonly DeadLetter[]): Promise<void> => {
    await file.appendFile(letters.map(toLine).join(''));
    await file.datasync();
  };
  return {
    put: (letters) => enqueue(async () => (letters.length === 0 ? undefined : append(letters))),
    observe: () => {},
    close: () => enqueue(() => file.close()),
  };
}

/** A crash may have truncated the last line; the next dead letter must not be appended to it. */
async function endLastLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== 0x0a) await file.appendFile('\n');
}

function toLine({ key, bytes, ...fields }: DeadLetter): string {
  return `${JSON.stringify({ ...fields, ...(key ? { key: key.toString('base64') } : {}), bytes: bytes.toString('base64') })}\n`;
}

/** A line holds up to 1 MiB of message in base64, a key and metadata. */
const maxLineBytes = 4 * 1_048_576;

/** Reads the NDJSON file that `createFileDeadLetters` writes; replays are stored in `replays/` next to it. */
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
      // Lines that are appended meanwhile are left for the next read.
      for await (const lines of readLines(createReadStream(path, { end: size - 1 }), maxLineBytes)) {
        for (const line of lines) {
          done += line.size + 1;
          const letter = line.size > maxLineBytes ? undefined : parseLetter(line.bytes);
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

/** The size of the file in bytes; 0 if it does not exist. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (isMissing(thrown)) return 0;
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot read the dead letters: ${asError(thrown).message}.`, { cause: thrown });
  }
}

async function replayedLetters(replays: string): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  const names = await readdir(replays).catch((thrown: unknown): string[] => {
    if (isMissing(thrown)) return [];
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot read the replays folder: ${asError(thrown).message}.`, { cause: thrown });
  });
  for (const name of names.filter(isReplayFolder)) {
    for await (const lines of readLines(createReadStream(join(replays, name, journalName)))) {
      for (const { bytes } of lines) {
        const entry = parseJson(bytes);
        if (typeof entry?.['id'] === 'string') replayed.set(entry['id'], String(entry['at'] ?? ''));
      }
    }
  }
  return replayed;
}

function parseLetter(line: Buffer): StoredDeadLetter | undefined {
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
  // Its properties are of unknown type.
  const { topic, partition, offset } = value as Partial<Record<string, unknown>>;
  return typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'string' && /^\d{1,19}$/.test(offset);
}

function parseJson(bytes: Buffer): Partial<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    // Its properties are of unknown type.
    return typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isMissing(thrown: unknown): boolean {
  return errorCodeOf(thrown) === 'ENOENT';
}

const journalName = 'replayed.ndjson';
const postsName = 'posts.ndjson';
const newline = Buffer.from('\n');
/** Milliseconds after which an unchanged draft counts as left by a crashed process. */
const abandonedMs = 86_400_000;

function isReplayFolder(name: string): boolean {
  return /^\d{6}$/.test(name);
}

/**
 * Replays dead letters to a new file, for `run --source ndjson --in`. The file and the journal of what it contains are
 * written to a draft folder, and one rename publishes both. The number of the folder is one above the last one at the
 * beginning, so that only the first of two concurrent replays can take it.
 * @throws REPLAY_CONFLICT from `finish` if another replay has finished meanwhile
 */
async function beginFileReplay(replays: string, replayed: ReadonlyMap<string, string>): Promise<Replay> {
  await mkdir(replays, { recursive: true });
  await removeAbandoned(replays);
  const last = (await readdir(replays)).filter(isReplayFolder).sort().at(-1) ?? '0';
  const folder = join(replays, String(Number(last) + 1).padStart(6, '0'));
  const draft = join(replays, `draft-${randomUUID()}`);
  await mkdir(draft);
  const posts = await open(join(draft, postsName), 'a', 0o600);
  const journal = await open(join(draft, journalName), 'a', 0o600);
  const put = async (letters: readonly ReplayItem[]): Promise<void> => {
    const at = new Date().toISOString();
    await posts.appendFile(Buffer.concat(letters.flatMap(({ letter }) => [letter.bytes, newline])));
    await journal.appendFile(letters.map(({ letter }) => toRecord(letter, at)).join(''));
  };
  const finish = async (): Promise<string> => {
    await Promise.all([posts.datasync(), journal.datasync()]);
    try {
      await rename(draft, folder);
    } catch (thrown) {
      if (['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(thrown) ?? ''))
        throw new FeedpulseError('REPLAY_CONFLICT', 'Another replay of these dead letters finished first.', { cause: thrown });
      throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot save the replay: ${asError(thrown).message}.`, { cause: thrown });
    }
    await syncFolder(replays);
    return join(folder, postsName);
  };
  const close = async (): Promise<void> => {
    await Promise.all([posts.close(), journal.close()]);
    await rm(draft, { recursive: true, force: true });
  };
  return { replayed, put, finish, close };
}

function toRecord({ id, position }: ReplayItem['letter'], at: string): string {
  return `${JSON.stringify({ id, at, version, position: positionText(position) })}\n`;
}

async function removeAbandoned(replays: string): Promise<void> {
  for (const name of await readdir(replays)) {
    if (!name.startsWith('draft-')) continue;
    const { mtimeMs } = await stat(join(replays, name));
    if (Date.now() - mtimeMs > abandonedMs) await rm(join(replays, name), { recursive: true, force: true });
  }
}

/** A rename is durable once its folder is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
