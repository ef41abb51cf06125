import { type DemoConfig, toMilliseconds } from '../../../config/schema.ts';
import { createAckableBatch, type Emit, type Source } from '../../../domain/ackable-batch.ts';
import type { Post, SourceRecord } from '../../../domain/post.ts';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { createBrandMatcher } from '../../brands/brand-matcher.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import { toRecord } from '../process-chunk.ts';
import { demoBrands } from './demo-brands.ts';
import { createDemoPost } from './demo-post.ts';
import { lastCrisis, minuteMs, minutesBetween, postTimes } from './scenarios.ts';

export interface DemoOptions {
  /** Name of the source, and the topic of positions. */
  readonly name: string;
  readonly config: DemoConfig;
  readonly clock: Clock;
  readonly deadLetters: DeadLetterSink;
  /** Number of stored posts by minute of `createdAt` (ms since 1970): complete minutes are not filled again. */
  readonly stored: ReadonlyMap<number, number>;
}

const tickMs = 250;
/** If the system's clock went on by this much more or less than the monotonic one, it was set. */
const maxClockErrorMs = 1_000;
/** After the machine has slept, older posts are left to the backfill of the next start. */
const maxCatchUpMs = 60_000;
const backfillChunk = 128;

/** Generates posts: live ones, and in the background a backfill of the time before the start. */
export function createDemoSource(options: DemoOptions): Source<SourceRecord> {
  return {
    name: options.name,
    healthIssue: () => undefined,
    run: async (emit, signal) => {
      const start = options.clock.now();
      await Promise.all([runLive(options, start, emit, signal), backfill(options, start, emit, signal)]);
    },
  };
}

async function runLive(options: DemoOptions, start: number, emit: Emit<SourceRecord>, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  let [from, tickedAt] = [start, monotonicNow(clock)];
  while (!signal.aborted) {
    await clock.sleep(tickMs, signal);
    const [to, now] = [clock.now(), monotonicNow(clock)];
    const elapsedMs = now - tickedAt;
    tickedAt = now;
    // After the clock was set, posts go on from its new time.
    if (Math.abs(to - from - elapsedMs) > maxClockErrorMs) from = to - elapsedMs;
    from = Math.max(from, to - maxCatchUpMs);
    const items = [...minutesBetween(from, to)].flatMap((minute) => createRecords(options, minute, from, to, 0));
    if (items.length > 0) await send(emit, items);
    from = to;
  }
}

/** Two chunks at a time: one is written while the next is scored. More would delay live posts. */
async function backfill(options: DemoOptions, start: number, emit: Emit<SourceRecord>, signal: AbortSignal): Promise<void> {
  const oldest = start - toMilliseconds(options.config.backfill);
  let chunk: SourceRecord[] = [];
  let previous = Promise.resolve();
  for (const item of missingRecords(options, oldest, start)) {
    chunk.push(item);
    if (chunk.length < backfillChunk) continue;
    const sent = send(emit, chunk);
    await previous;
    if (signal.aborted) return sent;
    previous = sent;
    chunk = [];
  }
  await previous;
  if (chunk.length > 0) await send(emit, chunk);
}

/** The posts of incomplete minutes, in backfill order. */
function* missingRecords(options: DemoOptions, oldest: number, start: number): Generator<SourceRecord> {
  for (const { minutes, includes } of backfillOrder(options.config.seed, oldest, start)) {
    for (const minute of minutes) {
      const items = createRecords(options, minute, oldest, start, 1);
      if (items.length <= (options.stored.get(minute) ?? 0)) continue;
      yield* items.reverse().filter(({ post }) => includes(post));
    }
  }
}

/** The posts of a minute with a time in [from, to). */
function createRecords(options: DemoOptions, minute: number, from: number, to: number, partition: number): SourceRecord[] {
  return postTimes(options.config, minute).flatMap((time, number) =>
    time < from || time >= to ? [] : [createRecord(options, time, number, partition)],
  );
}

function createRecord(options: DemoOptions, time: number, number: number, partition: number): SourceRecord {
  const post = createDemoPost(options.config.seed, time, number);
  // Time first, so that offsets also increase across restarts.
  const position = { topic: options.name, partition, offset: String(time * 1_000 + (number % 1_000)) };
  return toRecord(post, { bytes: Buffer.from(JSON.stringify(post)), timestamp: time, position }, options);
}

/** Not async: each async function would return a promise of its own, whose rejection somebody must await at once. */
function send(emit: Emit<SourceRecord>, items: readonly SourceRecord[]): Promise<void> {
  const { batch, acked } = createAckableBatch(items);
  emit(batch);
  return acked;
}

/** Minutes (starts in ms since 1970) in the order in which they are filled, and a filter for their posts. */
interface BackfillRound {
  readonly minutes: readonly number[];
  readonly includes: (post: Post) => boolean;
}

/** The most recent minutes, so that the web UI shows data at once. */
const recentMs = 5 * minuteMs;
/** Lead time before a crisis: two hours of baseline, plus the evaluated hour, which baselines exclude. */
const baselineMs = 180 * minuteMs;
const quarterHourMs = 15 * minuteMs;
/** A crisis younger than this is too small to be detected; the previous one is filled first instead. */
const detectableMs = quarterHourMs;

const allPosts = (): boolean => true;

/**
 * The history in the order that is most useful to a new user: the most recent minutes; the last detectable crisis, in
 * chronological order and with posts of its brand only; the other posts of those hours; then the rest, newest first, so
 * that charts grow backwards. No brand gets a gap in its history that would make its current volume look like a spike.
 */
function backfillOrder(seed: number, oldest: number, start: number): readonly BackfillRound[] {
  const crisis = lastCrisis(seed, start - detectableMs);
  const { match } = createBrandMatcher(demoBrands);
  const isOfCrisisBrand = ({ text }: Post): boolean => match(text).join() === crisis.brand;
  const newestFirst = [...minutesBetween(oldest, start)].reverse();
  const baselineFrom = Math.floor((crisis.from - baselineMs) / quarterHourMs) * quarterHourMs;
  const isRecent = (minute: number): boolean => minute >= start - recentMs;
  const isOfCrisis = (minute: number): boolean => !isRecent(minute) && minute >= baselineFrom && minute < crisis.to;
  const crisisHours = newestFirst.filter(isOfCrisis);
  return [
    { minutes: newestFirst.filter(isRecent), includes: allPosts },
    { minutes: [...crisisHours].reverse(), includes: isOfCrisisBrand },
    { minutes: crisisHours, includes: (post) => !isOfCrisisBrand(post) },
    { minutes: newestFirst.filter((minute) => !isRecent(minute) && !isOfCrisis(minute)), includes: allPosts },
  ];
}
