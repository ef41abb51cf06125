import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, query } from '../client/query.ts';
import type { TimeRange } from './rollups.ts';
import { boundedStatement, inRange, type PageKey } from './sql.ts';

const postToReapply = z.object({ minute: numeric, platform: z.string(), id: z.string(), version: z.string(), text: z.string() });
export type PostToReapply = z.output<typeof postToReapply>;

/** Posts in a range whose brands were matched by other rules, in the order of the table. */
export function readPostsToReapply(client: ClickHouseClient, range: TimeRange, page: { hash: string; after: PageKey; limit: number }) {
  const { hash, after, limit } = page;
  const sql = `
  SELECT toUnixTimestamp(minute) AS minute, platform, id, toString(version) AS version, text
  FROM posts FINAL
  WHERE NOT deleted AND ${inRange('minute')} AND brands_hash != {hash:String}
    AND (toUnixTimestamp(minute), platform, id) > ({minute:UInt32}, {platform:String}, {id:String})
  ORDER BY posts.minute, platform, id
  LIMIT {limit:UInt32}
  SETTINGS ${boundedStatement}`;
  return query(client, postToReapply, sql, { ...range, ...after, hash, limit });
}

/**
 * Stores posts again with other brands, unless a newer version was stored in the meantime. Brand sentiment is kept for
 * brands that still match.
 */
export async function rewriteBrands(
  client: ClickHouseClient,
  posts: readonly (PostToReapply & { readonly brands: readonly string[] })[],
  hash: string,
): Promise<void> {
  const filterByBrands = (column: string): string =>
    `arrayFilter((value, brand) -> has(m.matched.4, brand), p.${column}, p.brand_sentiment_brands) AS ${column}`;
  const sql = `
  INSERT INTO posts
  SELECT p.* REPLACE (
    m.matched.4 AS brands, {hash:String} AS brands_hash,
    ${['brands', 'labels', 'negative', 'positive'].map((name) => filterByBrands(`brand_sentiment_${name}`)).join(', ')}
  )
  FROM posts AS p FINAL
  INNER JOIN (
    SELECT arrayJoin(arrayZip(
      {platforms:Array(String)}, {ids:Array(String)}, {versions:Array(UInt64)}, {brands:Array(Array(String))}
    )) AS matched
  ) AS m ON p.platform = m.matched.1 AND p.id = m.matched.2 AND p.version = m.matched.3
  WHERE p.minute IN {minutes:Array(DateTime('UTC'))}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000`;
  const params = {
    hash,
    minutes: [...new Set(posts.map(({ minute }) => minute))],
    platforms: posts.map(({ platform }) => platform),
    ids: posts.map(({ id }) => id),
    versions: posts.map(({ version }) => Number(version)), // twice milliseconds: far below 2^53
    brands: posts.map(({ brands }) => brands),
  };
  await client.command({ query: sql, query_params: params });
}
