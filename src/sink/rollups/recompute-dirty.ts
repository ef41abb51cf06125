import type { ClickHouseClient } from '@clickhouse/client';
import { type RollupTable, recompute, selectLatestMark, selectTorn } from '../queries/writing.ts';
import { markDirty, readDirty, recordDone } from './dirty-minutes.ts';
import { type Kept, keepsAll } from './retention-window.ts';

/** Minutes of raw rows that one statement reads, so that none takes long. */
const minutesAtOnce = 120;

export interface Recomputed {
  /** Buckets recomputed. */
  readonly buckets: number;
  /** More may be pending than fitted into this statement. */
  readonly more: boolean;
}

/**
 * Recomputes one statement's worth of marked buckets; with `until`, only what was not recomputed since.
 *
 * Marks are read before the raw rows are, and are what is recorded as done: a mark that is set meanwhile is a later
 * one, and stays pending. The server's clock at the start becomes the version of what is written; of two
 * computations of a bucket, the one that is later by this clock wins group by group. Should a slower, earlier one have left a group that the
 * winner never saw, the bucket's groups differ in version: it is marked once more. Only a server is `shared`.
 * Figures from before `kept.since` stay as they are.
 */
export async function recomputeDirty(
  client: ClickHouseClient,
  grain: RollupTable,
  shared: boolean,
  until?: string,
  kept: Kept = keepsAll,
): Promise<Recomputed> {
  const pending = await readDirty(client, grain, minutesAtOnce, until);
  if (pending.length === 0) return { buckets: 0, more: false };
  const buckets = [...new Set(pending.map(({ minute }) => minute - (minute % grain.seconds)))].slice(
    0,
    (minutesAtOnce * 60) / grain.seconds,
  );
  const whole = buckets.filter((bucket) => bucket >= kept.since);
  const minutes = minutesOf(grain, whole);
  if (whole.length > 0)
    await client.command({ query: recompute(grain), query_params: { buckets: whole, minutes, minutesKept: kept.minuteSeconds } });
  const torn = shared ? await readTorn(client, grain, whole) : [];
  const covered = new Set(minutesOf(grain, buckets));
  const done = pending.filter(({ minute }) => covered.has(minute));
  await recordDone(client, grain, done);
  await markDirty(client, torn);
  return { buckets: whole.length, more: done.length < pending.length || pending.length === minutesAtOnce };
}

function minutesOf(grain: RollupTable, buckets: readonly number[]): number[] {
  return buckets.flatMap((bucket) => Array.from({ length: grain.seconds / 60 }, (_, index) => bucket + index * 60));
}

/** A moment in UTC, to the microsecond, that is not before any mark there is. */
export async function readLatestMark(client: ClickHouseClient): Promise<string> {
  const result = await client.query({ query: selectLatestMark, format: 'JSONEachRow' });
  const [row] = await result.json<{ at: string }>();
  if (!row) throw new Error('the server did not tell the time');
  return row.at;
}

async function readTorn(client: ClickHouseClient, grain: RollupTable, buckets: readonly number[]): Promise<number[]> {
  const result = await client.query({ query: selectTorn(grain), query_params: { buckets }, format: 'JSONEachRow' });
  return (await result.json<{ bucket: number }>()).map(({ bucket }) => Number(bucket));
}
