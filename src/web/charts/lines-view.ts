import type { Trends } from '../api/history.ts';
import type { TimeRange } from '../state/view-state.ts';
import { type BucketGrid, toBucketGrid } from './grid.ts';

/** Several brands on a common time axis. */
export interface PlottedLines {
  readonly midpoints: readonly number[];
  /** By brand: net sentiment in points, or the share of voice from 0 to 1. */
  readonly values: readonly (readonly (number | null)[])[];
  /** By brand, its number in the legend. */
  readonly numbers: readonly number[];
  readonly grid: BucketGrid;
  readonly timeZone: string;
  readonly range: TimeRange;
}

export interface LineChartData {
  readonly plotted: PlottedLines;
  /** By brand, as displayed in the legend: shares are not stacked here. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly grid: BucketGrid;
}

/**
 * Aligns the brands by the start of their buckets: responses to separate requests may start and end a bucket apart, when
 * the clock moved on between them.
 * @param shown indexes of the brands to show; shares are of the mentions of all
 */
export function toLineChart(
  kind: 'net' | 'share',
  trends: readonly Trends[],
  timeZone: string,
  shown: readonly number[] = trends.map((_, index) => index),
): LineChartData {
  const range = {
    from: trends.map(({ from }) => from).sort()[0] ?? '',
    to:
      trends
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? '',
  };
  const all = new Map(trends.flatMap(({ buckets }) => buckets.map((bucket) => [bucket.start, bucket] as const)));
  const buckets = [...all.values()].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const grid = toBucketGrid({ ...range, buckets, grain: trends[0]?.grain ?? 'hour' });
  const rows = trends.map((trend) => {
    const own = new Map(trend.buckets.map((bucket) => [bucket.start, bucket]));
    return grid.buckets.map((bucket) => own.get(bucket?.start ?? ''));
  });
  const mentions = grid.buckets.map((_, row) => rows.reduce((sum, own) => sum + (own[row]?.volume ?? 0), 0));
  const values = shown.map((index) =>
    (rows[index] ?? []).map((bucket, row) => {
      if (kind === 'net') return bucket?.calibratedNetSentiment ?? null;
      return mentions[row] ? (bucket?.volume ?? 0) / mentions[row] : null;
    }),
  );
  const plotted = kind === 'net' ? values : stackValues(values);
  const numbers = shown.map((index) => index + 1);
  return { plotted: { midpoints: grid.midpoints, values: plotted, numbers, grid, timeZone, range }, values, grid };
}

/** Each brand's share plus those of the brands after it: areas drawn in this order look stacked. */
function stackValues(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return values.map((own, place) =>
    own.map((value, row) => (value === null ? null : values.slice(place).reduce((sum, other) => sum + (other[row] ?? 0), 0))),
  );
}

/**
 * The index of the brand under the pointer: the nearest line, or the area at that height. Undefined if there is none.
 */
export function brandAtPoint(
  kind: 'net' | 'share',
  { plotted: { values } }: LineChartData,
  row: number,
  height: number,
): number | undefined {
  const valuesAtBucket = values.map((own) => own[row] ?? null);
  // The areas are stacked: the last one that reaches this height is on top.
  if (kind === 'share') return validIndex(valuesAtBucket.findLastIndex((top) => top !== null && height <= top));
  const distances = valuesAtBucket.map((value) => (value === null ? Number.POSITIVE_INFINITY : Math.abs(value - height)));
  const least = Math.min(...distances);
  return Number.isFinite(least) ? distances.indexOf(least) : undefined;
}

const validIndex = (place: number): number | undefined => (place < 0 ? undefined : place);
