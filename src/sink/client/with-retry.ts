import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { retry } from '../../lib/retry.ts';
import { describeError, isRowError, isTransient, RowRejected, untrustedBecause } from './database-errors.ts';

const backoff = { firstMs: 100, maxMs: 10_000 };

export interface RetryPolicy {
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds after the first attempt at which a transient error counts as permanent. */
  readonly giveUpAfterMs: number;
  readonly onRetry?: (error: string) => void;
}

/**
 * Repeats a statement until it succeeds, with exponential backoff and full jitter. The statement must be idempotent: an
 * attempt that failed may have been executed.
 * @param what completes "could not …", for errors and the log
 * @throws DATABASE_REJECTED or DATABASE_UNTRUSTED for a permanent error, DATABASE_UNAVAILABLE when the time is up, and the
 *   signal's reason when it is aborted
 */
export async function withRetry<T>(what: string, attempt: () => Promise<T>, policy: RetryPolicy, signal?: AbortSignal): Promise<T> {
  const { clock, log, giveUpAfterMs, onRetry } = policy;
  const attemptUnlessAborted = async (): Promise<T> => {
    signal?.throwIfAborted();
    return attempt();
  };
  return retry(
    attemptUnlessAborted,
    {
      clock,
      backoff,
      jitter: 'full',
      onFailure: (thrown, { elapsedMs, delayMs }) => {
        signal?.throwIfAborted();
        throwIfPermanent(what, thrown);
        const error = describeError(thrown);
        if (elapsedMs >= giveUpAfterMs) throw new FeedpulseError('DATABASE_UNAVAILABLE', `gave up trying to ${what}: ${error}`);
        log.warn({ what, error, maxDelayMs: delayMs }, 'database statement failed; retrying with backoff');
        onRetry?.(error);
      },
    },
    signal,
  );
}

function throwIfPermanent(what: string, thrown: unknown): void {
  if (thrown instanceof FeedpulseError && !thrown.retry) throw thrown;
  const untrusted = untrustedBecause(thrown);
  if (untrusted) throw new FeedpulseError('DATABASE_UNTRUSTED', `could not ${what}: the server is not trusted, ${untrusted}.`);
  if (isRowError(thrown)) throw new RowRejected(`could not ${what}: ${describeError(thrown)}`);
  if (!isTransient(thrown)) throw new FeedpulseError('DATABASE_REJECTED', `could not ${what}: ${describeError(thrown)}`);
}
