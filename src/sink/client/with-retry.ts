import type { Clock } from '../../lib/clock.ts';
import { errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { retry } from '../../lib/retry.ts';
import { describeTlsError } from '../../lib/tls.ts';
import { describeError, isRowError, isTransient, RowRejected } from './database-errors.ts';

const backoff = { firstMs: 100, maxMs: 10_000 };

export interface RetryPolicy {
  readonly clock: Clock;
  readonly log: Log;
  /** Stop retrying this long (ms) after the first attempt. */
  readonly maxRetryMs: number;
  readonly onRetry?: (error: string) => void;
}

/**
 * Repeats a statement until it succeeds, with exponential backoff and full jitter. The statement must be idempotent: an
 * attempt that failed may have been executed.
 * @param action completes "Could not …", for errors and the log
 * @throws DATABASE_REJECTED or DATABASE_UNTRUSTED for a permanent error, DATABASE_UNAVAILABLE when the time is up, and the
 *   signal's reason when it is aborted
 */
export async function withRetry<T>(action: string, attempt: () => Promise<T>, policy: RetryPolicy, signal?: AbortSignal): Promise<T> {
  const { clock, log, maxRetryMs, onRetry } = policy;
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
        throwIfPermanent(action, thrown);
        const error = describeError(thrown);
        if (elapsedMs >= maxRetryMs) throw new FeedpulseError('DATABASE_UNAVAILABLE', `Gave up trying to ${action}: ${error}.`);
        log.warn({ action, error, maxDelayMs: delayMs }, 'database statement failed; retrying with backoff');
        onRetry?.(error);
      },
    },
    signal,
  );
}

function throwIfPermanent(action: string, thrown: unknown): void {
  if (thrown instanceof FeedpulseError && !thrown.retry) throw thrown;
  const untrusted = describeTlsError(errorCodeOf(thrown));
  if (untrusted) throw new FeedpulseError('DATABASE_UNTRUSTED', `Could not ${action}: the server is not trusted, ${untrusted}.`);
  if (isRowError(thrown)) throw new RowRejected(`Could not ${action}: ${describeError(thrown)}.`);
  if (!isTransient(thrown)) throw new FeedpulseError('DATABASE_REJECTED', `Could not ${action}: ${describeError(thrown)}.`);
}
