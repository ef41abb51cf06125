import type { ClickHouseClient } from '@clickhouse/client';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { bucketMs, dayMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { type PostKey, readPosts, type StoredPost } from '../../sink/queries/posts.ts';
import { type BrandSelection, type BucketVolume, findPostKeys, type PostFilter, readBucketVolumes } from '../../sink/queries/search.ts';
import { toSearchPatterns } from './search-terms.ts';

export interface PostQuery extends PostFilter {
  /** `*` is all posts; with several brands, posts that name any of them. */
  readonly brand: BrandSelection;
  /** Half-open: `from` is included, `to` is not. Without them: all history. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Words and quoted phrases, all of which a post must contain. */
  readonly text?: string | undefined;
  readonly sort: 'time' | 'engagement';
  readonly limit: number;
  /** Where the previous page ended. */
  readonly before?: Cursor | undefined;
}

/** The last post of a page, or a time: the next page starts after it. */
export interface Cursor extends PostKey {
  /** Likes, reposts and replies together, if posts are sorted by engagement. */
  readonly engagement?: number;
}

export interface Page {
  readonly posts: StoredPost[];
  /** Null at the end. A page that is not full may have one: then part of the history has not been searched yet. */
  readonly next: Cursor | null;
}

interface KeyPage {
  readonly found: readonly Cursor[];
  readonly next: Cursor | null;
}

/** Later than any stored post. */
const endOfTimeMs = Date.UTC(2106, 0, 1);
const maxEngagementRangeMs = 31 * dayMs;
/** After this time an unfinished page is returned as it is. */
const maxSearchMs = 2_000;
/** 15-minute buckets in one statement. */
const maxBuckets = 400;

/**
 * Posts of a brand, page by page, the newest or the most engaged first; deleted posts are left out. By time, every post
 * that existed when the first page was read appears exactly once, even if posts are added or edited meanwhile, because
 * the order does not change. By engagement, a post whose engagement grows between two pages may be missed.
 * @throws USAGE for a text without words, a cursor of the other sort order, or engagement over more than 31 days
 */
export async function searchPosts(reader: ClickHouseClient, query: PostQuery, clock: Pick<Clock, 'now' | 'monotonic'>): Promise<Page> {
  const byEngagement = query.sort === 'engagement';
  if (query.before && (query.before.engagement !== undefined) !== byEngagement)
    throw new FeedpulseError('USAGE', 'before: the cursor belongs to another sort order.');
  const { found, next } = byEngagement ? await findMostEngaged(reader, query, clock.now()) : await findNewest(reader, query, clock);
  return { posts: await readPosts(reader, found), next };
}

async function findMostEngaged(reader: ClickHouseClient, query: PostQuery, now: number): Promise<KeyPage> {
  const { from, to = new Date(now), limit, before } = query;
  if (!from || to.getTime() - from.getTime() > maxEngagementRangeMs)
    throw new FeedpulseError('USAGE', 'from: sorting by engagement needs a range of at most 31 days.');
  const cursor = before ?? { createdAtMs: endOfTimeMs, platform: '', id: '', engagement: Number.MAX_SAFE_INTEGER };
  const found = await findKeys(reader, query, { cursor, fromMs: from.getTime(), toMs: to.getTime(), limit });
  return { found, next: found.length === limit ? (found.at(-1) ?? null) : null };
}

/** Searches history backwards, in spans expected to hold enough posts, each longer than the last. */
async function findNewest(reader: ClickHouseClient, query: PostQuery, clock: Pick<Clock, 'now' | 'monotonic'>): Promise<KeyPage> {
  const { limit, from, to } = query;
  const fromMs = Math.max(0, from?.getTime() ?? 0);
  const toMs = Math.min(endOfTimeMs, to?.getTime() ?? endOfTimeMs);
  const deadline = monotonicNow(clock) + maxSearchMs;
  const found: Cursor[] = [];
  let cursor: Cursor = query.before ?? { createdAtMs: toMs, platform: '', id: '' };
  // A post's cursor includes its millisecond, which other posts may share; a time cursor excludes it.
  let untilMs = Math.min(toMs, cursor.platform === '' ? cursor.createdAtMs : cursor.createdAtMs + 1);
  // Twice the limit, since some posts may have been deleted after they were counted.
  for (let minPosts = 2 * limit + 50; ; minPosts *= 8) {
    const span = await nextSpan(reader, query, { fromMs, toMs: untilMs, minPosts, now: clock.now() });
    const part = { cursor, fromMs: Math.max(fromMs, span.sinceMs), toMs: untilMs, limit: limit - found.length, buckets: span.buckets };
    if (span.buckets.length > 0) found.push(...(await findKeys(reader, query, part)));
    const last = found.at(-1);
    if (last && found.length === limit) return { found, next: { createdAtMs: last.createdAtMs, platform: last.platform, id: last.id } };
    if (!span.hasMore) return { found, next: null };
    untilMs = span.sinceMs;
    cursor = { createdAtMs: untilMs, platform: '', id: '' };
    if (monotonicNow(clock) >= deadline) return { found, next: cursor };
  }
}

interface Span {
  /** Starts of the 15-minute buckets that may hold posts, in seconds. */
  readonly buckets: readonly number[];
  readonly sinceMs: number;
  /** Whether there may be earlier posts. */
  readonly hasMore: boolean;
}

async function nextSpan(
  reader: ClickHouseClient,
  query: PostQuery,
  range: { fromMs: number; toMs: number; minPosts: number; now: number },
): Promise<Span> {
  const newestMs = Math.min(range.toMs, range.now);
  // Most brands have enough posts in a day; the whole history is read only for the others.
  for (const lookbackMs of [dayMs, 30 * dayMs, Number.POSITIVE_INFINITY]) {
    const sinceMs = Math.max(range.fromMs, newestMs - lookbackMs);
    const seconds = { from: Math.floor(sinceMs / bucketMs) * (bucketMs / 1_000), to: Math.min(2 ** 32 - 1, Math.ceil(range.toMs / 1_000)) };
    const volumes = await readBucketVolumes(reader, query, { ...seconds, limit: maxBuckets });
    const selected = takeUntil(volumes, range.minPosts);
    const buckets = selected.map(({ start }) => start);
    const last = buckets.at(-1);
    if (last !== undefined && (selected.length < volumes.length || volumes.length === maxBuckets))
      return { buckets, sinceMs: last * 1_000, hasMore: true };
    if (sinceMs === range.fromMs) return { buckets, sinceMs, hasMore: false };
  }
  return { buckets: [], sinceMs: range.fromMs, hasMore: false };
}

/** The first buckets that hold this many posts together; all of them if they hold fewer. */
function takeUntil(volumes: readonly BucketVolume[], minPosts: number): readonly BucketVolume[] {
  let posts = 0;
  for (const [index, volume] of volumes.entries()) {
    posts += volume.posts;
    if (posts >= minPosts) return volumes.slice(0, index + 1);
  }
  return volumes;
}

function findKeys(
  reader: ClickHouseClient,
  query: PostQuery,
  page: { cursor: Cursor; fromMs: number; toMs: number; limit: number; buckets?: readonly number[] },
): Promise<Cursor[]> {
  const { cursor, ...range } = page;
  const { brand, label, platform, lang, author, minConfidence, maxConfidence, sort, text } = query;
  const patterns = text === undefined ? [] : toSearchPatterns(text);
  const filter = { brand, label, platform, lang, author, minConfidence, maxConfidence };
  return findPostKeys(reader, filter, { sort, patterns, before: cursor, ...range });
}
