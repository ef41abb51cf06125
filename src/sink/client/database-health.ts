import type { Clock } from '../../lib/clock.ts';

/** What the users of the database last heard from it. */
export interface DatabaseHealth {
  /** It did `what`, in words such as `write posts`. */
  did(what: string): void;
  /** It could not do `what`, which is tried again; `fault` is safe to show. */
  failed(what: string, fault: string): void;
  /** What it cannot do, and since when; undefined while all is well. */
  trouble(): string | undefined;
}

export function createDatabaseHealth(clock: Pick<Clock, 'now'>): DatabaseHealth {
  const troubles = new Map<string, { readonly since: number; readonly fault: string }>();
  return {
    did: (what) => void troubles.delete(what),
    failed: (what, fault) => void troubles.set(what, { since: troubles.get(what)?.since ?? clock.now(), fault }),
    trouble: () => {
      const [first] = troubles;
      if (!first) return undefined;
      const [what, { since, fault }] = first;
      const clockTime = new Date(since).toISOString().slice(11, 19);
      return `cannot ${what} since ${clockTime} UTC (${fault}), trying again`;
    },
  };
}
