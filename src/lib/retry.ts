import { type Clock, monotonicNow } from './clock.ts';

/** Exponential backoff: the delay doubles from `firstMs` up to `maxMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Milliseconds to wait after the given number of consecutive failures, 1 or more. */
export function backoffDelay({ firstMs, maxMs }: Backoff, failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), maxMs);
}

/**
 * Randomizes a delay, so that several processes do not retry at the same moment: `full` draws from 0 to the delay, `half`
 * from half of it to all of it.
 */
export const jitter = {
  full: (delayMs: number): number => Math.random() * delayMs,
  half: (delayMs: number): number => delayMs * (0.5 + Math.random() / 2),
} as const;

export interface Failure {
  /** Consecutive failures, this one included. */
  readonly failures: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsedMs: number;
  /** The delay before the next attempt, before jitter. */
  readonly delayMs: number;
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly jitter: keyof typeof jitter;
  /** Called for every failure. It returns to retry, and throws to give up. */
  readonly onFailure: (thrown: unknown, failure: Failure) => void;
}

/**
 * Repeats an attempt until it succeeds or `onFailure` throws. Aborting the signal ends the current wait, not the retries:
 * check it in `onFailure`.
 */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions, signal?: AbortSignal): Promise<T> {
  const { clock, backoff, onFailure } = options;
  const startedAt = monotonicNow(clock);
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      const delayMs = backoffDelay(backoff, failures);
      onFailure(thrown, { failures, elapsedMs: monotonicNow(clock) - startedAt, delayMs });
      await clock.sleep(jitter[options.jitter](delayMs), signal);
    }
  }
}
