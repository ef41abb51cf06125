import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, query } from '../client/query.ts';
import {
  type BrandSelection,
  brandParams,
  engagement,
  type PostFilter,
  type PostSelection,
  rollupConditions,
  selectPosts,
  toConditions,
} from './post-conditions.ts';
import type { PostKey } from './posts.ts';
import type { TimeRange } from './rollups.ts';
import { inRange } from './sql.ts';

/** A 15-minute bucket (its start in seconds since 1970) and its number of posts. */
export interface BucketVolume {
  readonly start: number;
  readonly posts: number;
}

/**
 * The newest 15-minute buckets in a range with matching posts; a post that names several of the brands counts once for
 * each. Buckets with a stale rollup are included with 0 posts. Restricting the search to them avoids a full scan.
 */
export function readBucketVolumes(
  reader: ClickHouseClient,
  { brand, ...filter }: PostFilter & { readonly brand: BrandSelection },
  range: TimeRange & { readonly limit: number },
): Promise<BucketVolume[]> {
  const volume = filter.label ? `r.${filter.label}` : 'r.negative + r.neutral + r.positive + r.unscored';
  const brandCondition = typeof brand === 'string' ? 'r.brand = {brand:String}' : 'r.brand IN {brands:Array(String)}';
  const sql = `
  SELECT toUnixTimestamp(q.bucket) AS start, sum(q.posts) AS posts
  FROM (
    SELECT r.bucket AS bucket, sum(${volume}) AS posts
    FROM rollup_15m AS r FINAL
    WHERE ${brandCondition} AND ${inRange('r.bucket')}${toConditions(filter, rollupConditions)}
    GROUP BY bucket
    HAVING posts > 0
    UNION ALL
    SELECT toStartOfFifteenMinutes(m.minute) AS bucket, 0 AS posts
    FROM (
      SELECT minute FROM rollup_dirty_minutes
      WHERE ${inRange('minute')}
      GROUP BY minute
      HAVING max(marked_at) > max(rollup_15m_done)
    ) AS m
  ) AS q
  GROUP BY q.bucket
  ORDER BY q.bucket DESC
  LIMIT {limit:UInt32}`;
  const { platform = '', lang = '' } = filter;
  return query(reader, z.object({ start: numeric, posts: numeric }), sql, { ...brandParams(brand), platform, lang, ...range });
}

/** What posts are sorted by, apart from their time: whole numbers, so that a cursor can hold them exactly. */
const ranks = {
  time: '0',
  engagement,
  reach: 'p.author_followers',
  confidence: 'toUInt64(round(1000000 * p.confidence))',
  // How sure the label is, times how far the post goes.
  impact: `toUInt64(round(1000000 * p.confidence * (1 + log(1 + p.author_followers + ${engagement}))))`,
} as const;
export type PostOrder = keyof typeof ranks;

/** A post in the order of a search. */
export type FoundKey = PostKey & { readonly rank: number };

export interface KeySearch {
  readonly sort: PostOrder;
  /** Only posts after this one in the order. */
  readonly before: PostKey & { readonly rank?: number | undefined };
  readonly limit: number;
  /** Starts of 15-minute buckets (seconds since 1970): only posts in these. */
  readonly buckets?: readonly number[] | undefined;
}

const foundKey = z.object({ createdAtMs: numeric, platform: z.string(), id: z.string(), rank: numeric });

/** Keys of matching posts, the highest rank first, and of equal ones the newest. */
export function findPostKeys(reader: ClickHouseClient, selection: PostSelection, search: KeySearch): Promise<FoundKey[]> {
  const { sort, before, limit, buckets } = search;
  const { sql: condition, params } = selectPosts(selection);
  const rank = ranks[sort];
  const order = `${sort === 'time' ? '' : `${rank}, `}toUnixTimestamp64Milli(p.created_at), p.platform, p.id`;
  const last = `${sort === 'time' ? '' : '{beforeRank:UInt64}, '}{beforeMs:Int64}, {beforePlatform:String}, {beforeId:String}`;
  const inBuckets = `
    AND p.minute IN (
      SELECT q.bucket + toIntervalMinute(arrayJoin(range(15)))
      FROM (SELECT toDateTime(arrayJoin({buckets:Array(UInt32)}), 'UTC') AS bucket) AS q
    )`;
  const sql = `
  SELECT toUnixTimestamp64Milli(p.created_at) AS createdAtMs, p.platform AS platform, p.id AS id, ${rank} AS rank
  FROM ${selection.label ? 'effective_posts AS p' : 'posts AS p FINAL'}
  WHERE ${condition}${buckets ? inBuckets : ''}
    AND (${order}) < (${last})
  ORDER BY (${order}) DESC
  LIMIT {limit:UInt32}`;
  return query(reader, foundKey, sql, {
    ...params,
    ...{ limit, beforeMs: before.createdAtMs, beforePlatform: before.platform, beforeId: before.id, beforeRank: before.rank ?? 0 },
    ...(buckets && { buckets }),
  });
}
