import { createHmac, randomBytes } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Post } from '../../domain/post.ts';
import { insertRows } from '../client/insert.ts';
import { countErasures, selectErased, selectErasureKey } from '../queries/writing.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** The erasures that concern some posts. */
export interface Erased<P> {
  /** How many erasures there were at that moment; it only ever grows. */
  readonly known: number;
  readonly posts: readonly P[];
}

/** What was erased, as keyed hashes. */
export interface Erasures {
  /** Those of the posts that were erased, or whose author was. */
  find<P extends Key & Pick<Post, 'author'>>(posts: readonly P[], signal?: AbortSignal): Promise<Erased<P>>;
  /** How many erasures there are: an equal number says that nothing was added. */
  count(signal?: AbortSignal): Promise<number>;
  /** Notes posts, and an author's, so that they are not stored again. Repeating it is harmless. */
  add(posts: readonly Key[], author?: Key): Promise<void>;
}

/**
 * The list of erasures of a database. It holds hashes under a key that is made once: from the list alone nobody can
 * tell whose posts they were, or try names.
 */
export function createErasures(client: ClickHouseClient): Erasures {
  let key: Promise<string> | undefined;
  const hashWith = async (): Promise<(kind: 'post' | 'author', given: Key) => string> => {
    key ??= readKey(client);
    const secret = await key.catch((fault: unknown) => {
      key = undefined;
      throw fault;
    });
    return (kind, { platform, id }) =>
      createHmac('sha256', secret)
        .update(JSON.stringify([kind, platform, id]))
        .digest('hex');
  };
  const count = async (signal?: AbortSignal): Promise<number> => {
    const [row] = await ask<{ erasures: number | string }>(client, countErasures, {}, signal);
    return Number(row?.erasures ?? 0);
  };
  const listed = async (hashes: readonly string[], signal?: AbortSignal): Promise<Set<string>> =>
    new Set((await ask<{ hash: string }>(client, selectErased, { hashes }, signal)).map(({ hash }) => hash));

  return {
    count,
    find: async (posts, signal) => {
      const known = await count(signal);
      if (known === 0) return { known, posts: [] };
      const hash = await hashWith();
      const hashesOf = posts.map((post) => [
        hash('post', post),
        ...(post.author ? [hash('author', { platform: post.platform, id: post.author.id })] : []),
      ]);
      const erased = await listed([...new Set(hashesOf.flat())], signal);
      return { known, posts: posts.filter((_, index) => hashesOf[index]?.some((one) => erased.has(one))) };
    },
    add: async (posts, author) => {
      const hash = await hashWith();
      const hashes = [...posts.map((post) => hash('post', post)), ...(author ? [hash('author', author)] : [])];
      const known = await listed(hashes);
      const rows = hashes.filter((one) => !known.has(one)).map((one) => ({ hash: one }));
      await insertRows(client, 'erasures', rows);
    },
  };
}

/** The key that was stored first, so that all processes use the same. */
async function readKey(client: ClickHouseClient): Promise<string> {
  const read = async () => (await ask<{ key: string }>(client, selectErasureKey, {}))[0]?.key ?? '';
  const stored = await read();
  if (stored !== '') return stored;
  await insertRows(client, 'erasure_key', [{ key: randomBytes(32).toString('hex') }]);
  return read();
}

async function ask<T>(client: ClickHouseClient, query: string, query_params: Record<string, unknown>, signal?: AbortSignal): Promise<T[]> {
  const result = await client.query({ query, query_params, format: 'JSONEachRow', ...(signal ? { abort_signal: signal } : {}) });
  return result.json<T>();
}
