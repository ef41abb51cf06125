import type { ClickHouseClient } from '@clickhouse/client';
import type { Post } from '../../domain/post.ts';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { minuteMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { findAliased } from '../queries/aliases.ts';
import { forgetAuthorDeletion } from '../queries/author-deletions.ts';
import { countRows, deleteRows, erasureParams, insertTombstones, readPostsOfAuthor, tablesOfPosts } from '../queries/erasures.ts';
import { findFirstSeen, postKey } from '../queries/posts.ts';
import { markDirty } from '../queries/rollups.ts';
import { createErasureList } from './erasure-list.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** One post, or all posts of an author; `id` is the post's or the author's. */
export interface ErasureTarget extends Key {
  readonly kind: 'post' | 'author';
}

/** Bounds the length of one statement's parameters. */
const maxPosts = 1_000;
const pollMs = 50;
/** How long the database may take to rewrite the parts that hold the rows of one statement. */
const maxRewriteMs = 10 * minuteMs;

/** The posts that an erasure would remove. A post is also found by another ID of it. */
export async function findTargets(client: ClickHouseClient, { kind, platform, id }: ErasureTarget): Promise<Key[]> {
  if (kind === 'author') return readPostsOfAuthor(client, platform, id);
  const own = (await findFirstSeen(client, [{ platform, id }])).size > 0 ? [id] : [];
  const aliased = (await findAliased(client, [{ platform, id }])).get(postKey({ platform, id })) ?? [];
  return [...new Set([...own, ...aliased])].map((found) => ({ platform, id: found }));
}

/**
 * Permanently removes posts and prevents them from being stored again: first they are added to the erasure list, which
 * writers check. An interrupted erasure is completed by repeating it. Reports posts; returns how many there were.
 * @throws the database's error, DATABASE_UNAVAILABLE if rewriting takes longer than ten minutes
 */
export async function erase(
  { client, clock }: { client: ClickHouseClient; clock: Clock },
  target: ErasureTarget,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<number> {
  const erasures = createErasureList(client);
  await erasures.add(target.kind === 'post' ? [target] : [], target.kind === 'author' ? target : undefined);
  if (target.kind === 'author') await forgetAuthorDeletion(client, target);
  const posts = await findTargets(client, target);
  onProgress(0, posts.length);
  for (let start = 0; start < posts.length; start += maxPosts) {
    signal?.throwIfAborted();
    const batch = posts.slice(start, start + maxPosts);
    // Later versions of these posts may not name the author.
    await erasures.add(batch);
    await removePosts({ client, clock }, batch, [], signal);
    onProgress(start + batch.length, posts.length);
  }
  return posts.length;
}

/**
 * Removes posts from every table: tombstones and dirty marks first, so that the rollups leave them out, then the rows,
 * then their keys, so that an interrupted removal can be found and completed. `createdAt` (ms since 1970) adds
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
    const deadline = monotonicNow(clock) + maxRewriteMs;
    while ((await countRows(client, table, params)) > 0) {
      if (monotonicNow(clock) > deadline)
        throw new FeedpulseError('DATABASE_UNAVAILABLE', 'The database did not remove the rows within ten minutes.');
      await clock.sleep(pollMs, signal);
      signal?.throwIfAborted();
    }
  }
}
