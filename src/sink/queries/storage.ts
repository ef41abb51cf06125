import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { numeric, query } from '../client/query.ts';

/** The engine clause of tables, which includes their TTL. */
export async function readEngines(client: ClickHouseClient, tables: readonly string[]): Promise<Map<string, string>> {
  const sql = `
  SELECT name, engine_full AS engine FROM system.tables
  WHERE database = currentDatabase() AND name IN {tables:Array(String)}`;
  const rows = await query(client, z.object({ name: z.string(), engine: z.string() }), sql, { tables });
  return new Map(rows.map(({ name, engine }) => [name, engine]));
}

const storedTable = z.object({ table: z.string(), rows: numeric, bytes: numeric });
/** A table on disk; rows of one key count separately until they are merged. */
export type StoredTable = Readonly<z.output<typeof storedTable>>;

/** Disk usage by table, largest first. On a cluster, only for this server. */
export function readStorage(client: ClickHouseClient): Promise<StoredTable[]> {
  const sql = `
  SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
  WHERE database = currentDatabase() AND active
  GROUP BY table
  ORDER BY bytes DESC
  SETTINGS max_threads = 1`;
  return query(client, storedTable, sql);
}
