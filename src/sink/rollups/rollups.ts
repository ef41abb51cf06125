import type { ClickHouseClient } from '@clickhouse/client';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { Database } from '../client/connection.ts';
import { describeError } from '../client/database-errors.ts';
import { defaultRetention, type Retention, type RetentionWindow, retentionWindow, unlimitedWindow } from '../maintenance/retention.ts';
import {
  countPending,
  markDirty,
  minuteRollup,
  type Rollup,
  readDirty,
  readInconsistent,
  readLatestMark,
  readStaleness,
  recomputeBuckets,
  recordDone,
  rollup15m,
  type TimeRange,
} from '../queries/rollups.ts';
import { createRollupClaims } from './rollup-claims.ts';

/**
 * Minutes of posts that one statement reads: the more, the less its fixed cost matters, as long as none takes so long that
 * the newest minute waits for it. The number doubles while statements take less than `targetMs`.
 */
const minutesPerStatement = { min: 120, max: 1_920 } as const;
const targetMs = 150;
/** Milliseconds between two checks for dirty minutes. */
const checkEveryMs = { minute: 1_000, '15m': 10_000 } as const;
const maxPauseMs = 30_000;
/** Milliseconds between two measurements of how stale the rollups are. */
const stalenessMs = 15_000;
/** Pauses as multiples of the work before them, so that rollups leave the CPU to the model. */
const upToDateFactor = 25;
const catchUpFactor = 4;

export interface Rollups {
  start(): void;
  /** Recomputes all minutes marked so far, even if the loops are not running. @throws the database's error */
  catchUp(): Promise<void>;
  /** Stops after the running statement. Minutes that are still dirty are recomputed after the next start. */
  stop(): Promise<void>;
}

interface RollupDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly retention?: Retention;
}

/**
 * Keeps the rollups equal to a fresh GROUP BY of the posts by recomputing dirty minutes. Of several processes that share a
 * database, one does so at a time. Marks survive a crash, so work may be repeated but is never lost.
 */
export function createRollups(options: RollupDeps): Rollups {
  const { db, clock, log, metrics, retention = defaultRetention } = options;
  let stopping = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();
  const claims = createRollupClaims(options);
  // Serial, because concurrent recomputations in one process would repeat work.
  const enqueue = createSerialQueue();

  const maxMinutes: Record<Rollup['name'], number> = { minute: minutesPerStatement.min, '15m': minutesPerStatement.min };

  /** Adds how long it took in ms, without the time in the queue. */
  const recomputeNext = (rollup: Rollup, until?: string): Promise<Recomputed & { readonly elapsedMs: number }> =>
    enqueue(async () => {
      const window = retentionWindow(retention, clock.now());
      const limit = maxMinutes[rollup.name];
      maxMinutes[rollup.name] = minutesPerStatement.min; // unless it succeeds
      const started = monotonicNow(clock);
      const recomputed = await recomputeDirty(db.maintenance, rollup, { isShared: db.kind === 'server', until, window, maxMinutes: limit });
      const elapsedMs = monotonicNow(clock) - started;
      maxMinutes[rollup.name] = nextLimit(limit, elapsedMs, recomputed.hasMore);
      metrics.bucketsRecomputed.inc({ grain: rollup.name }, recomputed.buckets);
      return { ...recomputed, elapsedMs };
    });

  const runLoop = async (rollup: Rollup, signal: AbortSignal) => {
    const task = `recompute the ${rollup.name} rollup`;
    let pauseMs: number = checkEveryMs[rollup.name];
    while (!signal.aborted) {
      try {
        const { hasMore, elapsedMs } = (await enqueue(() => claims.isOurs())) ? await recomputeNext(rollup) : leftToAnother;
        db.health.recordSuccess(task);
        pauseMs = Math.min(
          maxPauseMs,
          hasMore ? elapsedMs * catchUpFactor : Math.max(checkEveryMs[rollup.name], elapsedMs * upToDateFactor),
        );
      } catch (error) {
        pauseMs = Math.min(Math.max(pauseMs, checkEveryMs[rollup.name]) * 2, maxPauseMs);
        db.health.recordFailure(task, describeError(error));
        log.warn({ rollup: rollup.name, error: describeError(error), pauseMs }, 'rollup recomputation failed; retrying');
      }
      await clock.sleep(pauseMs, signal);
    }
  };

  return {
    start: () => {
      stopping = new AbortController();
      const { signal } = stopping;
      loops = Promise.all([runLoop(minuteRollup, signal), runLoop(rollup15m, signal), measureStaleness(options, signal)]);
    },
    catchUp: async () => {
      const until = await readLatestMark(db.maintenance);
      for (const rollup of [minuteRollup, rollup15m]) while ((await recomputeNext(rollup, until)).hasMore);
    },
    stop: async () => {
      stopping.abort();
      await loops;
      await enqueue(async () => {});
      // Otherwise the next process waits until the claim expires.
      await claims.release().catch((error: unknown) => log.warn({ error: describeError(error) }, 'releasing the rollups failed'));
    },
  };
}

/** Until the signal is aborted; also where another process recomputes, or none does. */
async function measureStaleness({ db, clock, metrics }: RollupDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const rollup of [minuteRollup, rollup15m])
      await readStaleness(db.reader, rollup).then(
        (seconds) => metrics.rollupStaleness.set({ grain: rollup.name }, seconds),
        () => {}, // the database is away, which other metrics tell
      );
    await clock.sleep(stalenessMs, signal);
  }
}

/** Another process recomputes the rollups. */
const leftToAnother = { hasMore: false, elapsedMs: 0 };

/** The limit of the next statement, after one with `limit` took `elapsedMs`. */
function nextLimit(limit: number, elapsedMs: number, hasMore: boolean): number {
  if (!hasMore) return minutesPerStatement.min;
  if (elapsedMs < targetMs) return Math.min(limit * 2, minutesPerStatement.max);
  return elapsedMs < 2 * targetMs ? limit : Math.max(Math.floor(limit / 2), minutesPerStatement.min);
}

export interface Recomputed {
  /** Buckets recomputed. */
  readonly buckets: number;
  /** More minutes may be dirty than one statement covers. */
  readonly hasMore: boolean;
}

interface RecomputeOptions {
  /** Other processes may recompute at the same time. */
  readonly isShared: boolean;
  /** Only minutes that were last recomputed before. */
  readonly until?: string | undefined;
  readonly window?: RetentionWindow;
  /** Minutes that one statement reads. */
  readonly maxMinutes?: number;
}

/**
 * Recomputes one statement's worth of dirty buckets.
 *
 * Marks are read before the posts, and exactly these are recorded as done: a mark set in the meantime is later and stays
 * pending. The server's clock at the start becomes the version of the rows. Of two concurrent recomputations of a bucket,
 * the later one wins per group. A group that only the earlier one wrote leaves rows of two versions in the bucket, which is
 * then marked again; this can only happen on a server (`isShared`). Buckets from before the retention window keep their
 * rows.
 */
export async function recomputeDirty(
  client: ClickHouseClient,
  rollup: Rollup,
  { isShared, until, window = unlimitedWindow, maxMinutes = minutesPerStatement.min }: RecomputeOptions,
): Promise<Recomputed> {
  const dirty = await readDirty(client, rollup, maxMinutes, until);
  if (dirty.length === 0) return { buckets: 0, hasMore: false };
  const starts = new Set(dirty.map(({ minute }) => minute - (minute % rollup.seconds)));
  const buckets = [...starts].slice(0, (maxMinutes * 60) / rollup.seconds);
  const retained = buckets.filter((bucket) => bucket >= window.since);
  const { minuteSeconds: minuteRetention } = window;
  if (retained.length > 0)
    await recomputeBuckets(client, rollup, { buckets: retained, minutes: minutesInBuckets(rollup, retained), minuteRetention });
  const inconsistent = isShared ? await readInconsistent(client, rollup, retained) : [];
  const covered = new Set(minutesInBuckets(rollup, buckets));
  const done = dirty.filter(({ minute }) => covered.has(minute));
  await recordDone(client, rollup, done);
  await markDirty(client, inconsistent);
  return { buckets: retained.length, hasMore: done.length < dirty.length || dirty.length === maxMinutes };
}

function minutesInBuckets(rollup: Rollup, buckets: readonly number[]): number[] {
  return buckets.flatMap((bucket) => Array.from({ length: rollup.seconds / 60 }, (_, index) => bucket + index * 60));
}

const pollMs = 250;

/**
 * Waits until the rollups of a range cover everything stored so far, recomputed by any process. `catchUp` recomputes them
 * here if no other process can. Reports minutes; returns their number.
 */
export async function waitForRollups(
  { db, clock, catchUp }: { db: Database; clock: Clock; catchUp?: (() => Promise<void>) | undefined },
  range: TimeRange,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const until = await readLatestMark(db.maintenance);
  const pending = () => countPending(db.maintenance, range, until);
  const total = await pending();
  onProgress(0, total);
  const caughtUp = catchUp?.();
  let failure: unknown;
  caughtUp?.catch((thrown: unknown) => {
    failure = thrown; // reported below, while this waits
  });
  for (let remaining = total; remaining > 0; remaining = await pending()) {
    signal?.throwIfAborted();
    if (failure) throw failure;
    onProgress(total - remaining, total);
    await clock.sleep(pollMs, signal);
  }
  await caughtUp;
  onProgress(total, total);
  return total;
}
