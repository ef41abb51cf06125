import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../lib/clock.ts';
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
  recomputeBuckets,
  recordDone,
  rollup15m,
  type TimeRange,
} from '../queries/rollups.ts';

/** Minutes of posts that one statement reads, so that none takes long. */
const maxMinutes = 120;
/** Milliseconds between two checks for dirty minutes. */
const checkEveryMs = { minute: 1_000, '15m': 10_000 } as const;
const maxPauseMs = 30_000;
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

/**
 * Keeps the rollups equal to a fresh GROUP BY of the posts by recomputing dirty minutes. Several processes may do so
 * concurrently. Marks survive a crash, so work may be repeated but is never lost.
 */
export function createRollups(options: { db: Database; clock: Clock; log: Log; metrics: Metrics; retention?: Retention }): Rollups {
  const { db, clock, log, metrics, retention = defaultRetention } = options;
  let stopping = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();
  // Serial, because concurrent recomputations in one process would repeat work.
  const enqueue = createSerialQueue();

  const recomputeNext = async (rollup: Rollup, until?: string): Promise<Recomputed> => {
    const isShared = db.kind === 'server';
    const window = retentionWindow(retention, clock.now());
    const recomputed = await enqueue(() => recomputeDirty(db.maintenance, rollup, isShared, until, window));
    metrics.bucketsRecomputed.inc({ grain: rollup.name }, recomputed.buckets);
    return recomputed;
  };

  const runLoop = async (rollup: Rollup, signal: AbortSignal) => {
    const task = `recompute the ${rollup.name} rollup`;
    let pauseMs: number = checkEveryMs[rollup.name];
    while (!signal.aborted) {
      const started = clock.now();
      try {
        const { hasMore } = await recomputeNext(rollup);
        db.health.recordSuccess(task);
        const elapsedMs = clock.now() - started;
        pauseMs = hasMore ? elapsedMs * catchUpFactor : Math.max(checkEveryMs[rollup.name], elapsedMs * upToDateFactor);
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
      loops = Promise.all([minuteRollup, rollup15m].map((rollup) => runLoop(rollup, stopping.signal)));
    },
    catchUp: async () => {
      const until = await readLatestMark(db.maintenance);
      for (const rollup of [minuteRollup, rollup15m]) while ((await recomputeNext(rollup, until)).hasMore);
    },
    stop: async () => {
      stopping.abort();
      await loops;
      await enqueue(async () => {});
    },
  };
}

export interface Recomputed {
  /** Buckets recomputed. */
  readonly buckets: number;
  /** More minutes may be dirty than one statement covers. */
  readonly hasMore: boolean;
}

/**
 * Recomputes one statement's worth of dirty buckets; with `until`, only those not recomputed since.
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
  isShared: boolean,
  until?: string,
  window: RetentionWindow = unlimitedWindow,
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
