import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Post } from '../../domain/post.ts';
import { numeric, type Params, query, queryOne } from '../client/query.ts';

type Key = Pick<Post, 'platform' | 'id'>;
const keyColumns = { platform: z.string(), id: z.string() };

/** The key under which erasures are hashed: the row inserted first; empty if there is none. */
export async function readErasureKey(client: ClickHouseClient): Promise<string> {
  const sql = 'SELECT argMin(key, _block_number) AS key FROM erasure_key';
  return (await queryOne(client, z.object({ key: z.string() }), sql))?.key ?? '';
}

/** Number of recorded erasures. */
export async function countErasures(client: ClickHouseClient, signal?: AbortSignal): Promise<number> {
  const sql = 'SELECT count() AS erasures FROM erasures';
  return (await queryOne(client, z.object({ erasures: numeric }), sql, {}, signal))?.erasures ?? 0;
}

/** Returns the hashes that are on the erasure list. */
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
  { table: 'calibration_labels', where: hasKeyInMinutes },
  { table: 'post_aliases', where: hasKey },
  { table: 'post_first_seen', where: `id IN {ids:Array(String)} AND ${hasKey}` },
] as const;
type TableOfPosts = (typeof tablesOfPosts)[number];

/** The keys of posts as bound parameters, with the minutes (seconds since 1970) in which they may have rows. */
export function erasureParams(posts: readonly Key[], minutes: readonly number[]): Params {
  return { minutes, platforms: posts.map(({ platform }) => platform), ids: posts.map(({ id }) => id) };
}

/**
 * Replaces posts by tombstones without text, which win over any other version. The rollups are correct before the rows are
 * removed, and the author's ID identifies the rows that remain.
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

/** Number of rows of these posts that are still in the table. */
export async function countRows(client: ClickHouseClient, { table, where }: TableOfPosts, params: Params): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${table} WHERE ${where}`;
  return (await queryOne(client, z.object({ rows: numeric }), sql, params))?.rows ?? 0;
}
