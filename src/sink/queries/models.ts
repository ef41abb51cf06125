import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { type StoredLabel, storedLabels } from '../../domain/post.ts';
import { numeric, query, queryOne } from '../client/query.ts';
import type { TimeRange } from './rollups.ts';
import { boundedStatement, inRange, type PageKey } from './sql.ts';

const scoreColumns = [
  ...['label', 'negative', 'neutral', 'positive', 'score', 'confidence', 'model_version', 'scored_at', 'truncated'],
  ...['brand_sentiment_brands', 'brand_sentiment_labels', 'brand_sentiment_negative', 'brand_sentiment_positive'],
];

const postToRescore = z.object({
  ...{ minute: numeric, createdAt: z.string(), platform: z.string(), id: z.string() },
  ...{ version: z.string(), text: z.string(), lang: z.string() },
});
export type PostToRescore = z.output<typeof postToRescore>;

/** Posts in a range that a model has not scored in their present version, in the order of the table. */
export function readPostsToRescore(
  client: ClickHouseClient,
  range: TimeRange,
  page: { modelVersion: string; after: PageKey; limit: number },
) {
  const { modelVersion, after, limit } = page;
  const sql = `
  SELECT toUnixTimestamp(p.minute) AS minute, toString(p.created_at) AS createdAt, p.platform AS platform, p.id AS id,
    toString(p.version) AS version, p.text AS text, p.lang AS lang
  FROM posts AS p FINAL
  LEFT ANTI JOIN (
    SELECT minute, platform, id, version FROM scores FINAL
    WHERE ${inRange('minute')} AND model_version = {modelVersion:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  WHERE NOT p.deleted AND ${inRange('p.minute')}
    AND p.model_version != {modelVersion:String}
    AND (toUnixTimestamp(p.minute), p.platform, p.id) > ({minute:UInt32}, {platform:String}, {id:String})
  ORDER BY p.minute, p.platform, p.id
  LIMIT {limit:UInt32}
  SETTINGS ${boundedStatement}`;
  return query(client, postToRescore, sql, { ...range, ...after, modelVersion, limit });
}

const postCount = z.object({ posts: numeric });

/** Number of posts in a range, excluding deleted ones. */
export async function countPosts(client: ClickHouseClient, range: TimeRange): Promise<number> {
  const sql = `
  SELECT count() AS posts FROM posts FINAL WHERE NOT deleted AND ${inRange('minute')}
  SETTINGS max_threads = 1, do_not_merge_across_partitions_select_final = 1`;
  return (await queryOne(client, postCount, sql, { ...range }))?.posts ?? 0;
}

/** Posts in a range that a model has scored in their present version, and whose active scores come from another model. */
const activatable = `
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT minute, platform, id, version, ${scoreColumns.join(', ')} FROM scores FINAL
    WHERE ${inRange('minute')} AND model_version = {modelVersion:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  WHERE NOT p.deleted AND ${inRange('p.minute')} AND p.model_version != {modelVersion:String}`;

type ModelRange = TimeRange & { readonly modelVersion: string };

/** Number of posts whose scores `swapScores` would change. */
export async function countActivatable(client: ClickHouseClient, range: ModelRange): Promise<number> {
  const sql = `SELECT count() AS posts ${activatable} SETTINGS ${boundedStatement}`;
  return (await queryOne(client, postCount, sql, { ...range }))?.posts ?? 0;
}

/** Copies the active scores to `scores`, then stores the posts with the model's scores; a newer version of a post still wins. */
export async function swapScores(client: ClickHouseClient, range: ModelRange): Promise<void> {
  const keep = `
  INSERT INTO scores (created_at, platform, id, version, ${scoreColumns.join(', ')})
  SELECT p.created_at, p.platform, p.id, p.version, ${scoreColumns.map((name) => `p.${name}`).join(', ')}
  ${activatable}
  SETTINGS async_insert = 0, ${boundedStatement}`;
  const swap = `
  INSERT INTO posts
  SELECT p.* REPLACE (${scoreColumns.map((name) => `s.${name} AS ${name}`).join(', ')})
  ${activatable}
  SETTINGS async_insert = 0, ${boundedStatement}`;
  for (const sql of [keep, swap]) await client.command({ query: sql, query_params: { ...range } });
}

/**
 * Models with stored scores: numbers of posts with an active and with an inactive score, and first and last creation time
 * in ms.
 */
export function readModelVersions(reader: ClickHouseClient) {
  const sql = `
  SELECT version, sum(active) AS active, sum(inactive) AS inactive, min(first) AS first, max(last) AS last
  FROM (
    SELECT model_version AS version, count() AS active, 0 AS inactive,
      toUnixTimestamp64Milli(min(created_at)) AS first, toUnixTimestamp64Milli(max(created_at)) AS last
    FROM posts FINAL
    WHERE NOT deleted
    GROUP BY version
    UNION ALL
    SELECT model_version AS version, 0 AS active, count() AS inactive,
      toUnixTimestamp64Milli(min(created_at)) AS first, toUnixTimestamp64Milli(max(created_at)) AS last
    FROM scores FINAL
    GROUP BY version
  )
  GROUP BY version
  ORDER BY active DESC, version`;
  return query(reader, z.object({ version: z.string(), active: numeric, inactive: numeric, first: numeric, last: numeric }), sql);
}

/** Posts with these two labels, and the sums of both scores. */
export interface ModelPair {
  readonly active: StoredLabel;
  readonly other: StoredLabel;
  readonly posts: number;
  readonly activeScores: number;
  readonly otherScores: number;
}

/** Posts of a brand (`*`: all) with scores of the active model and of another, by both labels; without corrected posts. */
export function readModelPairs(
  reader: ClickHouseClient,
  params: TimeRange & { readonly brand: string; readonly version: string },
): Promise<ModelPair[]> {
  const sql = `
  SELECT p.label AS active, s.label AS other, count() AS posts, sum(toFloat64(p.score)) AS activeScores, sum(toFloat64(s.score)) AS otherScores
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT minute, platform, id, version, label, score FROM scores FINAL
    WHERE ${inRange('minute')} AND model_version = {version:String}
  ) AS s ON s.minute = p.minute AND s.platform = p.platform AND s.id = p.id AND s.version = p.version
  LEFT JOIN (
    SELECT minute, platform, id, correction FROM corrections FINAL WHERE ${inRange('minute')}
  ) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id
  WHERE NOT p.deleted AND ${inRange('p.minute')} AND c.correction = 'none' AND ({brand:String} = '*' OR has(p.brands, {brand:String}))
  GROUP BY active, other`;
  const label = z.enum(storedLabels);
  const row = z.object({ active: label, other: label, posts: numeric, activeScores: numeric, otherScores: numeric });
  return query(reader, row, sql, { ...params });
}
