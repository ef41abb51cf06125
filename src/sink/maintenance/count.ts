import type { Database } from '../client/connection.ts';
import type { TimeRange } from '../rollups/rebuild.ts';

/** The `posts` of a statement that counts them. */
export async function readCount(db: Database, query: string, query_params: Record<string, unknown> | TimeRange): Promise<number> {
  const result = await db.upkeep.query({ query, query_params: { ...query_params }, format: 'JSONEachRow' });
  return Number((await result.json<{ posts: number | string }>())[0]?.posts ?? 0);
}
