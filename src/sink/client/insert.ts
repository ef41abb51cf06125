import type { ClickHouseClient } from '@clickhouse/client';

/** Batches are small: parsing them on several threads costs twice the work of parsing them on one. */
const settings =
  'async_insert = 0, input_format_parallel_parsing = 0, max_threads = 1, max_insert_threads = 1, max_memory_usage = 400000000';

type Row = Readonly<Record<string, unknown>>;

/**
 * Inserts rows and returns when they are stored: `async_insert`, on by default, would acknowledge later or
 * elsewhere. Settings and data travel in one statement, which both kinds of database take alike. JSON escapes
 * line ends, so no text can end its row.
 */
export async function insertRows<R extends Row>(
  client: ClickHouseClient,
  table: string,
  rows: readonly R[],
  signal?: AbortSignal,
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const head = `INSERT INTO ${table} (${Object.keys(first).join(', ')}) SETTINGS ${settings} FORMAT JSONEachRow`;
  const lines = rows.map((row) => JSON.stringify(row));
  await client.command({ query: `${head}\n${lines.join('\n')}`, ...(signal ? { abort_signal: signal } : {}) });
}
