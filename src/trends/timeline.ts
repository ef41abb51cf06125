import type { ClickHouseClient } from '@clickhouse/client';
import type { Bucket, Grain } from '../history.ts';
import { type CountsRow, toFigures } from './figures.ts';
import { bucketStarts, minuteRollup, quarterRollup, selectTimeline } from './queries.ts';
import { type Range, toSeconds } from './range.ts';

/**
 * Figures of a brand (`*`: all posts) over time. Buckets without posts are absent: a gap is a gap. Hours, days
 * and weeks (from Monday) are those of `timeZone` (IANA), which changes neither minutes nor quarter-hours.
 * Minutes reach back 30 days.
 * @throws USAGE for an empty range
 */
export async function timeline(
  reader: ClickHouseClient,
  query: Range & { brand: string; grain: Grain; timeZone: string },
): Promise<Bucket[]> {
  const { brand, grain, timeZone } = query;
  const rollup = grain === 'minute' ? minuteRollup : quarterRollup;
  const result = await reader.query({
    query: selectTimeline(rollup, bucketStarts[grain]),
    query_params: { brand, timeZone, ...toSeconds(query, rollup) },
    format: 'JSONEachRow',
  });
  const rows = await result.json<CountsRow & { start: number }>();
  return rows
    .map((row) => ({ start: new Date(Number(row.start) * 1_000).toISOString(), ...toFigures(row) }))
    .filter(({ volume }) => volume > 0);
}
