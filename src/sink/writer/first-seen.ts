import type { ClickHouseClient } from '@clickhouse/client';
import type { ScoredPost } from '../../domain/post.ts';
import { insertRows } from '../client/insert.ts';
import { selectFirstSights } from '../queries/writing.ts';
import { readTime, toDateTime } from './post-row.ts';

type Key = Pick<ScoredPost, 'platform' | 'id'>;

/** Bounds the length of one statement's parameters. */
const keysAtOnce = 1_000;

export const keyOf = ({ platform, id }: Key): string => JSON.stringify([platform, id]);

/**
 * When each post was created, as it was first seen: milliseconds by `keyOf`. New posts are recorded; where
 * another process may record the same post meanwhile (`shared`), what was recorded first is read back. It is
 * told by the order in which the engine committed the rows, so everyone who reads after writing agrees.
 * Repeating it is harmless.
 */
export async function registerFirstSeen(
  client: ClickHouseClient,
  posts: readonly ScoredPost[],
  shared: boolean,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const offered = new Map<string, ScoredPost>();
  for (const post of posts) {
    const key = keyOf(post);
    if (!offered.has(key)) offered.set(key, post);
  }
  const fixed = await findFirstSeen(client, [...offered.values()], signal);
  const fresh = [...offered].filter(([key]) => !fixed.has(key)).map(([, post]) => post);
  const rows = fresh.map((post) => ({ platform: post.platform, id: post.id, created_at: toDateTime(readTime(post, 'createdAt')) }));
  await insertRows(client, 'post_first_seen', rows, signal);
  const settled = shared
    ? await findFirstSeen(client, fresh, signal)
    : new Map(fresh.map((post) => [keyOf(post), readTime(post, 'createdAt')]));
  return new Map([...fixed, ...settled]);
}

/** When each of these posts was created (ms since 1970), as it was first seen; those never seen are left out. */
export async function findFirstSeen(client: ClickHouseClient, keys: readonly Key[], signal?: AbortSignal): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const some = keys.slice(start, start + keysAtOnce);
    const result = await client.query({
      query: selectFirstSights,
      query_params: { ids: some.map(({ id }) => id), platforms: [...new Set(some.map(({ platform }) => platform))] },
      format: 'JSONEachRow',
      ...(signal ? { abort_signal: signal } : {}),
    });
    for (const row of await result.json<Key & { createdAt: string | number }>()) found.set(keyOf(row), Number(row.createdAt));
  }
  return found;
}
