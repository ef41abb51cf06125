import type { Clock } from '../../lib/clock.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { headerBytes } from '../message-headers.ts';
import type { Replay, ReplayItem, StoredDeadLetter } from './dead-letter-store.ts';
import type { SourceDeadLetters } from './open-dead-letters.ts';

export interface ReplayOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Selects the dead letters to replay. */
  filter(deadLetter: StoredDeadLetter): boolean;
  /** Reports what would be replayed, without replaying it. */
  readonly dryRun: boolean;
  readonly onProgress?: OnProgress;
}

/** A source, and the options of its replay. */
type SourceReplay = SourceDeadLetters & ReplayOptions;

/** Where the replayed messages of a source are. */
export interface ReplayDestination {
  readonly source: string;
  /** A topic or a file. */
  readonly name: string;
  readonly isTopic: boolean;
}

/** A selected dead letter that was not replayed, and why. */
export interface SkippedDeadLetter {
  readonly position: StoredDeadLetter['position'];
  readonly reason: string;
}

export interface ReplayOutcome {
  /** Dead letters replayed by this run; in a dry run, those that would be. */
  readonly replayed: number;
  /** Dead letters replayed by an earlier run. */
  readonly alreadyReplayed: number;
  /** Skipped dead letters by reason: a dead-letter reason, `truncated` or `other-topic`. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The first skipped dead letters. */
  readonly examples: readonly SkippedDeadLetter[];
  readonly unreadable: number;
  /** Of each source with replayed messages. */
  readonly destinations: readonly ReplayDestination[];
}

const maxBatchItems = 500;
const maxBatchBytes = 512 * 1_024;
const maxExamples = 20;

/**
 * Replays the selected dead letters that can be parsed now with the mapping of their source, each at most once, even over
 * several runs, and reports why others are skipped.
 */
export async function replayDeadLetters(sources: readonly SourceDeadLetters[], options: ReplayOptions): Promise<ReplayOutcome> {
  const outcomes: ReplayOutcome[] = [];
  for (const source of sources) outcomes.push(await replaySource({ ...source, ...options }));
  const sum = (count: (outcome: ReplayOutcome) => number): number => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const skipped: Record<string, number> = {};
  for (const outcome of outcomes)
    for (const [reason, count] of Object.entries(outcome.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count;
  return {
    replayed: sum(({ replayed }) => replayed),
    alreadyReplayed: sum(({ alreadyReplayed }) => alreadyReplayed),
    skipped,
    examples: outcomes.flatMap(({ examples }) => examples).slice(0, maxExamples),
    unreadable: sum(({ unreadable }) => unreadable),
    destinations: outcomes.flatMap(({ destinations }) => destinations),
  };
}

async function replaySource(options: SourceReplay): Promise<ReplayOutcome> {
  const { store, dryRun } = options;
  const replay = dryRun ? undefined : await store.beginReplay();
  try {
    return await replayWith(options, replay, replay?.replayed ?? (await store.replayed()));
  } finally {
    await replay?.close();
  }
}

async function replayWith(
  options: SourceReplay,
  replay: Replay | undefined,
  replayed: ReadonlyMap<string, string>,
): Promise<ReplayOutcome> {
  /** IDs replayed by this run: duplicates of a dead letter may be far apart. */
  const replayedIds = new Set<string>();
  const skipped: Record<string, number> = {};
  const examples: SkippedDeadLetter[] = [];
  let alreadyReplayed = 0;
  let batch: ReplayItem[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await replay?.put(batch);
    batch = [];
    bytes = 0;
  };
  const { unreadable } = await options.store.read(async (deadLetter) => {
    if (!options.filter(deadLetter) || replayedIds.has(deadLetter.id)) return;
    if (replayed.has(deadLetter.id)) {
      alreadyReplayed += 1;
      return;
    }
    const result = await reparse(deadLetter, options);
    if ('reason' in result) {
      const { reason } = result;
      skipped[reason] = (skipped[reason] ?? 0) + 1;
      if (examples.length < maxExamples) examples.push({ position: deadLetter.position, reason });
      return;
    }
    const size = deadLetter.bytes.length + headerBytes(deadLetter.rawHeaders);
    if (batch.length >= maxBatchItems || bytes + size > maxBatchBytes) await flush();
    batch.push(result);
    bytes += size;
    replayedIds.add(deadLetter.id);
  }, options.onProgress);
  await flush();
  const destination = replayedIds.size > 0 ? await replay?.finish() : undefined;
  const { source, topic } = options;
  return {
    replayed: replayedIds.size,
    alreadyReplayed,
    skipped,
    examples,
    unreadable,
    destinations: destination === undefined ? [] : [{ source, name: destination, isTopic: topic !== undefined }],
  };
}

async function reparse(
  deadLetter: StoredDeadLetter,
  { topic, parse, clock }: SourceReplay,
): Promise<ReplayItem | { readonly reason: string }> {
  if (deadLetter.truncatedFrom !== undefined) return { reason: 'truncated' };
  if (topic !== undefined && deadLetter.position.topic !== topic) return { reason: 'other-topic' };
  const { posts, rejected } = await parse(deadLetter, clock.now());
  if (rejected !== undefined) return { reason: rejected };
  const [post] = posts;
  // A message that the mapping now skips is replayed too: the source counts it as skipped.
  return { deadLetter, key: post ? `${post.platform}:${post.id}` : '' };
}
