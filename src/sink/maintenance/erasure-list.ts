import { createHmac, randomBytes } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Post } from '../../domain/post.ts';
import { insertRows } from '../client/query.ts';
import { countErasures, findErasures, readErasureKey } from '../queries/erasures.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** The posts among given ones that were erased. */
export interface ErasureMatches<P> {
  /** Number of erasures when they were read; it only grows. */
  readonly erasureCount: number;
  readonly posts: readonly P[];
}

/** The list of erasures in a database. */
export interface ErasureList {
  /** Returns posts that were erased, directly or through their author. */
  findErased<P extends Key & Pick<Post, 'author'>>(posts: readonly P[], signal?: AbortSignal): Promise<ErasureMatches<P>>;
  /** Number of erasures. If it is unchanged, none was added. */
  count(signal?: AbortSignal): Promise<number>;
  /** Adds posts, and an author. Adding them twice is harmless. */
  add(posts: readonly Key[], author?: Key): Promise<void>;
}

/**
 * The list holds HMACs under a key that is created once. Without the key, the list does not reveal whose posts were erased,
 * and names cannot be tested against it.
 */
export function createErasureList(client: ClickHouseClient): ErasureList {
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
    findErased: async (posts, signal) => {
      const erasureCount = await countErasures(client, signal);
      if (erasureCount === 0) return { erasureCount, posts: [] };
      const hash = await createHash();
      const hashesByPost = posts.map((post) => [
        hash('post', post),
        ...(post.author ? [hash('author', { platform: post.platform, id: post.author.id })] : []),
      ]);
      const erased = await findErasures(client, [...new Set(hashesByPost.flat())], signal);
      return { erasureCount, posts: posts.filter((_, index) => hashesByPost[index]?.some((value) => erased.has(value))) };
    },
    add: async (posts, author) => {
      const hash = await createHash();
      const hashes = [...posts.map((post) => hash('post', post)), ...(author ? [hash('author', author)] : [])];
      const known = await findErasures(client, hashes);
      const rows = hashes.filter((value) => !known.has(value)).map((value) => ({ hash: value }));
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
