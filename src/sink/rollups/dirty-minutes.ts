import type { ClickHouseClient } from '@clickhouse/client';
import { insertRows } from '../client/insert.ts';
import { insertMarks, type RollupTable, selectPending } from '../queries/writing.ts';

const never = '1970-01-01 00:00:00';
const endOfTime = '2200-01-01 00:00:00';

/** A minute (seconds since 1970), and the latest mark that it bears. */
export interface DirtyMinute {
  readonly minute: number;
  readonly mark: string;
}

/**
 * Says that rows of these minutes (seconds since 1970) have changed. Send it only after the rows are
 * acknowledged: whoever reads the mark, and then the rows, has seen them.
 */
export async function markDirty(client: ClickHouseClient, minutes: readonly number[], signal?: AbortSignal): Promise<void> {
  if (minutes.length === 0) return;
  await client.command({ query: insertMarks, query_params: { minutes }, ...(signal ? { abort_signal: signal } : {}) });
}

/**
 * Minutes whose rows changed after `grain` last saw them, if that was before `until`; newest first. Whoever reads
 * the raw rows after this sees all that was marked up to these marks.
 */
export async function readDirty(client: ClickHouseClient, grain: RollupTable, limit: number, until = endOfTime): Promise<DirtyMinute[]> {
  const result = await client.query({ query: selectPending(grain), query_params: { until, limit }, format: 'JSONEachRow' });
  return (await result.json<DirtyMinute>()).map(({ minute, mark }) => ({ minute: Number(minute), mark }));
}

/** Records that `grain` has seen every change of these minutes up to their marks. */
export async function recordDone(client: ClickHouseClient, grain: RollupTable, seen: readonly DirtyMinute[]): Promise<void> {
  await insertRows(
    client,
    'rollup_dirty_minutes',
    seen.map(({ minute, mark }) => ({ minute, marked_at: never, [`${grain.table}_done`]: mark })),
  );
}
