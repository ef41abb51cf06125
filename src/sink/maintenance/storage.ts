import type { ClickHouseClient } from '@clickhouse/client';
import { selectStorage } from '../queries/writing.ts';

export interface StoredTable {
  readonly table: string;
  /** Rows on the disk; several of one key count until they are merged. */
  readonly rows: number;
  readonly bytes: number;
}

/** What the tables take on the disk, the largest first. Behind a cluster it is what this server holds. */
export async function readStorage(client: ClickHouseClient): Promise<StoredTable[]> {
  const result = await client.query({ query: selectStorage, format: 'JSONEachRow' });
  const rows = await result.json<Record<keyof StoredTable, string | number>>();
  return rows.map(({ table, rows: count, bytes }) => ({ table: String(table), rows: Number(count), bytes: Number(bytes) }));
}
