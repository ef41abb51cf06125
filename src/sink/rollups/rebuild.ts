import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../lib/clock.ts';
import type { Database } from '../client/connection.ts';
import { countPending, selectExtent, selectMinutes } from '../queries/writing.ts';
import { markDirty } from './dirty-minutes.ts';
import { readLatestMark } from './recompute-dirty.ts';

const daySeconds = 86_400;
const pollMs = 250;

/** Seconds since 1970; `from` belongs to it, `to` does not. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** How far a long job is, in steps of its own. */
export type ReportProgress = (done: number, total: number) => void;

/** Both ends of a range, as far as there are posts, in whole minutes; none where there are none. */
export async function clampToPosts(client: ClickHouseClient, range: TimeRange): Promise<TimeRange | undefined> {
  const [row] = await (await client.query({ query: selectExtent, format: 'JSONEachRow' })).json<{ first: number; last: number }>();
  const from = Math.max(range.from, Number(row?.first ?? 0));
  const to = Math.min(range.to, Number(row?.last ?? 0) + 60);
  return from < to ? { from, to } : undefined;
}

/** Says of every minute of a range that holds posts or figures that it has changed. */
export async function markRange(client: ClickHouseClient, range: TimeRange, signal?: AbortSignal): Promise<void> {
  for (let from = range.from; from < range.to; from += daySeconds) {
    signal?.throwIfAborted();
    const query_params = { from, to: Math.min(range.to, from + daySeconds) };
    const result = await client.query({ query: selectMinutes, query_params, format: 'JSONEachRow' });
    await markDirty(
      client,
      (await result.json<{ minute: number }>()).map(({ minute }) => Number(minute)),
      signal,
    );
  }
}

/**
 * Waits until every figure of a range has been computed from what is stored now, by whichever process. `settle`
 * computes where nobody else may do so. Reports minutes, and answers with how many they were.
 */
export async function waitForFigures(
  { db, clock, settle }: { db: Database; clock: Clock; settle?: (() => Promise<void>) | undefined },
  range: TimeRange,
  report: ReportProgress,
  signal?: AbortSignal,
): Promise<number> {
  const until = await readLatestMark(db.upkeep);
  const pending = async (): Promise<number> => {
    const result = await db.upkeep.query({ query: countPending, query_params: { ...range, until }, format: 'JSONEachRow' });
    return Number((await result.json<{ minutes: number | string }>())[0]?.minutes ?? 0);
  };
  const total = await pending();
  report(0, total);
  const settled = settle?.();
  // A fault of it must not go unheard while this waits.
  let fault: unknown;
  settled?.catch((thrown: unknown) => {
    fault = thrown;
  });
  for (let left = total; left > 0; left = await pending()) {
    signal?.throwIfAborted();
    if (fault) throw fault;
    report(total - left, total);
    await clock.sleep(pollMs, signal);
  }
  await settled;
  report(total, total);
  return total;
}
