import type { ClickHouseClient } from '@clickhouse/client';

/** The rows that answer a question of this room. */
export async function readRows<T>(reader: ClickHouseClient, query: string, params: Readonly<Record<string, unknown>>): Promise<T[]> {
  return (await reader.query({ query, query_params: params, format: 'JSONEachRow' })).json<T>();
}
