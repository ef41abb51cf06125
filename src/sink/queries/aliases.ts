import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import type { Post } from '../../domain/post.ts';
import { minuteMs } from '../../lib/duration.ts';
import { numeric, query } from '../client/query.ts';
import { findFirstSeen, postKey } from './posts.ts';
import { keyParams } from './sql.ts';

type Key = Pick<Post, 'platform' | 'id'>;

/** Bounds the length of one statement's parameters. */
const maxKeys = 1_000;

const aliasRow = z.object({ platform: z.string(), alias: z.string(), id: z.string() });

/**
 * IDs of the posts that have one of these keys as another ID, by `postKey`. The two lists of parameters are independent, so
 * other keys may be in the result.
 */
export async function findAliased(
  client: ClickHouseClient,
  keys: readonly Key[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sql = `
  SELECT DISTINCT platform, alias, id
  FROM post_aliases
  WHERE alias IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  SETTINGS max_threads = 1`;
  const found = new Map<string, string[]>();
  for (let start = 0; start < keys.length; start += maxKeys) {
    for (const { platform, alias, id } of await query(client, aliasRow, sql, keyParams(keys.slice(start, start + maxKeys)), signal)) {
      const key = postKey({ platform, id: alias });
      found.set(key, [...(found.get(key) ?? []), id]);
    }
  }
  return found;
}

const deletionRow = z.object({ platform: z.string(), id: z.string(), updatedAtMs: numeric });

/** When those of these posts that are deleted were deleted (ms since 1970), by `postKey`. */
export async function findDeletions(
  client: ClickHouseClient,
  keys: readonly Key[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  // Without FINAL, which would also merge other posts of these minutes.
  const sql = `
  SELECT platform, id, toUnixTimestamp64Milli(argMax(updated_at, version)) AS updatedAtMs
  FROM posts
  WHERE minute IN {minutes:Array(DateTime('UTC'))} AND id IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  GROUP BY platform, id
  HAVING argMax(deleted, version)
  SETTINGS max_threads = 1`;
  const found = new Map<string, number>();
  for (let start = 0; start < keys.length; start += maxKeys) {
    const batch = keys.slice(start, start + maxKeys);
    const firstSeen = await findFirstSeen(client, batch, signal);
    if (firstSeen.size === 0) continue;
    const minutes = [...new Set([...firstSeen.values()].map((ms) => (Math.floor(ms / minuteMs) * minuteMs) / 1_000))];
    for (const row of await query(client, deletionRow, sql, { ...keyParams(batch), minutes }, signal))
      found.set(postKey(row), row.updatedAtMs);
  }
  return found;
}
