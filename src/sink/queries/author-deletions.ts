import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, query } from '../client/query.ts';
import { postKey } from './posts.ts';
import { keyParams } from './sql.ts';

/** An author on a platform. */
export interface AuthorKey {
  readonly platform: string;
  readonly id: string;
}

/** Bounds the length of one statement's parameters. */
const maxKeys = 1_000;

const deletionRow = z.object({ platform: z.string(), id: z.string(), deletedAtMs: numeric });

/**
 * When those of these authors who were deleted were deleted last (ms since 1970), by `postKey`. The two lists of parameters
 * are independent, so other authors may be in the result.
 */
export async function findAuthorDeletions(
  client: ClickHouseClient,
  authors: readonly AuthorKey[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const sql = `
  SELECT platform, author AS id, toUnixTimestamp64Milli(max(deleted_at)) AS deletedAtMs
  FROM author_deletions
  WHERE author IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  GROUP BY platform, author
  SETTINGS max_threads = 1`;
  const found = new Map<string, number>();
  for (let start = 0; start < authors.length; start += maxKeys) {
    const params = keyParams(authors.slice(start, start + maxKeys));
    for (const row of await query(client, deletionRow, sql, params, signal)) found.set(postKey(row), row.deletedAtMs);
  }
  return found;
}

/** Removes the record of an author's deletion, in the background. */
export async function forgetAuthorDeletion(client: ClickHouseClient, { platform, id }: AuthorKey): Promise<void> {
  await client.command({
    query: 'ALTER TABLE author_deletions DELETE WHERE platform = {platform:String} AND author = {id:String}',
    query_params: { platform, id },
  });
}
