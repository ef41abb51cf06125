import type { ClickHouseClient } from '@clickhouse/client';

type Row = Readonly<Record<string, unknown>>;

/**
 * Inserts rows and returns when they are stored: `async_insert`, on by default, would acknowledge later or
 * elsewhere. Settings and data travel in one statement, which both kinds of database take alike. JSON escapes
 * line ends, so no text can end its row.
 */
export async function insertRows<R extends Row>(client: ClickHouseClient, table: string, rows: readonly R[], signal?: AbortSignal): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const head = `INSERT INTO ${table} (${Object.keys(first).join(', ')}) SETTINGS async_insert = 0, max_memory_usage = 400000000 FORMAT JSONEachRow`;
  const lines = rows.map((row) => JSON.stringify(row));
  await client.command({ query: `${head}\n${lines.join('\n')}`, ...(signal ? { abort_signal: signal } : {}) });
}
