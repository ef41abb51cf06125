import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { readLines } from '../sources/ndjson/read-lines.ts';
import { createDuplicateFilter, type DeadLetterStore, letterId, type StoredDeadLetter } from './dead-letter-store.ts';
import { beginFileReplay, isReplayFolder, ledgerName } from './file-replay.ts';

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
  return asError(thrown).message.includes('ENOENT');
}
