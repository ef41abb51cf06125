import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dayMs } from '../../lib/duration.ts';
import { asError, errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/json.ts';
import { makeDirectories } from '../../lib/make-directories.ts';
import { version } from '../../lib/version.ts';
import { decodeHeaders, type RawHeader } from '../message-headers.ts';
import { readLines } from '../sources/ndjson/read-lines.ts';
import {
  createDuplicateDetector,
  type DeadLetterStore,
  deadLetterId,
  formatPosition,
  type Replay,
  type ReplayItem,
  type StoredDeadLetter,
} from './dead-letter-store.ts';

/** A line holds up to 1 MiB of message in base64, a key and metadata. */
const maxLineBytes = 4 * 1_048_576;

/** Reads the NDJSON file that `createFileDeadLetters` writes; replays are stored in `replays/` next to it. */
export function createFileDeadLetterStore(path: string): DeadLetterStore {
  const replays = join(dirname(path), 'replays');
  const replayed = () => readReplayedIds(replays);
  return {
    read: async (visit, onProgress) => {
      const size = await readSize(path);
      if (size === 0) return { unreadable: 0 };
      const isDuplicate = createDuplicateDetector();
      let unreadable = 0;
      let done = 0;
      // Lines that are appended meanwhile are read next time.
      for await (const lines of readLines(createReadStream(path, { end: size - 1 }), maxLineBytes)) {
        for (const line of lines) {
          done += line.size + 1;
          const deadLetter = line.size > maxLineBytes ? undefined : parseDeadLetter(line.bytes);
          if (!deadLetter) unreadable += line.size > 0 ? 1 : 0;
          else if (!isDuplicate(deadLetter.id)) await visit(deadLetter);
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
async function readSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (isNotFound(thrown)) return 0;
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot read the dead letters: ${asError(thrown).message}.`, { cause: thrown });
  }
}

async function readReplayedIds(replays: string): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  const names = await readdir(replays).catch((thrown: unknown): string[] => {
    if (isNotFound(thrown)) return [];
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot read the replays directory: ${asError(thrown).message}.`, { cause: thrown });
  });
  for (const name of names.filter(isReplayDir)) {
    for await (const lines of readLines(createReadStream(join(replays, name, journalName)))) {
      for (const { bytes } of lines) {
        const entry = parseObject(bytes);
        if (typeof entry?.['id'] === 'string') replayed.set(entry['id'], String(entry['at'] ?? ''));
      }
    }
  }
  return replayed;
}

function parseDeadLetter(line: Buffer): StoredDeadLetter | undefined {
  const entry = parseObject(line);
  if (!entry) return undefined;
  const { reason, position, bytes, key, headers, timestamp, at, version, truncatedFrom } = entry;
  if (typeof reason !== 'string' || !isPosition(position) || typeof bytes !== 'string') return undefined;
  const deadLetter = {
    reason,
    position: { topic: position.topic, partition: position.partition, offset: position.offset },
    bytes: Buffer.from(bytes, 'base64'),
    timestamp: typeof timestamp === 'number' ? timestamp : 0,
    at: typeof at === 'string' ? at : '',
    version: typeof version === 'string' ? version : '',
    ...(typeof key === 'string' ? { key: Buffer.from(key, 'base64') } : {}),
    ...parseHeaders(headers),
    ...(typeof truncatedFrom === 'number' ? { truncatedFrom } : {}),
  };
  return { ...deadLetter, id: deadLetterId(deadLetter) };
}

function parseHeaders(headers: unknown): Pick<StoredDeadLetter, 'headers' | 'rawHeaders'> {
  if (!Array.isArray(headers)) return {};
  const rawHeaders = headers.flatMap((header: unknown): RawHeader[] => {
    const [name, value] = Array.isArray(header) ? header : [];
    return typeof name === 'string' && typeof value === 'string' ? [[name, Buffer.from(value, 'base64')]] : [];
  });
  return { rawHeaders, headers: decodeHeaders(rawHeaders) };
}

function isPosition(value: unknown): value is StoredDeadLetter['position'] {
  if (typeof value !== 'object' || value === null) return false;
  // Its properties are of unknown type.
  const { topic, partition, offset } = value as Partial<Record<string, unknown>>;
  return typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'string' && /^\d{1,19}$/.test(offset);
}

/** A line as a JSON object; undefined if it is not one. */
function parseObject(bytes: Buffer): Partial<Record<string, unknown>> | undefined {
  const value = parseJson(bytes.toString('utf8'));
  // Its properties are of unknown type.
  return typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>) : undefined;
}

function isNotFound(thrown: unknown): boolean {
  return errorCodeOf(thrown) === 'ENOENT';
}

const journalName = 'replayed.ndjson';
const postsName = 'posts.ndjson';
const newline = Buffer.from('\n');
/** Milliseconds after which an unchanged draft is considered abandoned by a crashed process. */
const abandonedMs = dayMs;

function isReplayDir(name: string): boolean {
  return /^\d{6}$/.test(name);
}

/**
 * Replays dead letters to a new file, for `run --source ndjson --in`. The file and its journal are written to a draft
 * directory, and one rename publishes both. The directory number is the last one at the start plus one, so that of two
 * concurrent replays only the first can claim it.
 * @throws REPLAY_CONFLICT from `finish` if another replay has finished meanwhile
 */
async function beginFileReplay(replays: string, replayed: ReadonlyMap<string, string>): Promise<Replay> {
  await makeDirectories(replays);
  await removeAbandoned(replays);
  const last = (await readdir(replays)).filter(isReplayDir).sort().at(-1) ?? '0';
  const directory = join(replays, String(Number(last) + 1).padStart(6, '0'));
  const draft = join(replays, `draft-${randomUUID()}`);
  await mkdir(draft);
  const posts = await open(join(draft, postsName), 'a', 0o600);
  const journal = await open(join(draft, journalName), 'a', 0o600);
  const put = async (items: readonly ReplayItem[]): Promise<void> => {
    const at = new Date().toISOString();
    await posts.appendFile(Buffer.concat(items.flatMap(({ deadLetter }) => [deadLetter.bytes, newline])));
    await journal.appendFile(items.map(({ deadLetter }) => toJournalEntry(deadLetter, at)).join(''));
  };
  const finish = async (): Promise<string> => {
    await Promise.all([posts.datasync(), journal.datasync()]);
    try {
      await rename(draft, directory);
    } catch (thrown) {
      if (['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(thrown) ?? ''))
        throw new FeedpulseError('REPLAY_CONFLICT', 'Another replay of these dead letters finished first.', { cause: thrown });
      throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot save the replay: ${asError(thrown).message}.`, { cause: thrown });
    }
    await syncDir(replays);
    return join(directory, postsName);
  };
  const close = async (): Promise<void> => {
    await Promise.all([posts.close(), journal.close()]);
    await rm(draft, { recursive: true, force: true });
  };
  return { replayed, put, finish, close };
}

function toJournalEntry({ id, position }: ReplayItem['deadLetter'], at: string): string {
  return `${JSON.stringify({ id, at, version, position: formatPosition(position) })}\n`;
}

async function removeAbandoned(replays: string): Promise<void> {
  for (const name of await readdir(replays)) {
    if (!name.startsWith('draft-')) continue;
    const { mtimeMs } = await stat(join(replays, name));
    if (Date.now() - mtimeMs > abandonedMs) await rm(join(replays, name), { recursive: true, force: true });
  }
}

/** A rename is durable once its directory is synced. */
async function syncDir(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
