import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { Database } from '../client/connection.ts';
import { describeError } from '../client/database-errors.ts';
import { minuteRollup, type RollupTable, rollup15m } from '../queries/writing.ts';
import { type Recomputed, readLatestMark, recomputeDirty } from './recompute-dirty.ts';
import { keepsEverything, keptAt, type Retention } from './retention-window.ts';

/** Milliseconds between two looks at the marks. */
const pace = { minute: 1_000, '15m': 10_000 } as const;
const longestPauseMs = 30_000;
/** Pauses as multiples of the work before them, so that rollups never take more than a small part of a core from the model. */
const keepingUp = 25;
const catchingUp = 4;

export interface Rollups {
  start(): void;
  /** Recomputes everything marked by now, whether started or not. Rejects with the database's fault. */
  settle(): Promise<void>;
  /** Ends after the statement that is running. What is still marked waits for the next start. */
  stop(): Promise<void>;
}

/**
 * Keeps the rollups equal to a fresh GROUP BY of the raw rows, by recomputing what is marked. Any number of
 * processes may do so at once. A crash leaves the marks, so it repeats work and loses none.
 */
export function createRollups(options: { db: Database; clock: Clock; log: Log; metrics: Metrics; retention?: Retention }): Rollups {
  const { db, clock, log, metrics, retention = keepsEverything } = options;
  let stopping = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();
  // Statements of one process run one after another: racing itself would only repeat work.
  const enqueue = createSerialQueue();

  const refreshNext = (grain: RollupTable, until?: string): Promise<Recomputed> => {
    const recompute = () => recomputeDirty(db.upkeep, grain, db.kind === 'server', until, keptAt(retention, clock.now()));
    return enqueue(recompute).then((refreshed) => {
      metrics.bucketsRecomputed.inc({ grain: grain.name }, refreshed.buckets);
      return refreshed;
    });
  };

  const keepFresh = async (grain: RollupTable, signal: AbortSignal) => {
    const what = `compute ${grain.name} figures`;
    let pauseMs: number = pace[grain.name];
    while (!signal.aborted) {
      const started = clock.now();
      try {
        const { more } = await refreshNext(grain);
        db.health.did(what);
        const tookMs = clock.now() - started;
        pauseMs = more ? tookMs * catchingUp : Math.max(pace[grain.name], tookMs * keepingUp);
      } catch (fault) {
        pauseMs = Math.min(Math.max(pauseMs, pace[grain.name]) * 2, longestPauseMs);
        db.health.failed(what, describeError(fault));
        log.warn({ grain: grain.name, fault: describeError(fault), pauseMs }, 'rollups are behind');
      }
      await clock.sleep(pauseMs, signal);
    }
  };

  return {
    start: () => {
      stopping = new AbortController();
      loops = Promise.all([minuteRollup, rollup15m].map((grain) => keepFresh(grain, stopping.signal)));
    },
    settle: async () => {
      const until = await readLatestMark(db.upkeep);
      for (const grain of [minuteRollup, rollup15m]) while ((await refreshNext(grain, until)).more);
    },
    stop: async () => {
      stopping.abort();
      await loops;
      await enqueue(async () => {});
    },
  };
}
