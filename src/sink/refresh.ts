import type { ClickHouseClient } from '@clickhouse/client';
import { markMinutes, readPending, recordDone } from './marks.ts';
import { type Grain, recompute, selectServerClock, selectTorn } from './queries.ts';

/** Minutes of raw rows that one statement reads, so that none takes long. */
const minutesAtOnce = 120;

export interface Refreshed {
  /** Buckets recomputed. */
  readonly buckets: number;
  /** More may be pending than fitted into this statement. */
  readonly more: boolean;
}

/**
 * Recomputes one statement's worth of marked buckets; with `until`, only what was not recomputed since.
 *
 * The server's clock is read before the raw rows are, and becomes the version of what is written. So a mark
 * that is set meanwhile is later than that clock and stays pending; of two computations of a bucket, the one
 * that is later by this clock wins group by group. Should a slower, earlier one have left a group that the
 * winner never saw, the bucket's groups differ in version: it is marked once more. Only a server is `shared`.
 */
export async function refresh(client: ClickHouseClient, grain: Grain, shared: boolean, until?: string): Promise<Refreshed> {
  const { at, minutes: pending } = await readPending(client, grain, minutesAtOnce, until);
  if (pending.length === 0) return { buckets: 0, more: false };
  const buckets = [...new Set(pending.map((minute) => minute - (minute % grain.seconds)))].slice(0, (minutesAtOnce * 60) / grain.seconds);
  const minutes = buckets.flatMap((bucket) => Array.from({ length: grain.seconds / 60 }, (_, index) => bucket + index * 60));
  await client.command({ query: recompute(grain), query_params: { buckets, minutes, at } });
  const torn = shared ? await readTorn(client, grain, buckets) : [];
  const covered = new Set(minutes);
  const done = pending.filter((minute) => covered.has(minute));
  await recordDone(client, grain, done, at);
  await markMinutes(client, torn);
  return { buckets: buckets.length, more: done.length < pending.length || pending.length === minutesAtOnce };
}

/** The server's clock in UTC, to the microsecond. */
export async function readServerClock(client: ClickHouseClient): Promise<string> {
  const result = await client.query({ query: selectServerClock, format: 'JSONEachRow' });
  const [row] = await result.json<{ at: string }>();
  if (!row) throw new Error('the server did not tell the time');
  return row.at;
}

async function readTorn(client: ClickHouseClient, grain: Grain, buckets: readonly number[]): Promise<number[]> {
  const result = await client.query({ query: selectTorn(grain), query_params: { buckets }, format: 'JSONEachRow' });
  return (await result.json<{ bucket: number }>()).map(({ bucket }) => Number(bucket));
}
