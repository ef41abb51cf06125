import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, queryOne } from '../client/query.ts';
import { foldedText } from './post-conditions.ts';
import type { PostKey } from './posts.ts';
import type { TimeRange } from './rollups.ts';
import { inRange } from './sql.ts';

export interface PreviewQuery extends TimeRange {
  /** RE2 patterns on folded text: one that posts must match, and one that they must not; empty for none. */
  readonly include: string;
  readonly exclude: string;
  /** Its present posts are counted apart. */
  readonly brand: string;
  readonly timeZone: string;
  /** Of 2^32: posts are selected by a hash of their key. */
  readonly threshold: number;
  /** Keys to return. */
  readonly limit: number;
}

export interface PreviewCounts {
  readonly posts: number;
  /** Those that count for the brand already. */
  readonly known: number;
  /** Posts by day, such as 2026-11-28, in the time zone. */
  readonly days: readonly (readonly [day: string, posts: number])[];
  readonly sample: readonly PostKey[];
}

const previewRow = z.object({
  posts: numeric,
  known: numeric,
  days: z.tuple([z.array(z.string()), z.array(numeric)]),
  sample: z.array(z.tuple([numeric, z.string(), z.string()])),
});

/** Counts the posts that terms match, with a random sample of them. */
export async function countMatches(reader: ClickHouseClient, { limit, ...params }: PreviewQuery): Promise<PreviewCounts> {
  const sql = `
  SELECT count() AS posts, countIf(has(m.brands, {brand:String})) AS known, sumMap([m.day], [toUInt64(1)]) AS days,
    groupArraySample(${Math.trunc(limit)}, 1)(tuple(m.createdAtMs, m.platform, m.id)) AS sample
  FROM (
    SELECT p.platform AS platform, p.id AS id, p.brands AS brands, toUnixTimestamp64Milli(p.created_at) AS createdAtMs,
      toString(toDate(p.created_at, {timeZone:String})) AS day, ${foldedText} AS folded
    FROM posts AS p FINAL
    PREWHERE bitAnd(cityHash64(p.platform, p.id), 4294967295) < {threshold:UInt64}
    WHERE NOT p.deleted AND ${inRange('p.minute')}
  ) AS m
  WHERE match(m.folded, {include:String}) AND ({exclude:String} = '' OR NOT match(m.folded, {exclude:String}))`;
  const row = await queryOne(reader, previewRow, sql, params);
  if (!row) return { posts: 0, known: 0, days: [], sample: [] };
  const [days, posts] = row.days;
  return {
    ...{ posts: row.posts, known: row.known },
    days: days.map((day, index) => [day, posts[index] ?? 0]),
    sample: row.sample.map(([createdAtMs, platform, id]) => ({ createdAtMs, platform, id })),
  };
}
