import type { ClickHouseClient } from '@clickhouse/client';
import type { Post } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { countRows, deleteRows, insertTombstones, selectOfAuthor, tablesOfPosts } from '../queries/writing.ts';
import { markDirty } from '../rollups/dirty-minutes.ts';
import type { ReportProgress } from '../rollups/rebuild.ts';
import { findFirstSeen } from '../writer/first-seen.ts';
import { createErasures } from './erasures.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** One post, or all posts of an author; `id` is that of the post or of the author. */
export interface ErasureTarget extends Key {
  readonly kind: 'post' | 'author';
}

/** Bounds the length of one statement's parameters. */
const postsAtOnce = 1_000;
const minuteMs = 60_000;
const pollMs = 50;
/** How long the engine may take to rewrite what held the rows of one statement. */
const rewriteWithinMs = 10 * 60_000;

/** The posts that an erasure would remove. */
export async function findTargets(client: ClickHouseClient, { kind, platform, id }: ErasureTarget): Promise<Key[]> {
  if (kind === 'post') return (await findFirstSeen(client, [{ platform, id }])).size > 0 ? [{ platform, id }] : [];
  const result = await client.query({ query: selectOfAuthor, query_params: { platform, author: id }, format: 'JSONEachRow' });
  return result.json<Key>();
}

/**
 * Removes posts for good, and keeps them from coming back: the list of erasures first, so that no writer stores them
 * any more. What was cut off is finished by repeating it. Reports posts; answers with how many they were.
 * @throws the database's fault, DATABASE_UNAVAILABLE when rewriting takes longer than ten minutes
 */
export async function erase(
  { client, clock }: { client: ClickHouseClient; clock: Clock },
  doomed: ErasureTarget,
  report: ReportProgress,
  signal?: AbortSignal,
): Promise<number> {
  const erasures = createErasures(client);
  await erasures.add(doomed.kind === 'post' ? [doomed] : [], doomed.kind === 'author' ? doomed : undefined);
  const posts = await findTargets(client, doomed);
  report(0, posts.length);
  for (let start = 0; start < posts.length; start += postsAtOnce) {
    signal?.throwIfAborted();
    const some = posts.slice(start, start + postsAtOnce);
    // Later versions of them may not name the author.
    await erasures.add(some);
    await removePosts({ client, clock }, some, [], signal);
    report(start + some.length, posts.length);
  }
  return posts.length;
}

/**
 * Removes posts from every table: deletions in their place and marks, so that the figures leave them out, then the rows
 * themselves, then their keys. Whoever dies in between leaves something by which the rest is found. `createdAt` (ms
 * since 1970) is where else a row may be: a writer may have stored it when its key was gone already.
 */
export async function removePosts(
  { client, clock }: { client: ClickHouseClient; clock: Clock },
  posts: readonly Key[],
  createdAt: readonly number[] = [],
  signal?: AbortSignal,
): Promise<void> {
  if (posts.length === 0) return;
  const sights = await findFirstSeen(client, posts);
  const minutes = [...new Set([...sights.values(), ...createdAt].map((ms) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
  const query_params = { minutes, platforms: posts.map(({ platform }) => platform), ids: posts.map(({ id }) => id) };
  if (sights.size === 0 && (await countLeft(client, countRows(tablesOfPosts[0]), query_params)) === 0) return;
  await client.command({ query: insertTombstones, query_params });
  await markDirty(client, minutes);
  for (const table of tablesOfPosts) {
    await client.command({ query: deleteRows(table), query_params });
    const giveUpAt = clock.now() + rewriteWithinMs;
    while ((await countLeft(client, countRows(table), query_params)) > 0) {
      if (clock.now() > giveUpAt)
        throw new FeedpulseError('DATABASE_UNAVAILABLE', 'the database has not removed the rows within ten minutes.');
      await clock.sleep(pollMs, signal);
      signal?.throwIfAborted();
    }
  }
}

async function countLeft(client: ClickHouseClient, query: string, query_params: Record<string, unknown>): Promise<number> {
  const result = await client.query({ query, query_params, format: 'JSONEachRow' });
  return Number((await result.json<{ rows: number | string }>())[0]?.rows ?? 0);
}
