import type { ClickHouseClient } from '@clickhouse/client';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { extractCopyWords } from '../../lib/copy-words.ts';
import { bucketMs, dayMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createNearDuplicateIndex } from '../../lib/near-duplicates.ts';
import type { BrandSelection, PostFilter } from '../../sink/queries/post-conditions.ts';
import { countPosts, type PostCount } from '../../sink/queries/post-counts.ts';
import { type PostKey, postKey, readPosts, type StoredPost } from '../../sink/queries/posts.ts';
import { type BucketVolume, findPostKeys, type PostOrder, readBucketVolumes } from '../../sink/queries/search.ts';
import { toTextSearch } from './search-terms.ts';

export interface PostQuery extends PostFilter {
  /** `*` is all posts; with several brands, posts that name any of them. */
  readonly brand: BrandSelection;
  /** Half-open: `from` is included, `to` is not. Without them: all history. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** A search in the query language. */
  readonly text?: string | undefined;
  readonly sort: PostOrder;
  readonly limit: number;
  /** Where the previous page ended. */
  readonly before?: Cursor | undefined;
}

/** The last post of a page, or a time: the next page starts after it. */
export interface Cursor extends PostKey {
  /** What posts are sorted by, if that is not their time. */
  readonly rank?: number;
}

export interface Page<Post = StoredPost> {
  readonly posts: Post[];
  /** Null at the end. A page that is not full may have one: then part of the history has not been searched yet. */
  readonly next: Cursor | null;
}

type SearchClock = Pick<Clock, 'now' | 'monotonic'>;

interface KeyPage {
  readonly found: readonly Cursor[];
  readonly next: Cursor | null;
}

/** Later than any stored post. */
const endOfTimeMs = Date.UTC(2106, 0, 1);
const maxRankedRangeMs = 31 * dayMs;
/** After this time an unfinished page is returned as it is. */
const maxSearchMs = 2_000;
/** 15-minute buckets in one statement. */
const maxBuckets = 400;

/**
 * Posts of a brand, page by page, in the order asked for; deleted posts are left out. By time, every post that existed when
 * the first page was read appears exactly once, even if posts are added or edited meanwhile, because the order does not
 * change. In another order, a post whose rank grows between two pages may be missed.
 * @throws USAGE for a text without words, a cursor of another sort order, or an order other than by time over more than 31 days
 */
export async function searchPosts(reader: ClickHouseClient, query: PostQuery, clock: SearchClock): Promise<Page> {
  const { found, next } = await findPage(reader, query, clock);
  return { posts: await readPosts(reader, found), next };
}

async function findPage(reader: ClickHouseClient, query: PostQuery, clock: SearchClock): Promise<KeyPage> {
  const isRanked = query.sort !== 'time';
  if (query.before && (query.before.rank !== undefined) !== isRanked)
    throw new FeedpulseError('USAGE', 'before: the cursor belongs to another sort order.');
  return isRanked ? findRanked(reader, query, clock.now()) : findNewest(reader, query, clock);
}

/** A post that stands for others with nearly the same text. */
export interface FoldedPost extends StoredPost {
  readonly similar?: { readonly count: number; readonly posts: readonly StoredPost[] };
}

/** Posts read for one page; what is not folded by then is on the next page. */
const maxFolded = 1_000;
const foldBatch = 200;
/** Similar posts returned with the one that stands for them. */
const maxSimilar = 10;

/** Like `searchPosts`, but near-duplicates on a page are folded into the first of them. */
export async function searchFolded(reader: ClickHouseClient, query: PostQuery, clock: SearchClock): Promise<Page<FoldedPost>> {
  const { assignGroup } = createNearDuplicateIndex();
  const groups = new Map<number | StoredPost, StoredPost[]>();
  let before = query.before;
  for (let read = 0; ; ) {
    const { found, next } = await findPage(reader, { ...query, before, limit: foldBatch }, clock);
    const posts = new Map((await readPosts(reader, found)).map((post) => [postKey(post), post]));
    for (const key of found) {
      const post = posts.get(postKey(key));
      if (!post) continue;
      const { words } = extractCopyWords(post.text);
      // Texts without words, such as single emoji, are not compared.
      const id = words.length === 0 ? post : assignGroup(words);
      const group = groups.get(id);
      if (!group && groups.size === query.limit) return { posts: toFolded(groups), next: before ?? null };
      if (group) group.push(post);
      else groups.set(id, [post]);
      before = key;
    }
    read += found.length;
    if (!next || read >= maxFolded || found.length === 0) return { posts: toFolded(groups), next };
    before = next;
  }
}

const toFolded = (groups: ReadonlyMap<unknown, readonly StoredPost[]>): FoldedPost[] =>
  [...groups.values()].flatMap(([first, ...others]) =>
    first ? { ...first, ...(others.length > 0 && { similar: { count: others.length, posts: others.slice(0, maxSimilar) } }) } : [],
  );

async function findRanked(reader: ClickHouseClient, query: PostQuery, now: number): Promise<KeyPage> {
  const { from, to = new Date(now), limit, before } = query;
  if (!from || to.getTime() - from.getTime() > maxRankedRangeMs)
    throw new FeedpulseError('USAGE', `from: sorting by ${query.sort} needs a range of at most 31 days.`);
  const cursor = before ?? { createdAtMs: endOfTimeMs, platform: '', id: '', rank: Number.MAX_SAFE_INTEGER };
  const found = await findKeys(reader, query, { cursor, fromMs: from.getTime(), toMs: to.getTime(), limit });
  return { found, next: found.length === limit ? (found.at(-1) ?? null) : null };
}

/** Searches history backwards, in spans expected to hold enough posts, each longer than the last. */
async function findNewest(reader: ClickHouseClient, query: PostQuery, clock: SearchClock): Promise<KeyPage> {
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
    if (last && found.length === limit) return { found, next: last };
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

async function findKeys(
  reader: ClickHouseClient,
  query: PostQuery,
  page: { cursor: Cursor; fromMs: number; toMs: number; limit: number; buckets?: readonly number[] },
): Promise<Cursor[]> {
  const { cursor, fromMs, toMs, ...bounds } = page;
  const { from: _, to: __, before: ___, limit: ____, sort, text, ...filter } = query;
  const selection = { ...filter, fromMs, toMs, ...(text !== undefined && { text: toTextSearch(text) }) };
  const found = await findPostKeys(reader, selection, { sort, before: cursor, ...bounds });
  // By time there is no rank, by which a cursor of another order is known.
  return sort === 'time' ? found.map(({ rank: _, ...key }) => key) : found;
}

/** Every post of the range is read. */
const maxCountedRangeMs = 92 * dayMs;
/** Enough for a small chart. */
const countedParts = 48;

export interface PostCounts {
  readonly total: number;
  /** Length of a bucket in ms. The last one may reach beyond the range. */
  readonly bucketMs: number;
  /** In the order of time, without those that have no posts. */
  readonly buckets: readonly (Omit<PostCount, 'bucket'> & { readonly start: string })[];
}

/** How many posts match a search, and when they were created. @throws USAGE for a range of more than 92 days, or a text without words */
export async function countMatches(
  reader: ClickHouseClient,
  query: Omit<PostQuery, 'sort' | 'limit' | 'before'> & { readonly from: Date; readonly to: Date },
): Promise<PostCounts> {
  const { from, to, text, ...filter } = query;
  const [fromMs, toMs] = [from.getTime(), to.getTime()];
  if (toMs - fromMs > maxCountedRangeMs) throw new FeedpulseError('USAGE', 'from: posts are counted over at most 92 days.');
  const bucketMs = Math.ceil((toMs - fromMs) / countedParts);
  const selection = { ...filter, fromMs, toMs, ...(text !== undefined && { text: toTextSearch(text) }) };
  const counts = await countPosts(reader, selection, bucketMs);
  return {
    total: counts.reduce((sum, { negative, neutral, positive, unscored }) => sum + negative + neutral + positive + unscored, 0),
    bucketMs,
    buckets: counts.map(({ bucket, ...byLabel }) => ({ start: new Date(fromMs + bucket * bucketMs).toISOString(), ...byLabel })),
  };
}
