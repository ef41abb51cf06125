import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Post } from '../../domain/post.ts';
import { number, type Params, query, queryOne } from '../client/query.ts';
import type { TimeRange } from './rollups.ts';
import { boundedStatement, inRange, labelForBrand } from './sql.ts';

type Key = Pick<Post, 'platform' | 'id'>;
const keyColumns = { platform: z.string(), id: z.string() };

const postToCorrect = z.object({ minute: number, ...keyColumns, at: z.string() });

/** Which posts to correct. Times in ms since 1970; an empty value matches any post. */
export interface CorrectionFilter {
  readonly from: number;
  readonly to: number;
  readonly brand: string;
  readonly platform: string;
  readonly id: string;
  readonly lang: string;
  readonly label: string;
  readonly text: string;
  /** Only posts that have a correction. */
  readonly undo: boolean;
}

/** Posts to correct, each with a time later than that of any correction it has. */
export function readPostsToCorrect(client: ClickHouseClient, { from, to, ...filter }: CorrectionFilter, limit: number) {
  const sql = `
  SELECT toUnixTimestamp(minute) AS minute, platform, id,
    toString(greatest(now64(6, 'UTC'), corrected_at + toIntervalMicrosecond(1))) AS at
  FROM effective_posts AS p
  WHERE NOT deleted AND ${inRange('minute')}
    AND toUnixTimestamp64Milli(created_at) >= {fromMs:Int64} AND toUnixTimestamp64Milli(created_at) < {toMs:Int64}
    AND ({platform:String} = '' OR platform = {platform:String})
    AND ({id:String} = '' OR id = {id:String})
    AND ({brand:String} = '*' OR has(brands, {brand:String}))
    AND ({lang:String} = '' OR lang = {lang:String})
    AND ({label:String} = '' OR ${labelForBrand('{brand:String}')} = {label:String})
    AND ({text:String} = '' OR positionCaseInsensitiveUTF8(text, {text:String}) > 0)
    AND ({undo:Bool} = (correction != 'none') OR NOT {undo:Bool})
  ORDER BY minute, platform, id
  LIMIT {limit:UInt32}
  SETTINGS ${boundedStatement}`;
  const minutes = { from: Math.floor(from / 60_000) * 60, to: Math.ceil(to / 60_000) * 60 };
  return query(client, postToCorrect, sql, { ...filter, ...minutes, fromMs: from, toMs: to, limit });
}

/** Minutes (seconds since 1970) of the corrections of the last day. */
export async function readCorrectedMinutes(client: ClickHouseClient): Promise<number[]> {
  const sql = `
  SELECT DISTINCT toUnixTimestamp(minute) AS minute FROM corrections WHERE corrected_at >= now('UTC') - INTERVAL 1 DAY
  SETTINGS max_threads = 1`;
  return (await query(client, z.object({ minute: number }), sql)).map(({ minute }) => minute);
}

const postToReapply = z.object({ minute: number, ...keyColumns, version: z.string(), text: z.string() });
export type PostToReapply = z.output<typeof postToReapply>;
/** The last post of a page; the next page starts after it. */
export type PageKey = Pick<PostToReapply, 'minute' | 'platform' | 'id'>;
export const firstPage: PageKey = { minute: 0, platform: '', id: '' };

/** Posts of a range whose brands were matched by other rules, in the order of the table. */
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

/** Stores posts again with other brands, unless a newer version was stored meanwhile. Sentiment of brands that stay is kept. */
export async function rewriteBrands(
  client: ClickHouseClient,
  posts: readonly (PostToReapply & { readonly brands: readonly string[] })[],
  hash: string,
): Promise<void> {
  const ofKeptBrands = (column: string): string =>
    `arrayFilter((value, brand) -> has(m.matched.4, brand), p.${column}, p.brand_sentiment_brands) AS ${column}`;
  const sql = `
  INSERT INTO posts
  SELECT p.* REPLACE (
    m.matched.4 AS brands, {hash:String} AS brands_hash,
    ${['brands', 'labels', 'negative', 'positive'].map((name) => ofKeptBrands(`brand_sentiment_${name}`)).join(', ')}
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

/** The key under which erasures are hashed: the row inserted first; empty if there is none. */
export async function readErasureKey(client: ClickHouseClient): Promise<string> {
  const sql = 'SELECT argMin(key, _block_number) AS key FROM erasure_key';
  return (await queryOne(client, z.object({ key: z.string() }), sql))?.key ?? '';
}

export async function countErasures(client: ClickHouseClient, signal?: AbortSignal): Promise<number> {
  const sql = 'SELECT count() AS erasures FROM erasures';
  return (await queryOne(client, z.object({ erasures: number }), sql, {}, signal))?.erasures ?? 0;
}

/** Returns the hashes that are on the list of erasures. */
export async function findErasures(client: ClickHouseClient, hashes: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
  const sql = 'SELECT DISTINCT hash FROM erasures WHERE hash IN {hashes:Array(String)} SETTINGS max_threads = 1';
  return new Set((await query(client, z.object({ hash: z.string() }), sql, { hashes }, signal)).map(({ hash }) => hash));
}

/** Posts of an author in any stored version. */
export function readPostsOfAuthor(client: ClickHouseClient, platform: string, author: string): Promise<Key[]> {
  const sql = 'SELECT DISTINCT platform, id FROM posts WHERE platform = {platform:String} AND author_id = {author:String}';
  return query(client, z.object(keyColumns), sql, { platform, author });
}

const hasKey = '(platform, id) IN arrayZip({platforms:Array(String)}, {ids:Array(String)})';
const hasKeyInMinutes = `minute IN {minutes:Array(DateTime('UTC'))} AND ${hasKey}`;

/** The tables with rows of a post, in order of removal: post_first_seen is last. */
export const tablesOfPosts = [
  { table: 'posts', where: hasKeyInMinutes },
  { table: 'scores', where: hasKeyInMinutes },
  { table: 'corrections', where: hasKeyInMinutes },
  { table: 'post_first_seen', where: `id IN {ids:Array(String)} AND ${hasKey}` },
] as const;
type TableOfPosts = (typeof tablesOfPosts)[number];

/** The keys of posts as bound parameters, with the minutes (seconds since 1970) in which they may have rows. */
export function erasureParams(posts: readonly Key[], minutes: readonly number[]): Params {
  return { minutes, platforms: posts.map(({ platform }) => platform), ids: posts.map(({ id }) => id) };
}

/**
 * Replaces posts by tombstones without text, which win over any other version. The rollups are correct before the rows are
 * removed, and the author's id identifies the rows that remain.
 */
export async function insertTombstones(client: ClickHouseClient, params: Params): Promise<void> {
  const sql = `
  INSERT INTO posts
  SELECT * REPLACE (18446744073709551615 AS version, true AS deleted, '' AS text, '' AS author_handle, '' AS author_name, '' AS url)
  FROM posts FINAL
  WHERE ${hasKeyInMinutes}
  SETTINGS async_insert = 0, max_threads = 1, max_memory_usage = 400000000`;
  await client.command({ query: sql, query_params: { ...params } });
}

/** Starts a mutation that rewrites the parts with these rows; a lightweight delete would leave them on disk. */
export async function deleteRows(client: ClickHouseClient, { table, where }: TableOfPosts, params: Params): Promise<void> {
  await client.command({ query: `ALTER TABLE ${table} DELETE WHERE ${where}`, query_params: { ...params } });
}

export async function countRows(client: ClickHouseClient, { table, where }: TableOfPosts, params: Params): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${table} WHERE ${where}`;
  return (await queryOne(client, z.object({ rows: number }), sql, params))?.rows ?? 0;
}

/** The engine clause of tables, which includes their TTL. */
export async function readEngines(client: ClickHouseClient, tables: readonly string[]): Promise<Map<string, string>> {
  const sql = `
  SELECT name, engine_full AS engine FROM system.tables
  WHERE database = currentDatabase() AND name IN {tables:Array(String)}`;
  const rows = await query(client, z.object({ name: z.string(), engine: z.string() }), sql, { tables });
  return new Map(rows.map(({ name, engine }) => [name, engine]));
}

const storedTable = z.object({ table: z.string(), rows: number, bytes: number });
/** A table on disk; rows of one key count separately until they are merged. */
export type StoredTable = Readonly<z.output<typeof storedTable>>;

/** Disk usage by table, the largest first. On a cluster, of this server alone. */
export function readStorage(client: ClickHouseClient): Promise<StoredTable[]> {
  const sql = `
  SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
  WHERE database = currentDatabase() AND active
  GROUP BY table
  ORDER BY bytes DESC
  SETTINGS max_threads = 1`;
  return query(client, storedTable, sql);
}
