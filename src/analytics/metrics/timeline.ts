import type { ClickHouseClient } from '@clickhouse/client';
import type { Bucket, Grain, Timeline } from '../../domain/brand-metrics.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { countPendingInTimeline, type Range, readTimelineSums, type TimelineRow } from '../../sink/queries/metrics.ts';
import { calibrateNet } from '../calibration/apply.ts';
import { type Calibrations, noCalibrations } from '../calibration/calibrations.ts';
import { netSentimentInterval } from './intervals.ts';
import { toCounts, toMeans } from './metrics.ts';

/**
 * Metrics of a brand (`*`: all posts) over time. Hour to month buckets (weeks start on Monday) follow `timeZone`
 * (IANA, DST included), as sums of 15-minute rows in UTC: exact if the zone's offset is a multiple of 15
 * minutes, as all have been since 1972. The first and the last bucket are cut to the range. Minute buckets are
 * available for 30 days.
 * @throws USAGE for an empty range
 */
export async function readTimeline(
  reader: ClickHouseClient,
  query: Range & { brand: string; grain: Grain; timeZone: string },
  now = Date.now(),
  calibrations: Calibrations = noCalibrations,
): Promise<Timeline> {
  const pending = await countPendingInTimeline(reader, query);
  const rows = await readTimelineSums(reader, query);
  const calibrationOf = await calibrations.readFor([query.brand], query);
  const calibration = calibrationOf(query.brand);
  return {
    calibration,
    buckets: rows.filter(({ arrived }) => arrived).map((row) => toBucket(row, calibration)),
    gaps: rows.filter(({ arrived, start }) => !arrived && start * 1_000 < now).map(toIsoStart),
    pending,
  };
}

const toIsoStart = ({ start }: TimelineRow): string => new Date(start * 1_000).toISOString();

function toBucket(row: TimelineRow, calibration: Calibration): Bucket {
  const calibrated = calibrateNet(row, calibration, row.corrected);
  const counts = toCounts(row, calibrated);
  const netSentiment = netSentimentInterval(counts.positive, counts.negative, counts.neutral);
  return { start: toIsoStart(row), ...counts, ...toMeans(row), intervals: { netSentiment, calibratedNetSentiment: calibrated.interval } };
}
