import { createHmac, randomBytes } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Post } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { insertRows } from '../client/query.ts';
import {
  countErasures,
  countRows,
  deleteRows,
  erasureParams,
  findErasures,
  insertTombstones,
  readErasureKey,
  readPostsOfAuthor,
  tablesOfPosts,
} from '../queries/maintenance.ts';
import { findFirstSeen } from '../queries/posts.ts';
import { markDirty } from '../queries/rollups.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** One post, or all posts of an author; `id` is that of the post or of the author. */
export interface ErasureTarget extends Key {
  readonly kind: 'post' | 'author';
}

/** Bounds the length of one statement's parameters. */
const maxPosts = 1_000;
const minuteMs = 60_000;
const pollMs = 50;
/** How long the database may take to rewrite the parts that hold the rows of one statement. */
const maxRewriteMs = 10 * 60_000;

/** The posts that an erasure would remove. */
export async function findTargets(client: ClickHouseClient, { kind, platform, id }: ErasureTarget): Promise<Key[]> {
  if (kind === 'author') return readPostsOfAuthor(client, platform, id);
  return (await findFirstSeen(client, [{ platform, id }])).size > 0 ? [{ platform, id }] : [];
}

/**
 * Removes posts for good and keeps them from being stored again: first they are added to the list of erasures, which
 * writers check. An interrupted erasure is completed by repeating it. Reports posts; returns how many there were.
 * @throws the database's error, DATABASE_UNAVAILABLE if rewriting takes longer than ten minutes
 */
export async function erase(
  { client, clock }: { client: ClickHouseClient; clock: Clock },
  target: ErasureTarget,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const erasures = createErasures(client);
  await erasures.add(target.kind === 'post' ? [target] : [], target.kind === 'author' ? target : undefined);
  const posts = await findTargets(client, target);
  onProgress(0, posts.length);
  for (let start = 0; start < posts.length; start += maxPosts) {
    signal?.throwIfAborted();
    const part = posts.slice(start, start + maxPosts);
    // Later versions of these posts may not name the author.
    await erasures.add(part);
    await removePosts({ client, clock }, part, [], signal);
    onProgress(start + part.length, posts.length);
  }
  return posts.length;
}

/**
 * Removes posts from every table: tombstones and dirty marks first, so that the rollups leave them out, then the rows,
 * then their keys, so that an interrupted removal can be found and completed. `createdAt` (ms since 1970) names further
 * minutes to search: a writer may have stored rows there after the keys were removed.
 */
export async function removePosts(
  { client, clock }: { client: ClickHouseClient; clock: Clock },
  posts: readonly Key[],
  createdAt: readonly number[] = [],
  signal?: AbortSignal,
): Promise<void> {
  if (posts.length === 0) return;
  const firstSeen = await findFirstSeen(client, posts);
  const minutes = [...new Set([...firstSeen.values(), ...createdAt].map((ms) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  const params = erasureParams(posts, minutes);
  if (firstSeen.size === 0 && (await countRows(client, tablesOfPosts[0], params)) === 0) return;
  await insertTombstones(client, params);
  await markDirty(client, minutes);
  for (const table of tablesOfPosts) {
    await deleteRows(client, table, params);
    const deadline = clock.now() + maxRewriteMs;
    while ((await countRows(client, table, params)) > 0) {
      if (clock.now() > deadline)
        throw new FeedpulseError('DATABASE_UNAVAILABLE', 'the database did not remove the rows within ten minutes');
      await clock.sleep(pollMs, signal);
      signal?.throwIfAborted();
    }
  }
}

/** The erasures that affect given posts. */
export interface Erased<P> {
  /** Number of erasures when they were read; it only grows. */
  readonly known: number;
  readonly posts: readonly P[];
}

/** The list of erasures of a database. */
export interface Erasures {
  /** Returns the posts that were erased themselves or through their author. */
  find<P extends Key & Pick<Post, 'author'>>(posts: readonly P[], signal?: AbortSignal): Promise<Erased<P>>;
  /** Number of erasures. If it is unchanged, none was added. */
  count(signal?: AbortSignal): Promise<number>;
  /** Adds posts, and an author. Adding them twice is harmless. */
  add(posts: readonly Key[], author?: Key): Promise<void>;
}

/**
 * The list holds HMACs under a key that is created once. Without the key, the list does not reveal whose posts were erased,
 * and names cannot be tested against it.
 */
export function createErasures(client: ClickHouseClient): Erasures {
  let key: Promise<string> | undefined;
  const createHash = async (): Promise<(kind: 'post' | 'author', key: Key) => string> => {
    key ??= getOrCreateKey(client);
    const secret = await key.catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return (kind, { platform, id }) =>
      createHmac('sha256', secret)
        .update(JSON.stringify([kind, platform, id]))
        .digest('hex');
  };

  return {
    count: (signal) => countErasures(client, signal),
    find: async (posts, signal) => {
      const known = await countErasures(client, signal);
      if (known === 0) return { known, posts: [] };
      const hash = await createHash();
      const hashesOf = posts.map((post) => [
        hash('post', post),
        ...(post.author ? [hash('author', { platform: post.platform, id: post.author.id })] : []),
      ]);
      const erased = await findErasures(client, [...new Set(hashesOf.flat())], signal);
      return { known, posts: posts.filter((_, index) => hashesOf[index]?.some((one) => erased.has(one))) };
    },
    add: async (posts, author) => {
      const hash = await createHash();
      const hashes = [...posts.map((post) => hash('post', post)), ...(author ? [hash('author', author)] : [])];
      const known = await findErasures(client, hashes);
      const rows = hashes.filter((one) => !known.has(one)).map((one) => ({ hash: one }));
      await insertRows(client, 'erasures', rows);
    },
  };
}

/** The key that was stored first, so that all processes use the same one. */
async function getOrCreateKey(client: ClickHouseClient): Promise<string> {
  const stored = await readErasureKey(client);
  if (stored !== '') return stored;
  await insertRows(client, 'erasure_key', [{ key: randomBytes(32).toString('hex') }]);
  return readErasureKey(client);
}
