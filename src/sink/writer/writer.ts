import type { ClickHouseClient } from '@clickhouse/client';
import type { ScoredPost } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { minuteMs } from '../../lib/duration.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Database } from '../client/connection.ts';
import { RowRejected } from '../client/database-errors.ts';
import { insertRows } from '../client/query.ts';
import { type RetryPolicy, withRetry } from '../client/with-retry.ts';
import { removePosts } from '../maintenance/erase.ts';
import { createErasureList, type ErasureMatches } from '../maintenance/erasure-list.ts';
import { defaultRetention, minCreatedAt, type Retention } from '../maintenance/retention.ts';
import { findAliased, findDeletions } from '../queries/aliases.ts';
import { type AuthorKey, findAuthorDeletions } from '../queries/author-deletions.ts';
import { findFirstSeen, postKey, readPostsOfAuthors } from '../queries/posts.ts';
import { markDirty } from '../queries/rollups.ts';
import { deleteByAlias } from './alias-deletions.ts';
import { type AuthorDeletionRow, deleteAuthors, deletePostsOfDeletedAuthors, type ReadPostsOfAuthors } from './author-deletions.ts';
import { type CopyDetector, createCopyDetector } from './copy-detector.ts';
import { toDateTime, toRow, toTimestampMs } from './post-row.ts';

/** Stop the process after this long (ms) without a successful write. */
const maxRetryMs = 5 * minuteMs;

/** After this many consecutive rejections, the problem is the database, not the rows. */
const maxConsecutiveRejections = 10;

export interface Writer {
  /**
   * Stores posts, then applies the deletions among them to the posts that have the deleted ID as another ID, and the
   * deletions of authors to all of their posts, stored or late. Resolves once the rows, and after them the dirty marks of their
   * minutes, are acknowledged; returns the posts that were not stored. A repeated call results in the same rows. Transient
   * errors are retried. Calls must not overlap.
   * @throws DATABASE_REJECTED if the database rejects every row; some may be stored. DATABASE_UNAVAILABLE after five
   *   minutes of errors; the signal's reason.
   */
  write(posts: readonly ScoredPost[], signal?: AbortSignal): Promise<WriteResult>;
}

/** The posts of a `write` that were not stored. */
export interface WriteResult {
  /** The database rejected their rows, but accepted others. */
  readonly rejected: readonly ScoredPost[];
  /** They were erased, are older than the retention, or delete an author, which stores no row of its own. */
  readonly skipped: readonly ScoredPost[];
}

type Key = Pick<ScoredPost, 'platform' | 'id'>;

interface WriterOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly retention?: Retention;
}

export function createWriter(options: WriterOptions): Writer {
  const { db, clock, log, metrics } = options;
  const onRetry = (error: string): void => {
    metrics.writeRetries.inc();
    db.health.recordFailure('write posts', error);
  };
  const policy: RetryPolicy = { clock, log, maxRetryMs, onRetry };
  const storeUnlessErased = createPostStore(options, policy);
  const readPage: ReadPostsOfAuthors = (authors, page, signal) =>
    withRetry('look up the posts of deleted authors', () => readPostsOfAuthors(db.writer, authors, page, signal), policy, signal);

  const authors = {
    findDeletions: (keys: readonly AuthorKey[], signal?: AbortSignal) =>
      withRetry('look up deleted authors', () => findAuthorDeletions(db.writer, keys, signal), policy, signal),
    record: (rows: readonly AuthorDeletionRow[], signal?: AbortSignal) =>
      withRetry('record deleted authors', () => insertRows(db.writer, 'author_deletions', rows, signal), policy, signal),
    readPage,
    write: storeUnlessErased,
  };
  const aliases = {
    findAliased: (keys: readonly Key[], signal?: AbortSignal) =>
      withRetry('look up other IDs of deleted posts', () => findAliased(db.writer, keys, signal), policy, signal),
    findDeletions: (keys: readonly Key[], signal?: AbortSignal) =>
      withRetry('look up deletions of other IDs', () => findDeletions(db.writer, keys, signal), policy, signal),
    write: storeUnlessErased,
  };

  return {
    write: async (posts, signal) => {
      const deletions = posts.filter(({ deletesAuthor }) => deletesAuthor);
      const others = deletions.length === 0 ? posts : posts.filter(({ deletesAuthor }) => !deletesAuthor);
      const { rejected, skipped } = await storeUnlessErased(others, signal);
      const stored = others.filter((post) => !rejected.includes(post));
      const unreached = await deleteByAlias(stored, aliases, signal);
      const late = await deletePostsOfDeletedAuthors(stored, authors, signal);
      const rejectedDeletions = await deleteAuthors(deletions, authors, signal);
      db.health.recordSuccess('write posts');
      return {
        rejected: [...rejected, ...new Set([...unreached, ...late]), ...rejectedDeletions],
        skipped: [...skipped, ...deletions.filter((deletion) => !rejectedDeletions.has(deletion))],
      };
    },
  };
}

/** Creates a function that stores the posts that were not erased; posts erased in the meantime are removed again. */
function createPostStore({ db, clock, log, metrics, retention = defaultRetention }: WriterOptions, policy: RetryPolicy): Writer['write'] {
  const erasures = createErasureList(db.writer);
  const copies = createCopyDetector();
  let consecutiveRejections = 0;

  /** One bad row fails the whole insert: the batch is bisected until the bad rows are isolated. Returns these. */
  const storeBisecting = async (posts: readonly ScoredPost[], batch: Batch, signal?: AbortSignal): Promise<ScoredPost[]> => {
    try {
      await store({ db, copies, policy }, posts, batch, signal);
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

  const findErased = (posts: readonly ScoredPost[], signal?: AbortSignal): Promise<ErasureMatches<ScoredPost>> =>
    withRetry('look up erasures', () => erasures.findErased(posts, signal), policy, signal);
  // An interrupted erasure may have left rows behind.
  const remove = (posts: readonly ScoredPost[], times: readonly number[], signal?: AbortSignal): Promise<void> =>
    withRetry('remove erased posts', () => removePosts({ client: db.writer, clock }, posts, times, signal), policy, signal);

  return async (posts, signal) => {
    const before = await findErased(posts, signal);
    const times = before.posts.map(({ createdAt }) => Date.parse(createdAt)).filter((ms) => ms >= 0);
    await remove(before.posts, times, signal);
    const erasedBefore = new Set(before.posts);
    const batch: Batch = { minCreatedAt: minCreatedAt(retention, clock.now()), expired: new Set(), createdAt: new Map() };
    const remaining = posts.filter((post) => !erasedBefore.has(post));
    const rejected = await storeBisecting(remaining, batch, signal);
    // An erasure recorded before these rows were stored may have searched for them too early; one recorded later finds them.
    const erasureCount = await withRetry('look up erasures', () => erasures.count(signal), policy, signal);
    const erasedMeanwhile = erasureCount === before.erasureCount ? [] : (await findErased(remaining, signal)).posts;
    const written = erasedMeanwhile.flatMap((post) => batch.createdAt.get(post) ?? []);
    await remove(erasedMeanwhile, written, signal);
    const erased = [...before.posts, ...erasedMeanwhile];
    metrics.postsErased.inc(erased.length);
    metrics.postsExpired.inc(batch.expired.size);
    return { rejected, skipped: [...erased, ...batch.expired] };
  };
}

/** State of one `write`. Times are in ms since 1970. */
interface Batch {
  /** Older posts are not stored. */
  readonly minCreatedAt: number;
  /** The posts older than that. */
  readonly expired: Set<ScoredPost>;
  /** Creation times of the other posts, according to their first version. */
  readonly createdAt: Map<ScoredPost, number>;
}

/** Writes keys, aliases, rows and dirty marks, in this order, so that a mark is never visible before its rows. */
async function store(
  { db, copies, policy }: { readonly db: Database; readonly copies: CopyDetector; readonly policy: RetryPolicy },
  posts: readonly ScoredPost[],
  batch: Batch,
  signal?: AbortSignal,
): Promise<void> {
  if (posts.length === 0) return;
  const isShared = db.kind === 'server';
  const register = () => registerFirstSeen(db.writer, posts, isShared, signal);
  const createdAt = await withRetry('register when posts were first seen', register, policy, signal);
  const withCreatedAt = posts.map((post) => ({ post, ms: createdAt.get(postKey(post)) ?? toTimestampMs(post, 'createdAt') }));
  for (const { post, ms } of withCreatedAt) if (ms < batch.minCreatedAt) batch.expired.add(post);
  const accepted = withCreatedAt.filter(({ post }) => !batch.expired.has(post));
  for (const { post, ms } of accepted) batch.createdAt.set(post, ms);
  const rows = accepted.map(({ post, ms }) => toRow(post, { createdAtMs: ms, isCopy: copies.isCopy(post, ms) }));
  const aliases = accepted.flatMap(({ post, ms }) => toAliasRows(post, ms));
  await withRetry('insert other IDs', () => insertRows(db.writer, 'post_aliases', aliases, signal), policy, signal);
  await withRetry('insert posts', () => insertRows(db.writer, 'posts', rows, signal), policy, signal);
  const minutes = [...new Set(accepted.map(({ ms }) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  await withRetry('mark dirty minutes', () => markDirty(db.writer, minutes, signal), policy, signal);
}

/** A deletion tells nothing of other IDs that its post's versions did not. */
function toAliasRows({ platform, id, deleted, otherIds = [] }: ScoredPost, createdAtMs: number) {
  return deleted ? [] : otherIds.map((alias) => ({ platform, alias, id, created_at: toDateTime(createdAtMs) }));
}

/**
 * When each post was created according to its first version, in ms by `keyOf`. New posts are recorded. If another process
 * may record the same post at the same time (`isShared`), the rows are read back: the one that the engine committed first wins,
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
    const key = postKey(post);
    if (!byKey.has(key)) byKey.set(key, post);
  }
  const known = await findFirstSeen(client, [...byKey.values()], signal);
  const added = [...byKey].filter(([key]) => !known.has(key)).map(([, post]) => post);
  const rows = added.map((post) => ({ platform: post.platform, id: post.id, created_at: toDateTime(toTimestampMs(post, 'createdAt')) }));
  await insertRows(client, 'post_first_seen', rows, signal);
  const registered = isShared
    ? await findFirstSeen(client, added, signal)
    : new Map(added.map((post) => [postKey(post), toTimestampMs(post, 'createdAt')]));
  return new Map([...known, ...registered]);
}
