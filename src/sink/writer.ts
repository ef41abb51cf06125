import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ScoredPost } from '../post.ts';
import type { Database } from './connection.ts';
import { fixFirstSights, keyOf } from './first-sights.ts';
import { insertRows } from './insert.ts';
import { markMinutes } from './marks.ts';
import { readTime, toRow } from './post-row.ts';
import { type Patience, persist } from './retry.ts';

/** How long a database may be in trouble before the process stops over it. */
const giveUpAfterMs = 5 * 60_000;
const minuteMs = 60_000;

export interface Writer {
  /**
   * Stores posts. Resolves when the rows, and after them the marks of the minutes they touch, are
   * acknowledged; a repeated call lands on the same rows. Faults that can pass are retried. Calls must not overlap.
   * @throws DATABASE_REJECTED when the database or a row's own values rule the rows out; nothing or all of
   *   them may be stored. DATABASE_UNAVAILABLE after five minutes of trouble; the signal's reason.
   */
  write(rows: readonly ScoredPost[], signal?: AbortSignal): Promise<void>;
}

export function createWriter(options: { db: Database; clock: Clock; log: Log; metrics: Metrics }): Writer {
  const { db, clock, log, metrics } = options;
  const onRetry = (fault: string): void => {
    metrics.writeRetries.inc();
    db.health.failed('write posts', fault);
  };
  const patience: Patience = { clock, log, giveUpAfterMs, onRetry };
  return {
    write: async (posts, signal) => {
      if (posts.length === 0) return;
      const createdAt = await persist(
        'record first sights',
        () => fixFirstSights(db.writer, posts, db.kind === 'server', signal),
        patience,
        signal,
      );
      const times = posts.map((post) => createdAt.get(keyOf(post)) ?? readTime(post, 'createdAt'));
      const rows = posts.map((post, index) => toRow(post, times[index] ?? Number.NaN));
      await persist('insert posts', () => insertRows(db.writer, 'posts', rows, signal), patience, signal);
      const minutes = [...new Set(times.map((ms) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
      await persist('mark minutes', () => markMinutes(db.writer, minutes, signal), patience, signal);
      db.health.did('write posts');
    },
  };
}
