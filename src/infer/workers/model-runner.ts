import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { asError } from '../../lib/errors.ts';
import { type Calibration, calibrate } from '../model/calibrate.ts';
import type { BatchResult, PaddedBatch } from './worker-protocol.ts';

/** Runs a model on batches. For each batch, either a result or a failure is reported. Calls must not overlap. */
export interface ModelRunner {
  /** Runs a batch. Its result may have to wait for later batches, or for `flush`. */
  take(id: number, batch: PaddedBatch): Promise<void>;
  /** Whether posts wait. */
  readonly hasParked: boolean;
  /** Completes every batch that waits. */
  flush(): Promise<void>;
}

export interface RunnerEvents {
  /** Some posts of a batch wait. */
  onParked(id: number): void;
  onResult(id: number, result: BatchResult): void;
  onFailure(id: number, error: Error): void;
}

/** Runs a model on a batch. Resolves to logits of shape [rows, classes]. */
export type RunWhole = (batch: PaddedBatch) => Promise<Float32Array>;

export interface WholeRunnerDeps extends RunnerEvents {
  readonly run: RunWhole;
  readonly calibration: Calibration;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Runner of a model with a single graph. */
export function createWholeRunner({ run, calibration, clock, ...events }: WholeRunnerDeps): ModelRunner {
  return {
    hasParked: false,
    flush: async () => {},
    take: async (id, batch) => {
      try {
        const startedAt = monotonicNow(clock);
        const logits = await run(batch);
        const ms = monotonicNow(clock) - startedAt;
        const probabilities = new Float64Array(3 * batch.lengths.length);
        for (const row of batch.lengths.keys()) probabilities.set(calibrate(logits, row * calibration.labels.length, calibration), 3 * row);
        events.onResult(id, { probabilities, exits: 0, ms });
      } catch (thrown) {
        events.onFailure(id, asError(thrown));
      }
    },
  };
}
