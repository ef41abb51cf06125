import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ScoredPost } from '../post.ts';
import type { Database } from './connection.ts';
import { RowRefused } from './faults.ts';
import { fixFirstSights, keyOf } from './first-sights.ts';
import { insertRows } from './insert.ts';
import { markMinutes } from './marks.ts';
import { readTime, toRow } from './post-row.ts';
import { type Patience, persist } from './retry.ts';

/** How long a database may be in trouble before the process stops over it. */
const giveUpAfterMs = 5 * 60_000;
const minuteMs = 60_000;

/** So many rows refused one after the other are not to blame: the database is. */
const mostRefusedInARow = 10;

export interface Writer {
  /**
   * Stores posts. Resolves when the rows, and after them the marks of the minutes they touch, are acknowledged,
   * to the posts whose rows the database refuses for good, though not others. A repeated call lands on the same
   * rows. Faults that can pass are retried. Calls must not overlap.
   * @throws DATABASE_REJECTED when the database takes no rows, whatever they are; some of them may be stored.
   *   DATABASE_UNAVAILABLE after five minutes of trouble; the signal's reason.
   */
  write(posts: readonly ScoredPost[], signal?: AbortSignal): Promise<readonly ScoredPost[]>;
}

export function createWriter(options: { db: Database; clock: Clock; log: Log; metrics: Metrics }): Writer {
  const { db, clock, log, metrics } = options;
  const onRetry = (fault: string): void => {
    metrics.writeRetries.inc();
    db.health.failed('write posts', fault);
  };
  const patience: Patience = { clock, log, giveUpAfterMs, onRetry };
  let refusedInARow = 0;

  /** One bad row spoils the insert of all: halved until the bad ones stand alone. */
  const storeInParts = async (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<ScoredPost[]> => {
    try {
      await store(db, posts, patience, signal);
      refusedInARow = 0;
      return [];
    } catch (fault) {
      if (!(fault instanceof RowRefused)) throw fault;
      const [post] = posts;
      if (posts.length === 1 && post) {
        refusedInARow += 1;
        if (refusedInARow >= mostRefusedInARow) throw fault;
        log.error({ ...post.position, fault: fault.message }, 'the database refuses a row');
        return [post];
      }
      const half = Math.ceil(posts.length / 2);
      const first = await storeInParts(posts.slice(0, half), signal);
      return [...first, ...(await storeInParts(posts.slice(half), signal))];
    }
  };
  return {
    write: async (posts, signal) => {
      const refused = await storeInParts(posts, signal);
      db.health.did('write posts');
      return refused;
    },
  };
}

/** Keys, rows, marks, in this order: what is marked can be computed, and what is stored will be marked. */
async function store(db: Database, posts: readonly ScoredPost[], patience: Patience, signal?: AbortSignal): Promise<void> {
  if (posts.length === 0) return;
  const shared = db.kind === 'server';
  const createdAt = await persist('record first sights', () => fixFirstSights(db.writer, posts, shared, signal), patience, signal);
  const times = posts.map((post) => createdAt.get(keyOf(post)) ?? readTime(post, 'createdAt'));
  const rows = posts.map((post, index) => toRow(post, times[index] ?? Number.NaN));
  await persist('insert posts', () => insertRows(db.writer, 'posts', rows, signal), patience, signal);
  const minutes = [...new Set(times.map((ms) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  await persist('mark minutes', () => markMinutes(db.writer, minutes, signal), patience, signal);
}
