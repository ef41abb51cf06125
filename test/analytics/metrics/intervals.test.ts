import { expect, test } from 'vitest';
import {
  differenceInterval,
  meanInterval,
  netSentimentInterval,
  poissonInterval,
  weightedNetInterval,
  wilsonInterval,
} from '../../../src/analytics/metrics/intervals.ts';
import type { Interval } from '../../../src/domain/brand-metrics.ts';

const bounds = (interval: Interval | null): number[] => [interval?.low ?? Number.NaN, interval?.high ?? Number.NaN];
const closeTo = (values: readonly number[], digits = 4) => values.map((value) => expect.closeTo(value, digits));

test.each([
  [81, 263, [0.2553, 0.3662]],
  [15, 148, [0.0624, 0.1605]],
  [0, 20, [0, 0.1611]],
  [1, 29, [0.0061, 0.1718]],
])('the interval of a share of %i in %i is the one in Newcombe (1998)', (part, whole, published) => {
  expect(bounds(wilsonInterval(part, whole))).toEqual(closeTo(published));
});

test.each([
  [56, 70, 48, 80, [0.0524, 0.3339]],
  [9, 10, 3, 10, [0.1705, 0.809]],
  [6, 7, 2, 7, [0.0582, 0.8062]],
  [5, 56, 0, 29, [-0.0381, 0.1926]],
])(
  'the interval of the change of %i in %i from %i in %i is the one in Newcombe (1998)',
  (part, whole, partBefore, wholeBefore, published) => {
    const estimate = (count: number, of: number) => ({ value: count / of, ...(wilsonInterval(count, of) as Interval) }); // no whole is 0
    const change = differenceInterval(estimate(part, whole), estimate(partBefore, wholeBefore));
    expect(bounds(change)).toEqual(closeTo(published));
    expect(change.significant).toBe((published[0] ?? 0) > 0);
  },
);

test.each([
  [2, 12.706],
  [3, 4.303],
  [4, 3.182],
  [6, 2.571],
  [11, 2.228],
  [31, 2.042],
  [101, 1.984],
])('the interval of a mean of %i values is %d standard errors long on either side', (count, quantile) => {
  const values = Array.from({ length: count }, (_, index) => (index % 2 ? 0.01 : -0.01));
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value ** 2, 0);
  const error = Math.sqrt((squares - sum ** 2 / count) / (count - 1) / count);
  expect(bounds(meanInterval({ count, sum, squares }))).toEqual(
    closeTo([sum / count - quantile * error, sum / count + quantile * error], 3),
  );
});

/** How often the interval of a sample of 40 holds the truth, over every sample there is. */
function coverage(up: number, down: number): number {
  const size = 40;
  const logs = [0, 0];
  for (let n = 2; n <= size; n += 1) logs.push((logs[n - 1] ?? 0) + Math.log(n));
  const factorial = (n: number): number => logs[n] ?? 0;
  let covered = 0;
  for (let positive = 0; positive <= size; positive += 1) {
    for (let negative = 0; negative <= size - positive; negative += 1) {
      const neutral = size - positive - negative;
      const ways = factorial(size) - factorial(positive) - factorial(negative) - factorial(neutral);
      const chance = Math.exp(ways + positive * Math.log(up) + negative * Math.log(down) + neutral * Math.log(1 - up - down));
      const [low = 0, high = 0] = bounds(netSentimentInterval(positive, negative, neutral));
      const truth = 100 * (up - down);
      if (low <= truth && truth <= high) covered += chance;
    }
  }
  return covered;
}

test.each([
  [0.3, 0.2],
  [0.1, 0.1],
  [0.6, 0.3],
  [0.9, 0.05],
  [0.02, 0.5],
])('the interval of net sentiment holds the truth in about 95 samples of 100, with %d positive and %d negative', (up, down) => {
  const share = coverage(up, down);
  expect(share).toBeGreaterThan(0.93);
  expect(share).toBeLessThan(0.99);
});

test('no interval reaches beyond what its figure can be, and each holds its figure', () => {
  for (const [positive, negative, neutral] of [
    [1, 0, 0],
    [0, 3, 0],
    [500, 0, 0],
    [0, 0, 7],
    [2, 1, 90_000],
  ] as const) {
    const scored = positive + negative + neutral;
    const net = (100 * (positive - negative)) / scored;
    const [low = 0, high = 0] = bounds(netSentimentInterval(positive, negative, neutral));
    expect(low).toBeGreaterThanOrEqual(-100);
    expect(high).toBeLessThanOrEqual(100);
    expect([low <= net + 1e-9, net - 1e-9 <= high]).toEqual([true, true]);
  }
  expect(bounds(poissonInterval(0))).toEqual(closeTo([0, 3.84], 2));
});

test('a weighted figure is as sure as its posts are many, and less so where a few weigh most', () => {
  const [plain, alike] = [
    netSentimentInterval(30, 20, 50),
    weightedNetInterval({ positive: 90, negative: 60, neutral: 150, squares: 900 }),
  ];
  expect(bounds(alike)).toEqual(closeTo(bounds(plain), 9));
  const [low = 0, high = 0] = bounds(weightedNetInterval({ positive: 90, negative: 60, neutral: 150, squares: 9_000 }));
  const [plainLow = 0, plainHigh = 0] = bounds(plain);
  expect(high - low).toBeGreaterThan(2 * (plainHigh - plainLow));
});

test('of nothing there is no interval', () => {
  expect([wilsonInterval(0, 0), netSentimentInterval(0, 0, 0), meanInterval({ count: 1, sum: 1, squares: 1 })]).toEqual([null, null, null]);
  expect(weightedNetInterval({ positive: 0, negative: 0, neutral: 0, squares: 0 })).toBeNull();
});
