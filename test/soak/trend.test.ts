import { expect, test } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';
import { theilSen } from './trend.ts';

const line = (count: number, y: (x: number) => number) => Array.from({ length: count }, (_, x) => [x, y(x)] as const);

test('a line has its own slope, and no doubt about it', () => {
  expect(theilSen(line(50, (x) => 3 - 2 * x))).toEqual({ slope: -2, low: -2, high: -2 });
});

test('outliers, up to a fifth of the samples, do not change the slope', () => {
  expect(theilSen(line(100, (x) => (x % 5 === 0 ? 1e6 : 2 * x)))?.slope).toBeCloseTo(2, 1);
});

test('noise alone has a slope of nought within its interval, however many samples there are', () => {
  const random = createRandom(3);
  const trend = theilSen(line(2_000, () => random()));
  expect(trend?.low).toBeLessThan(0);
  expect(trend?.high).toBeGreaterThan(0);
  expect(Math.abs(trend?.slope ?? 1)).toBeLessThan(1e-4);
});

test('a few samples have no trend', () => {
  expect(theilSen(line(9, (x) => x))).toBeUndefined();
});
