import type { ClickHouseClient } from '@clickhouse/client';
import { dayMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { countPosts, type PostCount } from '../../sink/queries/post-counts.ts';
import type { PostQuery } from './search-posts.ts';
import { toTextSearch } from './search-terms.ts';

/** Every post of the range is read. */
const maxRangeMs = 92 * dayMs;
/** Enough for a small chart. */
const parts = 48;

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
  if (toMs - fromMs > maxRangeMs) throw new FeedpulseError('USAGE', 'from: posts are counted over at most 92 days.');
  const bucketMs = Math.ceil((toMs - fromMs) / parts);
  const selection = { ...filter, fromMs, toMs, ...(text !== undefined && { text: toTextSearch(text) }) };
  const counts = await countPosts(reader, selection, bucketMs);
  return {
    total: counts.reduce((sum, { negative, neutral, positive, unscored }) => sum + negative + neutral + positive + unscored, 0),
    bucketMs,
    buckets: counts.map(({ bucket, ...byLabel }) => ({ start: new Date(fromMs + bucket * bucketMs).toISOString(), ...byLabel })),
  };
}
