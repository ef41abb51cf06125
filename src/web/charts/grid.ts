import type { Bucket } from '../../domain/brand-metrics.ts';
import type { StoredLabel } from '../../domain/post.ts';
import type { Trends } from '../api/history.ts';
import type { TimeRange } from '../state/view-state.ts';

export const stackedLabels = ['unscored', 'positive', 'neutral', 'negative'] as const;

const grainSeconds = { minute: 60, '15m': 900, hour: 3_600, day: 86_400, week: 604_800, month: 2_629_800 } as const;

/** Buckets on a regular time grid. Without data a bucket is undefined, and lines have a gap. */
export interface BucketGrid {
  /** The middle of each bucket, in seconds since 1970. */
  readonly midpoints: readonly number[];
  readonly buckets: readonly (Bucket | undefined)[];
  /** Length of a bucket in seconds. */
  readonly stepSeconds: number;
}

export function toBucketGrid({ buckets, grain, from, to }: Trends): BucketGrid {
  const stepSeconds = grainSeconds[grain];
  const byStart = new Map(buckets.map((bucket) => [Date.parse(bucket.start) / 1_000, bucket]));
  const known = [...byStart.keys()];
  const [start, end] = [Date.parse(from) / 1_000, Date.parse(to) / 1_000];
  const anchor = known[0] ?? Math.floor(start / stepSeconds) * stepSeconds;
  const starts = new Set(known);
  // With daylight saving time, days last 23 or 25 hours twice a year: buckets and the end may be an hour off the grid.
  const tolerance = stepSeconds >= grainSeconds.day ? stepSeconds / 20 : 0;
  for (let time = anchor - Math.floor((anchor - start) / stepSeconds) * stepSeconds; time < end - tolerance; time += stepSeconds) {
    if (!known.some((other) => Math.abs(other - time) < stepSeconds / 2)) starts.add(time);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return { midpoints: sorted.map((time) => time + stepSeconds / 2), buckets: sorted.map((time) => byStart.get(time)), stepSeconds };
}

/** Calibrated net sentiment of each bucket; null without scored posts. */
export const netSentiments = ({ buckets }: BucketGrid): (number | null)[] =>
  buckets.map((bucket) => bucket?.calibratedNetSentiment ?? null);

/** The index of the last bucket if the range ends within it, so that it lacks posts; undefined if it is complete. */
export function unfinishedBucket(grid: BucketGrid, to: string): number | undefined {
  const last = grid.midpoints.length - 1;
  const end = (grid.midpoints[last] ?? Number.NEGATIVE_INFINITY) + grid.stepSeconds / 2;
  return end > Date.parse(to) / 1_000 ? last : undefined;
}

/** The largest distance from zero among all values; zero without values. */
export const furthestFromZero = (...columns: readonly (readonly (number | null)[])[]): number =>
  columns.flat().reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);

/** The upper and lower bounds of its 95% confidence interval. */
export const netIntervals = ({ buckets }: BucketGrid): (number | null)[][] =>
  (['high', 'low'] as const).map((side) => buckets.map((bucket) => bucket?.intervals.calibratedNetSentiment?.[side] ?? null));

/** For each label, its count plus those of the labels after it: bars drawn in this order look stacked. @param only counts no other label */
export function stackedCounts({ buckets }: BucketGrid, only?: StoredLabel): (number | null)[][] {
  const cumulativeCount = (bucket: Bucket, from: number): number =>
    stackedLabels.slice(from).reduce((sum, label) => sum + (only === undefined || label === only ? bucket[label] : 0), 0);
  return stackedLabels.map((_, from) => buckets.map((bucket) => (bucket ? cumulativeCount(bucket, from) : null)));
}

/** The net sentiment of the previous period, shifted onto the grid of the current one. */
export function alignPrevious(
  { midpoints, stepSeconds }: BucketGrid,
  previous: BucketGrid | undefined,
  shiftSeconds: number,
): (number | null)[] {
  if (!previous) return midpoints.map(() => null);
  const shifted = previous.midpoints.map((middle) => middle + shiftSeconds);
  const distance = (index: number, middle: number): number => Math.abs((shifted[index] ?? Number.POSITIVE_INFINITY) - middle);
  let nearest = 0;
  return midpoints.map((middle) => {
    // Across a daylight saving change, days are shifted by an hour: take the nearest bucket.
    while (nearest + 1 < shifted.length && distance(nearest + 1, middle) <= distance(nearest, middle)) nearest += 1;
    return distance(nearest, middle) < stepSeconds / 2 ? (previous.buckets[nearest]?.calibratedNetSentiment ?? null) : null;
  });
}

/** Start and end of a bucket, in seconds. It ends where the next one starts, because days and months differ in length. */
export function bucketBounds(
  { midpoints, stepSeconds }: Pick<BucketGrid, 'midpoints' | 'stepSeconds'>,
  to: string,
  index: number,
): [number, number] | undefined {
  const [middle, next] = [midpoints[index], midpoints[index + 1]];
  if (middle === undefined) return undefined;
  return [
    middle - stepSeconds / 2,
    next === undefined ? Math.max(middle + stepSeconds / 2, Date.parse(to) / 1_000) : next - stepSeconds / 2,
  ];
}

/** Widens a selection (seconds since 1970) to the buckets that it overlaps. @param to the end of the range */
export function snapToBuckets(grid: BucketGrid, to: string, from: number, until: number): [number, number] | undefined {
  const touched = grid.midpoints
    .map((_, index) => bucketBounds(grid, to, index))
    .filter((bounds) => bounds && bounds[1] > from && bounds[0] < until);
  const [first, last] = [touched[0], touched.at(-1)];
  return first && last && [first[0], Math.min(last[1], Math.max(Date.parse(to) / 1_000, first[0] + 1))];
}

export const toTimeRange = ([start, end]: readonly [number, number]): TimeRange => ({
  from: new Date(start * 1_000).toISOString(),
  to: new Date(end * 1_000).toISOString(),
});

/** The label at a height of a stacked bar. */
export function labelAt(bucket: Bucket, height: number): (typeof stackedLabels)[number] | undefined {
  let top = 0;
  return stackedLabels.findLast((label) => {
    top += bucket[label];
    return height <= top;
  });
}
