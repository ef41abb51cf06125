import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { type PostFilter, selectPostKeys, selectQuarters } from '../../sink/queries/reading.ts';
import { type PostKey, readPosts, type StoredPost } from '../../sink/queries/stored-post.ts';
import { searchPatterns } from './search-terms.ts';

export interface PostQuery extends PostFilter {
  /** `*` is all posts; of several brands, those that name any of them. */
  readonly brand: string | readonly string[];
  /** Half-open: `from` belongs to it, `to` does not. Without them: all history. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Words, and phrases in quotes, all of which a post has. */
  readonly text?: string | undefined;
  readonly sort: 'time' | 'engagement';
  readonly limit: number;
  /** Where the page before ended. */
  readonly before?: Cursor | undefined;
}

/** The last post of a page, or a moment: the next page starts below it. */
export interface Cursor extends PostKey {
  /** Likes, reposts and replies together, where posts are in the order of it. */
  readonly engagement?: number;
}

export interface Page {
  readonly posts: StoredPost[];
  /** null when there are no more. A page that is not full may have one: not all history has been looked through. */
  readonly next: Cursor | null;
}

interface Keys {
  readonly found: readonly Cursor[];
  readonly next: Cursor | null;
}

const day = 86_400_000;
/** Beyond every stored post, and within Int64. */
const endOfTimeMs = Date.UTC(2106, 0, 1);
const longestByEngagementMs = 31 * day;
/** After this a page that still looks for posts is answered as it is. */
const patienceMs = 2_000;
/** Quarter-hours of one statement. */
const mostQuarters = 400;

/**
 * Posts of a brand, newest first or with the most engagement first, page by page; deleted ones are left out.
 * By time, what existed when the first page was read comes exactly once, whatever is added or edited meanwhile:
 * a post's place never changes. By engagement, a post that gains some between two pages may be missed.
 * @throws USAGE for a text without words, a cursor of the other order, or engagement over more than 31 days
 */
export async function searchPosts(reader: ClickHouseClient, query: PostQuery, clock: Pick<Clock, 'now'>): Promise<Page> {
  const byEngagement = query.sort === 'engagement';
  if (query.before && (query.before.engagement !== undefined) !== byEngagement)
    throw new FeedpulseError('USAGE', 'before: it comes from a page in another order');
  const { found, next } = byEngagement ? await mostEngaged(reader, query, clock.now()) : await newest(reader, query, clock);
  return { posts: await readPosts(reader, found), next };
}

async function mostEngaged(reader: ClickHouseClient, query: PostQuery, now: number): Promise<Keys> {
  const { from, to = new Date(now), limit, before } = query;
  if (!from || to.getTime() - from.getTime() > longestByEngagementMs)
    throw new FeedpulseError('USAGE', 'from: the order of engagement needs a range, of at most 31 days');
  const cursor = before ?? { createdAtMs: endOfTimeMs, platform: '', id: '', engagement: Number.MAX_SAFE_INTEGER };
  const found = await readKeys(reader, query, { cursor, fromMs: from.getTime(), toMs: to.getTime(), limit });
  return { found, next: found.length === limit ? (found.at(-1) ?? null) : null };
}

/** Looks through history backwards, in stretches that are expected to hold enough, and ever longer ones. */
async function newest(reader: ClickHouseClient, query: PostQuery, clock: Pick<Clock, 'now'>): Promise<Keys> {
  const { limit, from, to } = query;
  const fromMs = Math.max(0, from?.getTime() ?? 0);
  const toMs = Math.min(endOfTimeMs, to?.getTime() ?? endOfTimeMs);
  const until = clock.now() + patienceMs;
  const found: Cursor[] = [];
  let cursor: Cursor = query.before ?? { createdAtMs: toMs, platform: '', id: '' };
  // Other posts of the cursor's millisecond may come; where it is but a moment, none.
  let untilMs = Math.min(toMs, cursor.platform === '' ? cursor.createdAtMs : cursor.createdAtMs + 1);
  // Twice as many as asked for, since some may have been deleted after they were counted.
  for (let wanted = 2 * limit + 50; ; wanted *= 8) {
    const stretch = await nextStretch(reader, query, { fromMs, toMs: untilMs, wanted, now: clock.now() });
    const more = {
      cursor,
      fromMs: Math.max(fromMs, stretch.sinceMs),
      toMs: untilMs,
      limit: limit - found.length,
      quarters: stretch.quarters,
    };
    if (stretch.quarters.length > 0) found.push(...(await readKeys(reader, query, more)));
    const last = found.at(-1);
    if (last && found.length === limit) return { found, next: withoutEngagement(last) };
    if (!stretch.more) return { found, next: null };
    untilMs = stretch.sinceMs;
    cursor = { createdAtMs: untilMs, platform: '', id: '' };
    if (clock.now() >= until) return { found, next: cursor };
  }
}

interface Stretch {
  /** Starts of the quarter-hours that may hold posts, in seconds. */
  readonly quarters: readonly number[];
  readonly sinceMs: number;
  /** Whether there may be posts before. */
  readonly more: boolean;
}

async function nextStretch(
  reader: ClickHouseClient,
  query: PostQuery,
  range: { fromMs: number; toMs: number; wanted: number; now: number },
): Promise<Stretch> {
  const newestMs = Math.min(range.toMs, range.now);
  // Most brands have enough in a day; all of history is only read for those that have not.
  for (const reachMs of [day, 30 * day, Number.POSITIVE_INFINITY]) {
    const sinceMs = Math.max(range.fromMs, newestMs - reachMs);
    const rows = await readQuarters(reader, query, sinceMs, range.toMs);
    const taken = enoughOf(rows, range.wanted);
    const quarters = taken.map(({ start }) => start);
    const last = quarters.at(-1);
    if (last !== undefined && (taken.length < rows.length || rows.length === mostQuarters))
      return { quarters, sinceMs: last * 1_000, more: true };
    if (sinceMs === range.fromMs) return { quarters, sinceMs, more: false };
  }
  return { quarters: [], sinceMs: range.fromMs, more: false };
}

interface Quarter {
  readonly start: number;
  readonly posts: number;
}

/** The first ones that have so many posts together; all when they have fewer. */
function enoughOf(quarters: readonly Quarter[], wanted: number): readonly Quarter[] {
  let posts = 0;
  for (const [index, quarter] of quarters.entries()) {
    posts += quarter.posts;
    if (posts >= wanted) return quarters.slice(0, index + 1);
  }
  return quarters;
}

async function readQuarters(reader: ClickHouseClient, query: PostQuery, fromMs: number, toMs: number): Promise<Quarter[]> {
  const { platform = '', lang = '' } = query;
  const from = Math.floor(fromMs / 900_000) * 900;
  const params = {
    ...brandParams(query),
    platform,
    lang,
    from,
    to: Math.min(2 ** 32 - 1, Math.ceil(toMs / 1_000)),
    quarters: mostQuarters,
  };
  const result = await reader.query({ query: selectQuarters(query, hasMany(query)), query_params: params, format: 'JSONEachRow' });
  const rows = await result.json<{ start: number; posts: number | string }>();
  return rows.map(({ start, posts }) => ({ start: Number(start), posts: Number(posts) }));
}

async function readKeys(
  reader: ClickHouseClient,
  query: PostQuery,
  page: { cursor: Cursor; fromMs: number; toMs: number; limit: number; quarters?: readonly number[] },
): Promise<Cursor[]> {
  const { cursor, fromMs, toMs, limit, quarters } = page;
  const { label, platform, lang, author = '', minConfidence, maxConfidence, text } = query;
  const patterns = text === undefined ? [] : searchPatterns(text);
  const params = {
    ...brandParams(query),
    ...(label && { label }),
    platform: platform ?? '',
    lang: lang ?? '',
    minConfidence: minConfidence ?? 0,
    maxConfidence: maxConfidence ?? 1,
    author,
    handle: author.replace(/^@/, '').toLowerCase(),
    from: Math.floor(fromMs / 60_000) * 60,
    to: Math.min(2 ** 32 - 1, Math.ceil(toMs / 1_000)),
    fromMs,
    toMs,
    limit,
    beforeMs: cursor.createdAtMs,
    beforePlatform: cursor.platform,
    beforeId: cursor.id,
    beforeEngagement: cursor.engagement ?? 0,
    ...(quarters && { quarters }),
    ...Object.fromEntries(patterns.map((pattern, index) => [`pattern${index}`, pattern])),
  };
  const options = { sort: query.sort, patterns: patterns.length, quarters: quarters !== undefined, hasMany: hasMany(query) };
  const statement = selectPostKeys(query, options);
  const result = await reader.query({ query: statement, query_params: params, format: 'JSONEachRow' });
  const rows = await result.json<Record<'createdAtMs' | 'engagement', number | string> & { platform: string; id: string }>();
  return rows.map((row) => ({ ...row, createdAtMs: Number(row.createdAtMs), engagement: Number(row.engagement) }));
}

const hasMany = ({ brand }: PostQuery): boolean => typeof brand !== 'string';
const brandParams = ({ brand }: PostQuery): object => (typeof brand === 'string' ? { brand } : { brands: brand });

const withoutEngagement = ({ createdAtMs, platform, id }: Cursor): Cursor => ({ createdAtMs, platform, id });
