import type { ClickHouseClient } from '@clickhouse/client';
import { insertRows } from './insert.ts';
import { type Grain, selectPending } from './queries.ts';

const never = '1970-01-01 00:00:00';
const endOfTime = '2200-01-01 00:00:00';

/**
 * Says that rows of these minutes (seconds since 1970) have changed. Send it only after the rows are
 * acknowledged: the server's clock in the mark is then later than the rows, and a recomputation whose own
 * clock is later still has seen them.
 */
export async function markMinutes(client: ClickHouseClient, minutes: readonly number[], signal?: AbortSignal): Promise<void> {
  await insertRows(
    client,
    'rollup_marks',
    minutes.map((minute) => ({ minute })),
    signal,
  );
}

/**
 * Minutes (seconds since 1970) whose rows changed after `grain` last saw them, if that was before `until`;
 * newest first. `at` is the server's clock meanwhile, in UTC and to the microsecond: whoever reads the raw
 * rows after this sees all that was marked up to it.
 */
export async function readPending(
  client: ClickHouseClient,
  grain: Grain,
  limit: number,
  until = endOfTime,
): Promise<{ at: string; minutes: number[] }> {
  const result = await client.query({ query: selectPending(grain), query_params: { until, limit }, format: 'JSONEachRow' });
  const rows = await result.json<{ minute: number; at: string }>();
  return { at: rows[0]?.at ?? never, minutes: rows.map(({ minute }) => Number(minute)) };
}

/** Records that `grain` has seen every change of these minutes that was marked up to `at`. */
export async function recordDone(client: ClickHouseClient, grain: Grain, minutes: readonly number[], at: string): Promise<void> {
  await insertRows(
    client,
    'rollup_marks',
    minutes.map((minute) => ({ minute, marked_at: never, [`${grain.name}_done`]: at })),
  );
}
