import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Database } from '../client/connection.ts';
import { RowRejected } from '../client/database-errors.ts';
import { insertRows } from '../client/insert.ts';
import { type RetryPolicy, withRetry } from '../client/with-retry.ts';
import { removePosts } from '../maintenance/erase.ts';
import { createErasures, type Erased } from '../maintenance/erasures.ts';
import { markDirty } from '../rollups/dirty-minutes.ts';
import { keepsEverything, type Retention, takenSince } from '../rollups/retention-window.ts';
import { keyOf, registerFirstSeen } from './first-seen.ts';
import { readTime, toRow } from './post-row.ts';

/** How long a database may be in trouble before the process stops over it. */
const giveUpAfterMs = 5 * 60_000;
const minuteMs = 60_000;

/** So many rows refused one after the other are not to blame: the database is. */
const mostRefusedInARow = 10;

export interface Writer {
  /**
   * Stores posts. Resolves when the rows, and after them the marks of the minutes they touch, are acknowledged, to
   * the posts that are not stored. A repeated call lands on the same rows. Faults that can pass are retried. Calls must not overlap.
   * @throws DATABASE_REJECTED when the database takes no rows, whatever they are; some of them may be stored.
   *   DATABASE_UNAVAILABLE after five minutes of trouble; the signal's reason.
   */
  write(posts: readonly ScoredPost[], signal?: AbortSignal): Promise<NotStored>;
}

/** Posts that were taken and have no row. */
export interface NotStored {
  /** The database refuses their rows for good, though not others. */
  readonly refused: readonly ScoredPost[];
  /** They were erased, or are older than posts are kept. */
  readonly leftOut: readonly ScoredPost[];
}

export function createWriter(options: { db: Database; clock: Clock; log: Log; metrics: Metrics; retention?: Retention }): Writer {
  const { db, clock, log, metrics, retention = keepsEverything } = options;
  const erasures = createErasures(db.writer);
  const onRetry = (fault: string): void => {
    metrics.writeRetries.inc();
    db.health.failed('write posts', fault);
  };
  const patience: RetryPolicy = { clock, log, giveUpAfterMs, onRetry };
  let refusedInARow = 0;

  /** One bad row spoils the insert of all: halved until the bad ones stand alone. */
  const storeInParts = async (posts: readonly ScoredPost[], taken: Taken, signal?: AbortSignal): Promise<ScoredPost[]> => {
    try {
      await store(db, posts, taken, patience, signal);
      refusedInARow = 0;
      return [];
    } catch (fault) {
      if (!(fault instanceof RowRejected)) throw fault;
      const [post] = posts;
      if (posts.length === 1 && post) {
        refusedInARow += 1;
        if (refusedInARow >= mostRefusedInARow) throw fault;
        log.error({ ...post.position, fault: fault.message }, 'the database refuses a row');
        return [post];
      }
      const half = Math.ceil(posts.length / 2);
      const first = await storeInParts(posts.slice(0, half), taken, signal);
      return [...first, ...(await storeInParts(posts.slice(half), taken, signal))];
    }
  };

  const findErased = (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<Erased<ScoredPost>> =>
    withRetry('look for erased posts', () => erasures.find(posts, signal), patience, signal);
  // Whoever erased them may have died before all of it was done.
  const remove = (posts: readonly ScoredPost[], times: readonly number[], signal?: AbortSignal): Promise<void> =>
    withRetry('remove erased posts', () => removePosts({ client: db.writer, clock }, posts, times, signal), patience, signal);

  /** Stores what was not erased; what is erased meanwhile is removed again. Answers with what is not stored. */
  const storeUnlessErased = async (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<NotStored> => {
    const before = await findErased(posts, signal);
    const times = before.posts.map(({ createdAt }) => Date.parse(createdAt)).filter((ms) => ms >= 0);
    await remove(before.posts, times, signal);
    const barred = new Set(before.posts);
    const taken: Taken = { since: takenSince(retention, clock.now()), expired: new Set(), createdAt: new Map() };
    const open = posts.filter((post) => !barred.has(post));
    const refused = await storeInParts(open, taken, signal);
    // An erasure that was noted before these rows came may have looked for them before they did; one noted later finds them.
    const known = await withRetry('look for erased posts', () => erasures.count(signal), patience, signal);
    const after = known === before.known ? [] : (await findErased(open, signal)).posts;
    const written = after.flatMap((post) => taken.createdAt.get(post) ?? []);
    await remove(after, written, signal);
    const erased = [...before.posts, ...after];
    metrics.postsErased.inc(erased.length);
    metrics.postsExpired.inc(taken.expired.size);
    return { refused, leftOut: [...erased, ...taken.expired] };
  };
  return {
    write: async (posts, signal) => {
      const notStored = await storeUnlessErased(posts, signal);
      db.health.did('write posts');
      return notStored;
    },
  };
}

/** From when on posts are taken, those that are older, and when the others were created (ms since 1970). */
interface Taken {
  readonly since: number;
  readonly expired: Set<ScoredPost>;
  readonly createdAt: Map<ScoredPost, number>;
}

/** Keys, rows, marks, in this order: what is marked can be computed, and what is stored will be marked. */
async function store(db: Database, given: readonly ScoredPost[], taken: Taken, patience: RetryPolicy, signal?: AbortSignal): Promise<void> {
  if (given.length === 0) return;
  const shared = db.kind === 'server';
  const createdAt = await withRetry('record first sights', () => registerFirstSeen(db.writer, given, shared, signal), patience, signal);
  const timed = given.map((post) => ({ post, ms: createdAt.get(keyOf(post)) ?? readTime(post, 'createdAt') }));
  for (const { post, ms } of timed) if (ms < taken.since) taken.expired.add(post);
  const current = timed.filter(({ post }) => !taken.expired.has(post));
  for (const { post, ms } of current) taken.createdAt.set(post, ms);
  const rows = current.map(({ post, ms }) => toRow(post, ms));
  await withRetry('insert posts', () => insertRows(db.writer, 'posts', rows, signal), patience, signal);
  const minutes = [...new Set(current.map(({ ms }) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  await withRetry('mark minutes', () => markDirty(db.writer, minutes, signal), patience, signal);
}
