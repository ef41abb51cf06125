import type { ClickHouseClient } from '@clickhouse/client';
import { selectStoredMinutes } from './reading.ts';

/** How many posts are stored of each minute from `since` on (both ms since 1970). Minutes without any are left out. */
export async function storedMinutes(reader: ClickHouseClient, since: number): Promise<Map<number, number>> {
  const result = await reader.query({
    query: selectStoredMinutes,
    query_params: { since: Math.floor(since / 1_000) },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ start: number; posts: number | string }>();
  return new Map(rows.map(({ start, posts }) => [Number(start) * 1_000, Number(posts)]));
}
