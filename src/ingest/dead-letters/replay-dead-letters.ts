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
  /** What a message becomes with the mapping of today. */
  readonly parse: ParseMessage;
  /** The letters in question. */
  wanted(letter: StoredDeadLetter): boolean;
  /** The feed that letters may go back to; any where it is absent. */
  readonly feed?: string;
  /** Only says what would happen. */
  readonly dryRun: boolean;
  readonly onProgress?: OnProgress;
}

/** Why a letter was left alone although it was wanted. */
export interface Skipped {
  readonly position: StoredDeadLetter['position'];
  readonly why: string;
}

export interface ReplayOutcome {
  /** Letters that went back; that would go back, in a dry run. */
  readonly putBack: number;
  /** Letters that went back earlier. */
  readonly already: number;
  /** Letters that stay, by why: a reason of a dead letter, `truncated` or `other-feed`. */
  readonly left: Readonly<Record<string, number>>;
  /** The first of those. */
  readonly examples: readonly Skipped[];
  readonly unreadable: number;
  /** Where they are now; absent when nothing went back. */
  readonly to?: string;
}

const batchLetters = 500;
const batchBytes = 512 * 1_024;
const shownExamples = 20;

/**
 * Puts those letters back into the feed that are posts by now, each once however often this runs; leaves all
 * others alone and says why.
 */
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
  /** Copies of a letter may lie far apart. */
  const done = new Set<string>();
  const left: Record<string, number> = {};
  const examples: Skipped[] = [];
  let already = 0;
  let waiting: ReplayItem[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await replay?.put(waiting);
    waiting = [];
    bytes = 0;
  };
  const { unreadable } = await options.store.read(async (letter) => {
    if (!options.wanted(letter) || done.has(letter.id)) return;
    if (replayed.has(letter.id)) {
      already += 1;
      return;
    }
    const verdict = await judge(letter, options);
    if ('why' in verdict) {
      left[verdict.why] = (left[verdict.why] ?? 0) + 1;
      if (examples.length < shownExamples) examples.push({ position: letter.position, why: verdict.why });
      return;
    }
    if (waiting.length >= batchLetters || bytes + letter.bytes.length > batchBytes) await flush();
    waiting.push(verdict);
    bytes += letter.bytes.length;
    done.add(letter.id);
  }, options.onProgress);
  await flush();
  const to = done.size > 0 ? await replay?.finish() : undefined;
  return { putBack: done.size, already, left, examples, unreadable, ...(to === undefined ? {} : { to }) };
}

async function judge(letter: StoredDeadLetter, { feed, parse, clock }: ReplayOptions): Promise<ReplayItem | { readonly why: string }> {
  if (letter.truncatedFrom !== undefined) return { why: 'truncated' };
  if (feed !== undefined && letter.position.topic !== feed) return { why: 'other-feed' };
  const parsed = await parse(letter.bytes, letter.timestamp, clock.now());
  return 'post' in parsed ? { letter, key: `${parsed.post.platform}:${parsed.post.id}` } : { why: parsed.reason };
}

/** What a list shows of a letter. Never its bytes, of which there may be many, and which are other people's. */
export interface ListedLetter {
  readonly position: string;
  readonly reason: string;
  /** When it was refused, ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  /** When it was put back, ISO 8601. */
  readonly replayedAt: string | null;
}

export interface DeadLetterList {
  /** The latest, in the order of the store. */
  readonly letters: readonly ListedLetter[];
  /** Letters that are wanted, by reason; more than are listed where there are more than the limit. */
  readonly counts: Readonly<Record<string, number>>;
  readonly replayed: number;
  readonly unreadable: number;
}

/** Reads the whole store, and keeps the last `limit` letters that are wanted. */
export async function listDeadLetters(
  store: DeadLetterStore,
  { wanted, limit, onProgress }: { wanted: (letter: StoredDeadLetter) => boolean; limit: number; onProgress?: OnProgress },
): Promise<DeadLetterList> {
  const putBack = await store.replayed();
  const letters: ListedLetter[] = [];
  const counts: Record<string, number> = {};
  let replayed = 0;
  const { unreadable } = await store.read((letter) => {
    if (!wanted(letter)) return;
    counts[letter.reason] = (counts[letter.reason] ?? 0) + 1;
    if (putBack.has(letter.id)) replayed += 1;
    letters.push(toListed(letter, putBack.get(letter.id)));
    if (letters.length > limit) letters.shift();
  }, onProgress);
  return { letters, counts, replayed, unreadable };
}

function toListed({ position, reason, at, bytes, truncatedFrom }: StoredDeadLetter, replayedAt: string | undefined): ListedLetter {
  return { position: positionText(position), reason, at, bytes: truncatedFrom ?? bytes.length, replayedAt: replayedAt ?? null };
}
