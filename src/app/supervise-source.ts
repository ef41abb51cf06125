import type { SourceType } from '../config/sources.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import type { SourceStatus } from '../domain/status.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import { asError, type ErrorCode, errorCodeOf, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { backoffDelay } from '../lib/retry.ts';

/** A source that this process runs, with its state. */
export interface RunningSource extends Source<SourceRecord> {
  readonly type: SourceType;
  /** The label of its partitions in metrics; undefined for a source without partitions. */
  readonly topic: string | undefined;
  state(): SourceStatus['state'];
  /** The error of a source that failed for good. */
  failure(): Error | undefined;
}

export interface SuperviseOptions extends Pick<RunningSource, 'name' | 'type' | 'topic'> {
  /** Opens the source for one run. */
  readonly open: () => Promise<Source<SourceRecord>>;
  /** Whether another run reads again what the last one did not store. Always, if absent. */
  readonly canReopen?: () => Promise<boolean>;
  readonly log: Log;
  readonly clock: Clock;
}

const backoff = { firstMs: 5_000, maxMs: 300_000 };
/** A source that ran this long was healthy; the next delay is the first one again. */
const healthyMs = 600_000;

/**
 * Runs one of several sources, so that its errors do not stop the others. Sources retry by themselves what usually passes;
 * a source that gave up is opened again here, with longer delays. An error that no retry can fix, or one of an input that
 * cannot be read again, ends the source: `run`
 * resolves, and `failure` tells why. `run` rejects only with an error of what all sources share, such as the database.
 */
export function superviseSource({ name, type, topic, open, canReopen = async () => true, log, clock }: SuperviseOptions): RunningSource {
  let current: Source<SourceRecord> | undefined;
  let state: SourceStatus['state'] = 'running';
  /** Why the last run failed; undefined once the source has been healthy since. */
  let issue: string | undefined;
  let failure: Error | undefined;

  const runOnce: Source<SourceRecord>['run'] = async (emit, signal) => {
    current = await open();
    await current.run(emit, signal);
  };
  const run: Source<SourceRecord>['run'] = async (emit, signal) => {
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = monotonicNow(clock);
      try {
        await runOnce(emit, signal);
        break;
      } catch (thrown) {
        const error = asError(thrown);
        if (isShared(error)) throw error;
        current = undefined;
        if ((error instanceof FeedpulseError && !error.retry) || !(await canReopen())) {
          log.error(
            { code: errorCodeOf(error), error: error.message },
            'source failed and will not be restarted; the other sources keep running',
          );
          [state, issue, failure] = ['failed', error.message, error];
          return;
        }
        failures = monotonicNow(clock) - startedAt > healthyMs ? 1 : failures + 1;
        const delayMs = backoffDelay(backoff, failures);
        issue = error.message;
        log.warn({ failures, delayMs, error: error.message }, 'source failed; restarting with backoff');
        await clock.sleep(delayMs, signal); // ends at once if the process is stopping
      }
    }
    [state, issue] = ['ended', undefined];
  };
  return {
    name,
    type,
    topic,
    run,
    healthIssue: () => {
      if (state === 'ended') return undefined;
      const latest = current?.healthIssue();
      // Why the source failed says more than that it is connecting again.
      if (current && latest === undefined) issue = undefined;
      return issue ?? (current ? latest : 'The source has not started.');
    },
    progress: () => current?.progress?.() ?? noProgress,
    state: () => state,
    failure: () => failure,
  };
}

const noProgress = { behindSeconds: null, gaps: 0, endpoint: null };

/** Errors of what all sources share. Another source would run into the same one, so they end the process. */
const sharedErrors: ReadonlySet<ErrorCode> = new Set([
  'DATABASE_UNAVAILABLE',
  'DATABASE_REJECTED',
  'DATABASE_PLAINTEXT',
  'DATABASE_UNTRUSTED',
  'MODEL_FAILED',
]);

function isShared(error: Error): boolean {
  return error instanceof FeedpulseError && sharedErrors.has(error.code);
}

/** The only source of a process: its errors end the process. */
export function runSingleSource(source: Source<SourceRecord>, facts: Pick<RunningSource, 'type' | 'topic'>): RunningSource {
  let state: SourceStatus['state'] = 'running';
  return {
    ...facts,
    name: source.name,
    run: (emit, signal) => source.run(emit, signal).finally(() => (state = 'ended')),
    healthIssue: () => source.healthIssue(),
    ...(source.progress && { progress: source.progress }),
    state: () => state,
    failure: () => undefined,
  };
}
