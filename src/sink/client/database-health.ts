import type { Clock } from '../../lib/clock.ts';

/** Database tasks that are currently failing. */
export interface DatabaseHealth {
  /** `task` succeeded, named like `write posts`. */
  recordSuccess(task: string): void;
  /** `task` failed and will be retried; `error` must be safe to show. */
  recordFailure(task: string, error: string): void;
  /** Describes a failing task; undefined if none fails. */
  healthIssue(): string | undefined;
}

export function createDatabaseHealth(clock: Pick<Clock, 'now'>): DatabaseHealth {
  const failures = new Map<string, { readonly since: number; readonly error: string }>();
  return {
    recordSuccess: (task) => void failures.delete(task),
    recordFailure: (task, error) => void failures.set(task, { since: failures.get(task)?.since ?? clock.now(), error }),
    healthIssue: () => {
      const [first] = failures;
      if (!first) return undefined;
      const [task, { since, error }] = first;
      const time = new Date(since).toISOString().slice(11, 19);
      return `failing to ${task} since ${time} UTC (${error}); retrying`;
    },
  };
}
