import type { Clock } from '../../lib/clock.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import {
  type DeadLetterStore,
  type OnProgress,
  positionText,
  type Replay,
  type ReplayItem,
  type StoredDeadLetter,
} from './dead-letter-store.ts';

export interface ReplayOptions {
  readonly store: DeadLetterStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Parses a message with the current mapping. */
  readonly parse: ParseMessage;
  /** Selects the dead letters to replay. */
  filter(letter: StoredDeadLetter): boolean;
  /** Replays only dead letters of this topic; of any topic if absent. */
  readonly topic?: string;
  /** Reports what would be replayed, without replaying it. */
  readonly dryRun: boolean;
  readonly onProgress?: OnProgress;
}

/** A selected dead letter that was not replayed, and why. */
export interface Skipped {
  readonly position: StoredDeadLetter['position'];
  readonly why: string;
}

export interface ReplayOutcome {
  /** Dead letters replayed by this run; in a dry run, those that would be. */
  readonly replayed: number;
  /** Dead letters replayed by an earlier run. */
  readonly alreadyReplayed: number;
  /** Numbers of skipped dead letters by why: a dead-letter reason, `truncated` or `other-topic`. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The first skipped dead letters. */
  readonly examples: readonly Skipped[];
  readonly unreadable: number;
  /** The topic or file with the replayed messages; absent if there are none. */
  readonly to?: string;
}

const maxBatchLetters = 500;
const maxBatchBytes = 512 * 1_024;
const maxExamples = 20;

/** Replays the selected dead letters that can be parsed now, each once however often this runs, and reports why others are skipped. */
export async function replayDeadLetters(options: ReplayOptions): Promise<ReplayOutcome> {
  const { store, dryRun } = options;
  const replay = dryRun ? undefined : await store.beginReplay();
  try {
    return await replayWith(options, replay, replay?.replayed ?? (await store.replayed()));
  } finally {
    await replay?.close();
  }
}

async function replayWith(
  options: ReplayOptions,
  replay: Replay | undefined,
  replayed: ReadonlyMap<string, string>,
): Promise<ReplayOutcome> {
  /** Ids replayed by this run: copies of a dead letter may be far apart. */
  const done = new Set<string>();
  const skipped: Record<string, number> = {};
  const examples: Skipped[] = [];
  let alreadyReplayed = 0;
  let waiting: ReplayItem[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await replay?.put(waiting);
    waiting = [];
    bytes = 0;
  };
  const { unreadable } = await options.store.read(async (letter) => {
    if (!options.filter(letter) || done.has(letter.id)) return;
    if (replayed.has(letter.id)) {
      alreadyReplayed += 1;
      return;
    }
    const result = await parseAgain(letter, options);
    if ('why' in result) {
      skipped[result.why] = (skipped[result.why] ?? 0) + 1;
      if (examples.length < maxExamples) examples.push({ position: letter.position, why: result.why });
      return;
    }
    if (waiting.length >= maxBatchLetters || bytes + letter.bytes.length > maxBatchBytes) await flush();
    waiting.push(result);
    bytes += letter.bytes.length;
    done.add(letter.id);
  }, options.onProgress);
  await flush();
  const to = done.size > 0 ? await replay?.finish() : undefined;
  return { replayed: done.size, alreadyReplayed, skipped, examples, unreadable, ...(to === undefined ? {} : { to }) };
}

async function parseAgain(
  letter: StoredDeadLetter,
  { topic, parse, clock }: ReplayOptions,
): Promise<ReplayItem | { readonly why: string }> {
  if (letter.truncatedFrom !== undefined) return { why: 'truncated' };
  if (topic !== undefined && letter.position.topic !== topic) return { why: 'other-topic' };
  const parsed = await parse(letter.bytes, letter.timestamp, clock.now());
  return 'post' in parsed ? { letter, key: `${parsed.post.platform}:${parsed.post.id}` } : { why: parsed.reason };
}

/** A dead letter as listed: without its bytes, which may be many and may contain personal data. */
export interface ListedLetter {
  readonly position: string;
  readonly reason: string;
  /** When it was dead-lettered, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  /** When it was replayed, ISO 8601; null if it was not. */
  readonly replayedAt: string | null;
}

export interface DeadLetterList {
  /** The latest, in the order of the store. */
  readonly letters: readonly ListedLetter[];
  /** Numbers of all selected dead letters by reason, beyond the limit too. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
}

/** Reads the whole store and returns the last `limit` dead letters that pass the filter. */
export async function listDeadLetters(
  store: DeadLetterStore,
  { filter, limit, onProgress }: { filter: (letter: StoredDeadLetter) => boolean; limit: number; onProgress?: OnProgress },
): Promise<DeadLetterList> {
  const replayedAt = await store.replayed();
  const letters: ListedLetter[] = [];
  const counts: Record<string, number> = {};
  let replayed = 0;
  const { unreadable } = await store.read((letter) => {
    if (!filter(letter)) return;
    counts[letter.reason] = (counts[letter.reason] ?? 0) + 1;
    if (replayedAt.has(letter.id)) replayed += 1;
    letters.push(toListed(letter, replayedAt.get(letter.id)));
    if (letters.length > limit) letters.shift();
  }, onProgress);
  return { letters, counts, replayed, unreadable };
}

function toListed({ position, reason, at, bytes, truncatedFrom }: StoredDeadLetter, replayedAt: string | undefined): ListedLetter {
  return { position: positionText(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}
