import type { Bucket } from '../../domain/brand-metrics.ts';
import type { Trends } from '../api/history.ts';
import type { Span } from '../state/view-state.ts';

export const stackedLabels = ['unscored', 'positive', 'neutral', 'negative'] as const;

const secondsOf = { minute: 60, quarter: 900, hour: 3_600, day: 86_400, week: 604_800, month: 2_629_800 } as const;

/** Buckets on an even grid of time. Where no data came there is no bucket, and a line breaks. */
export interface Grid {
  /** The middle of each bucket, in seconds since 1970. */
  readonly middles: readonly number[];
  readonly buckets: readonly (Bucket | undefined)[];
  /** Length of a bucket in seconds. */
  readonly step: number;
}

export function toGrid({ buckets, grain, from, to }: Trends): Grid {
  const step = secondsOf[grain];
  const byStart = new Map(buckets.map((bucket) => [Date.parse(bucket.start) / 1_000, bucket]));
  const known = [...byStart.keys()];
  const [start, end] = [Date.parse(from) / 1_000, Date.parse(to) / 1_000];
  const anchor = known[0] ?? Math.floor(start / step) * step;
  const starts = new Set(known);
  // Days are 23 or 25 hours long twice a year: a bucket near the grid stands for its place, and the end may lie an hour off it.
  const slack = step >= secondsOf.day ? step / 20 : 0;
  for (let time = anchor - Math.floor((anchor - start) / step) * step; time < end - slack; time += step) {
    if (!known.some((other) => Math.abs(other - time) < step / 2)) starts.add(time);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return { middles: sorted.map((time) => time + step / 2), buckets: sorted.map((time) => byStart.get(time)), step };
}

/** Net sentiment of each bucket; null where nothing is scored. */
export const netSentiments = ({ buckets }: Grid): (number | null)[] => buckets.map((bucket) => bucket?.netSentiment ?? null);

/** The upper and the lower bounds of its 95 % interval. */
export const netIntervals = ({ buckets }: Grid): (number | null)[][] =>
  (['high', 'low'] as const).map((side) => buckets.map((bucket) => bucket?.intervals.netSentiment?.[side] ?? null));

/** For each label its count and those of the labels after it: bars painted in this order look stacked. */
export function stackedCounts({ buckets }: Grid): (number | null)[][] {
  const upTo = (bucket: Bucket, from: number): number => stackedLabels.slice(from).reduce((sum, label) => sum + bucket[label], 0);
  return stackedLabels.map((_, from) => buckets.map((bucket) => (bucket ? upTo(bucket, from) : null)));
}

/** The net sentiment of the period before, moved onto the grid of this one. */
export function laidOver({ middles, step }: Grid, before: Grid | undefined, shiftSeconds: number): (number | null)[] {
  if (!before) return middles.map(() => null);
  const shifted = before.middles.map((middle) => middle + shiftSeconds);
  const distance = (place: number, middle: number): number => Math.abs((shifted[place] ?? Number.POSITIVE_INFINITY) - middle);
  let place = 0;
  return middles.map((middle) => {
    // Days on the two sides of a change of the clocks lie an hour beside each other: the nearest one is meant.
    while (place + 1 < shifted.length && distance(place + 1, middle) <= distance(place, middle)) place += 1;
    return distance(place, middle) < step / 2 ? (before.buckets[place]?.netSentiment ?? null) : null;
  });
}

/** When a bucket begins and ends, in seconds. It ends where the next one begins: days and months differ in length. */
export function boundsOf({ middles, step }: Pick<Grid, 'middles' | 'step'>, to: string, index: number): [number, number] | undefined {
  const [middle, next] = [middles[index], middles[index + 1]];
  if (middle === undefined) return undefined;
  return [middle - step / 2, next === undefined ? Math.max(middle + step / 2, Date.parse(to) / 1_000) : next - step / 2];
}

export const toSpan = ([start, end]: readonly [number, number]): Span => ({
  from: new Date(start * 1_000).toISOString(),
  to: new Date(end * 1_000).toISOString(),
});

/** The label whose part of a stacked bar lies at a height. */
export function labelAt(bucket: Bucket, height: number): (typeof stackedLabels)[number] | undefined {
  let top = 0;
  return stackedLabels.findLast((label) => {
    top += bucket[label];
    return height <= top;
  });
}
