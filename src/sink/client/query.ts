import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { currentRequest } from '../../lib/request-scope.ts';

export type Params = Readonly<Record<string, unknown>>;

/** A 64-bit number, which ClickHouse may send as a string. Counts and milliseconds stay far below 2^53. */
export const numeric = z.coerce.number();

/**
 * Runs a SELECT and returns its rows, checked against `row`. All values are bound parameters. It ends early if the client
 * of the current request leaves.
 * @throws the database's error; TypeError for rows of another shape, which is a bug
 */
export async function query<R extends z.ZodType>(
  client: ClickHouseClient,
  row: R,
  sql: string,
  params: Params = {},
  signal?: AbortSignal,
): Promise<z.output<R>[]> {
  const stop = signal ?? currentRequest()?.signal;
  const result = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow', ...abortedBy(stop) });
  const rows = await result.json();
  stop?.throwIfAborted();
  return rows.map((value) => parseRow(row, value));
}

/** Like `query`, for one row; undefined if there is none. */
export async function queryOne<R extends z.ZodType>(
  client: ClickHouseClient,
  row: R,
  sql: string,
  params: Params = {},
  signal?: AbortSignal,
): Promise<z.output<R> | undefined> {
  return (await query(client, row, sql, params, signal))[0];
}

/** Like `query`, but streams batches of rows, so that the caller can yield in between. */
export async function* streamRows<R extends z.ZodType>(
  client: ClickHouseClient,
  row: R,
  sql: string,
  params: Params,
): AsyncGenerator<z.output<R>[]> {
  const stop = currentRequest()?.signal;
  const result = await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow', ...abortedBy(stop) });
  for await (const batch of result.stream()) {
    stop?.throwIfAborted();
    yield batch.map((line) => parseRow(row, line.json()));
  }
}

function parseRow<R extends z.ZodType>(row: R, value: unknown): z.output<R> {
  const parsed = row.safeParse(value);
  // Names columns only: values may be personal data.
  if (!parsed.success) throw new TypeError(`unexpected row: ${parsed.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`)}`);
  return parsed.data;
}

/** Batches are small: parsing them on several threads takes twice the CPU time of one thread. */
const insertSettings =
  'async_insert = 0, input_format_parallel_parsing = 0, max_threads = 1, max_insert_threads = 1, max_memory_usage = 400000000';

/**
 * Inserts rows and returns once they are stored: `async_insert`, on by default, would acknowledge them earlier.
 * Settings and rows are sent in one statement, which the server and the embedded engine both accept. JSON escapes
 * newlines, so no text can end its row.
 */
export async function insertRows<R extends Params>(
  client: ClickHouseClient,
  table: string,
  rows: readonly R[],
  signal?: AbortSignal,
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const head = `INSERT INTO ${table} (${Object.keys(first).join(', ')}) SETTINGS ${insertSettings} FORMAT JSONEachRow`;
  const lines = rows.map((row) => JSON.stringify(row));
  await client.command({ query: `${head}\n${lines.join('\n')}`, ...abortedBy(signal) });
}

const abortedBy = (signal: AbortSignal | undefined) => (signal ? { abort_signal: signal } : {});
