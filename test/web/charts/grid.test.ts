import { expect, it } from 'vitest';
import type { Bucket } from '../../../src/domain/brand-metrics.ts';
import type { Trends } from '../../../src/web/api/history.ts';
import {
  alignPrevious,
  furthestFromZero,
  labelAt,
  netSentiments,
  snapToBuckets,
  stackedCounts,
  toBucketGrid,
  unfinishedBucket,
} from '../../../src/web/charts/grid.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 1);

function bucket(at: number, counts: Partial<Record<'positive' | 'neutral' | 'negative' | 'unscored', number>> = {}): Bucket {
  const { positive = 3, neutral = 2, negative = 1, unscored = 1 } = counts;
  const calibratedNetSentiment = (100 * (positive - negative)) / (positive + neutral + negative);
  const volume = positive + neutral + negative + unscored;
  // The charts need only these fields.
  return {
    start: new Date(at).toISOString(),
    positive,
    neutral,
    negative,
    unscored,
    volume,
    calibratedNetSentiment,
    intervals: {},
  } as unknown as Bucket;
}

const trends = (buckets: readonly Bucket[], grain: Trends['grain'] = 'hour', to = start + 4 * hour): Trends =>
  ({ buckets, grain, from: new Date(start).toISOString(), to: new Date(to).toISOString() }) as unknown as Trends; // the same

it('has an undefined bucket where there is no data', () => {
  const grid = toBucketGrid(trends([bucket(start), bucket(start + 3 * hour)]));
  expect(grid.midpoints).toEqual([0, 1, 2, 3].map((step) => (start + step * hour + hour / 2) / 1_000));
  expect(netSentiments(grid).map((net) => net === null)).toEqual([false, true, true, false]);
});

it('knows a last bucket that the range cuts off', () => {
  const hours = [0, 1, 2, 3].map((step) => bucket(start + step * hour));
  expect(unfinishedBucket(toBucketGrid(trends(hours)), new Date(start + 4 * hour).toISOString())).toBeUndefined();
  expect(unfinishedBucket(toBucketGrid(trends(hours)), new Date(start + 3.5 * hour).toISOString())).toBe(3);
  expect(unfinishedBucket(toBucketGrid(trends([], 'hour', start)), new Date(start).toISOString())).toBeUndefined();
});

it('finds the value furthest from zero among several lines', () => {
  expect(furthestFromZero([null, 12], [-61, null, 3])).toBe(61);
  expect(furthestFromZero([], [null])).toBe(0);
});

it('has one slot for a day of 23 or 25 hours', () => {
  // In New York clocks were set back on 1 November 2026.
  const days = ['2026-10-31T04:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z', '2026-11-03T05:00Z'].map((day) => bucket(Date.parse(day)));
  const grid = toBucketGrid({
    ...trends(days, 'day'),
    from: '2026-10-31T04:00:00.000Z',
    to: '2026-11-04T05:00:00.000Z',
  });
  expect(grid.buckets.map((one) => one?.start)).toEqual(days.map((one) => one.start));
});

it('stacks labels, negative at the bottom, and finds the label at a height', () => {
  const one = bucket(start, { unscored: 4, positive: 3, neutral: 2, negative: 1 });
  expect(stackedCounts(toBucketGrid(trends([one], 'hour', start + hour)))).toEqual([[10], [6], [3], [1]]);
  expect([0.5, 2, 4, 9, 11].map((height) => labelAt(one, height))).toEqual(['negative', 'neutral', 'positive', 'unscored', undefined]);
});

it('aligns the previous period with the current one', () => {
  const now = toBucketGrid(trends([bucket(start), bucket(start + hour)], 'hour', start + 2 * hour));
  const earlier = start - 2 * hour;
  const before = toBucketGrid({
    ...trends([bucket(earlier + hour, { positive: 0, neutral: 0, negative: 5 })]),
    from: new Date(earlier).toISOString(),
    to: new Date(start).toISOString(),
  });
  expect(alignPrevious(now, before, 2 * 3_600)).toEqual([null, -100]);
  expect(alignPrevious(now, undefined, 0)).toEqual([null, null]);
});

it.each([
  ['London', ['10-23T23', '10-24T23', '10-26T00', '10-27T00'], ['10-31T00', '11-01T00', '11-02T00', '11-03T00'], 7],
  ['Auckland', ['09-24T12', '09-25T12', '09-26T12', '09-27T11'], ['09-28T11', '09-29T11', '09-30T11', '10-01T11'], 4],
])('aligns days across a daylight saving change with later days: %s', (_, earlier, later, days) => {
  const gridOf = (starts: readonly string[]) => {
    const times = starts.map((time) => Date.parse(`2026-${time}:00Z`));
    const buckets = times.map((at, index) => bucket(at, { positive: index, neutral: 9 - index, negative: 0 }));
    const to = (times.at(-1) ?? 0) + 24 * hour;
    return toBucketGrid({ ...trends(buckets, 'day', to), from: new Date(times[0] ?? 0).toISOString() });
  };
  const [before, now] = [gridOf(earlier), gridOf(later)];
  expect(alignPrevious(now, before, days * 86_400)).toEqual(netSentiments(before));
  expect(alignPrevious(before, now, -days * 86_400)).toEqual(netSentiments(now));
});

it('widens a dragged selection to whole buckets, and not beyond the range', () => {
  const grid = { midpoints: [50, 150, 250], buckets: [undefined, undefined, undefined], stepSeconds: 100 };
  const to = new Date(270_000).toISOString();
  expect(snapToBuckets(grid, to, 110, 130)).toEqual([100, 200]);
  expect(snapToBuckets(grid, to, 90, 210)).toEqual([0, 270]);
  expect(snapToBuckets(grid, to, 400, 500)).toBeUndefined();
});
