import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { describeError, isRowError, isTransient, RowRejected, untrustedBecause } from './database-errors.ts';

const firstDelayMs = 100;
const longestDelayMs = 10_000;

export interface RetryPolicy {
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds from the first attempt until a fault that could pass is taken for lasting. */
  readonly giveUpAfterMs: number;
  readonly onRetry?: (fault: string) => void;
}

/**
 * Attempts a statement until it succeeds, with exponential backoff and full jitter (a random wait between 0
 * and the bound), so that several processes do not come back all at once. The statement must be harmless to
 * repeat: an attempt that failed may have been carried out.
 * @throws DATABASE_REJECTED or DATABASE_UNTRUSTED for a fault that trying again cannot cure,
 *   DATABASE_UNAVAILABLE when time is up, the signal's reason when it is aborted.
 */
export async function withRetry<T>(what: string, attempt: () => Promise<T>, patience: RetryPolicy, signal?: AbortSignal): Promise<T> {
  const { clock, log, giveUpAfterMs, onRetry } = patience;
  const giveUpAt = clock.now() + giveUpAfterMs;
  for (let bound = firstDelayMs; ; bound = Math.min(bound * 2, longestDelayMs)) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (fault) {
      signal?.throwIfAborted();
      if (fault instanceof FeedpulseError && !fault.retry) throw fault;
      const name = describeError(fault);
      const untrusted = untrustedBecause(fault);
      if (untrusted) throw new FeedpulseError('DATABASE_UNTRUSTED', `could not ${what}: the server is not trusted, ${untrusted}.`);
      if (isRowError(fault)) throw new RowRejected(`could not ${what}: ${name}`);
      if (!isTransient(fault)) throw new FeedpulseError('DATABASE_REJECTED', `could not ${what}: ${name}`);
      if (clock.now() >= giveUpAt) throw new FeedpulseError('DATABASE_UNAVAILABLE', `gave up trying to ${what}: ${name}`);
      log.warn({ what, fault: name, waitAtMostMs: bound }, 'the database is in trouble, trying again');
      onRetry?.(name);
      await clock.sleep(Math.random() * bound, signal);
    }
  }
}
