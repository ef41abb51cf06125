import type { ClickHouseClient } from '@clickhouse/client';
import type { Bucket, Grain, Timeline } from '../../domain/brand-metrics.ts';
import { type Range, toSeconds } from '../../sink/queries/range.ts';
import { readRows } from '../../sink/queries/read-rows.ts';
import { minuteRollup, quarterRollup, selectTimeline } from '../../sink/queries/reading.ts';
import { type SumsRow, toFigures, toMeans } from './figures.ts';
import { netSentimentInterval } from './intervals.ts';

type Row = SumsRow & { readonly start: number | string; readonly arrived: 0 | 1 };

/**
 * Figures of a brand (`*`: all posts) over time. Hours, days, weeks (from Monday) and months are those of `timeZone`
 * (IANA), daylight saving included, as sums of quarter-hours in UTC: exact wherever the zone's offset is a multiple
 * of 15 minutes, as all have been since 1972. The first and the last bucket hold what of them lies in the range.
 * Minutes reach back 30 days.
 * @throws USAGE for an empty range
 */
export async function timeline(
  reader: ClickHouseClient,
  query: Range & { brand: string; grain: Grain; timeZone: string },
  now = Date.now(),
): Promise<Timeline> {
  const { brand, grain, timeZone } = query;
  const rollup = grain === 'minute' ? minuteRollup : quarterRollup;
  const rows = await readRows<Row>(reader, selectTimeline(rollup, grain), { brand, timeZone, ...toSeconds(query, rollup) });
  const isGap = ({ arrived }: Row): boolean => Number(arrived) === 0;
  return {
    buckets: rows.filter((row) => !isGap(row)).map(toBucket),
    gaps: rows.filter((row) => isGap(row) && Number(row.start) * 1_000 < now).map(startOf),
  };
}

const startOf = ({ start }: Row): string => new Date(Number(start) * 1_000).toISOString();

function toBucket(row: Row): Bucket {
  const figures = toFigures(row);
  const intervals = { netSentiment: netSentimentInterval(figures.positive, figures.negative, figures.neutral) };
  return { start: startOf(row), ...figures, ...toMeans(row), intervals };
}
