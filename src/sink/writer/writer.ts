import type { ClickHouseClient } from '@clickhouse/client';
import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Database } from '../client/connection.ts';
import { RowRejected } from '../client/database-errors.ts';
import { insertRows } from '../client/query.ts';
import { type RetryPolicy, withRetry } from '../client/with-retry.ts';
import { createErasures, type Erased, removePosts } from '../maintenance/erase.ts';
import { acceptedSince, keepsEverything, type Retention } from '../maintenance/retention.ts';
import { findFirstSeen, keyOf } from '../queries/posts.ts';
import { markDirty } from '../queries/rollups.ts';
import { readTime, toDateTime, toRow } from './post-row.ts';

/** How long the database may fail before the process stops. */
const giveUpAfterMs = 5 * 60_000;
const minuteMs = 60_000;

/** If this many rows in a row are rejected, the database is at fault, not the rows. */
const maxConsecutiveRejections = 10;

export interface Writer {
  /**
   * Stores posts. Resolves once the rows, and after them the dirty marks of their minutes, are acknowledged; returns the
   * posts that were not stored. A repeated call results in the same rows. Transient errors are retried. Calls must not
   * overlap.
   * @throws DATABASE_REJECTED if the database rejects every row; some may be stored. DATABASE_UNAVAILABLE after five
   *   minutes of errors; the signal's reason.
   */
  write(posts: readonly ScoredPost[], signal?: AbortSignal): Promise<NotStored>;
}

/** Posts without a row. */
export interface NotStored {
  /** The database rejected their rows, but accepted others. */
  readonly refused: readonly ScoredPost[];
  /** They were erased, or are older than the retention. */
  readonly leftOut: readonly ScoredPost[];
}

export function createWriter(options: { db: Database; clock: Clock; log: Log; metrics: Metrics; retention?: Retention }): Writer {
  const { db, clock, log, metrics, retention = keepsEverything } = options;
  const erasures = createErasures(db.writer);
  const onRetry = (error: string): void => {
    metrics.writeRetries.inc();
    db.health.recordFailure('write posts', error);
  };
  const policy: RetryPolicy = { clock, log, giveUpAfterMs, onRetry };
  let consecutiveRejections = 0;

  /** One bad row fails the whole insert: the batch is bisected until the bad rows are isolated. Returns these. */
  const storeBisecting = async (posts: readonly ScoredPost[], batch: Batch, signal?: AbortSignal): Promise<ScoredPost[]> => {
    try {
      await store(db, posts, batch, policy, signal);
      consecutiveRejections = 0;
      return [];
    } catch (error) {
      if (!(error instanceof RowRejected)) throw error;
      const [post] = posts;
      if (posts.length === 1 && post) {
        consecutiveRejections += 1;
        if (consecutiveRejections >= maxConsecutiveRejections) throw error;
        log.error({ ...post.position, error: error.message }, 'the database rejected a row');
        return [post];
      }
      const half = Math.ceil(posts.length / 2);
      const first = await storeBisecting(posts.slice(0, half), batch, signal);
      return [...first, ...(await storeBisecting(posts.slice(half), batch, signal))];
    }
  };

  const findErased = (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<Erased<ScoredPost>> =>
    withRetry('look up erasures', () => erasures.find(posts, signal), policy, signal);
  // The process that erased them may have stopped before it was done.
  const remove = (posts: readonly ScoredPost[], times: readonly number[], signal?: AbortSignal): Promise<void> =>
    withRetry('remove erased posts', () => removePosts({ client: db.writer, clock }, posts, times, signal), policy, signal);

  /** Stores the posts that were not erased. Those erased meanwhile are removed again. */
  const storeUnlessErased = async (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<NotStored> => {
    const before = await findErased(posts, signal);
    const times = before.posts.map(({ createdAt }) => Date.parse(createdAt)).filter((ms) => ms >= 0);
    await remove(before.posts, times, signal);
    const erasedBefore = new Set(before.posts);
    const batch: Batch = { acceptedSince: acceptedSince(retention, clock.now()), expired: new Set(), createdAt: new Map() };
    const remaining = posts.filter((post) => !erasedBefore.has(post));
    const refused = await storeBisecting(remaining, batch, signal);
    // An erasure recorded before these rows were stored may have searched for them too early; one recorded later finds them.
    const known = await withRetry('look up erasures', () => erasures.count(signal), policy, signal);
    const after = known === before.known ? [] : (await findErased(remaining, signal)).posts;
    const written = after.flatMap((post) => batch.createdAt.get(post) ?? []);
    await remove(after, written, signal);
    const erased = [...before.posts, ...after];
    metrics.postsErased.inc(erased.length);
    metrics.postsExpired.inc(batch.expired.size);
    return { refused, leftOut: [...erased, ...batch.expired] };
  };
  return {
    write: async (posts, signal) => {
      const notStored = await storeUnlessErased(posts, signal);
      db.health.recordSuccess('write posts');
      return notStored;
    },
  };
}

/** One `write`: the earliest accepted creation time, older posts, and the creation times of the others (ms since 1970). */
interface Batch {
  readonly acceptedSince: number;
  readonly expired: Set<ScoredPost>;
  readonly createdAt: Map<ScoredPost, number>;
}

/** Writes keys, rows and dirty marks, in this order, so that a mark is never visible before its rows. */
async function store(db: Database, posts: readonly ScoredPost[], batch: Batch, policy: RetryPolicy, signal?: AbortSignal): Promise<void> {
  if (posts.length === 0) return;
  const isShared = db.kind === 'server';
  const register = () => registerFirstSeen(db.writer, posts, isShared, signal);
  const createdAt = await withRetry('register when posts were first seen', register, policy, signal);
  const timed = posts.map((post) => ({ post, ms: createdAt.get(keyOf(post)) ?? readTime(post, 'createdAt') }));
  for (const { post, ms } of timed) if (ms < batch.acceptedSince) batch.expired.add(post);
  const accepted = timed.filter(({ post }) => !batch.expired.has(post));
  for (const { post, ms } of accepted) batch.createdAt.set(post, ms);
  const rows = accepted.map(({ post, ms }) => toRow(post, ms));
  await withRetry('insert posts', () => insertRows(db.writer, 'posts', rows, signal), policy, signal);
  const minutes = [...new Set(accepted.map(({ ms }) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  await withRetry('mark dirty minutes', () => markDirty(db.writer, minutes, signal), policy, signal);
}

/**
 * When each post was created according to its first version, in ms by `keyOf`. New posts are recorded. If another process
 * may record the same post meanwhile (`isShared`), the rows are read back: the one that the engine committed first wins,
 * so all processes agree. Repeating a call is harmless.
 */
async function registerFirstSeen(
  client: ClickHouseClient,
  posts: readonly ScoredPost[],
  isShared: boolean,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const byKey = new Map<string, ScoredPost>();
  for (const post of posts) {
    const key = keyOf(post);
    if (!byKey.has(key)) byKey.set(key, post);
  }
  const known = await findFirstSeen(client, [...byKey.values()], signal);
  const added = [...byKey].filter(([key]) => !known.has(key)).map(([, post]) => post);
  const rows = added.map((post) => ({ platform: post.platform, id: post.id, created_at: toDateTime(readTime(post, 'createdAt')) }));
  await insertRows(client, 'post_first_seen', rows, signal);
  const registered = isShared
    ? await findFirstSeen(client, added, signal)
    : new Map(added.map((post) => [keyOf(post), readTime(post, 'createdAt')]));
  return new Map([...known, ...registered]);
}
