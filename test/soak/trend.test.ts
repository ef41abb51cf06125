import { expect, test } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';
import { theilSen } from './trend.ts';

const line = (count: number, y: (x: number) => number) => Array.from({ length: count }, (_, x) => [x, y(x)] as const);

test('a straight line has its exact slope and a zero-width interval', () => {
  expect(theilSen(line(50, (x) => 3 - 2 * x))).toEqual({ slope: -2, low: -2, high: -2 });
});

test('up to 20% outliers do not change the slope', () => {
  expect(theilSen(line(100, (x) => (x % 5 === 0 ? 1e6 : 2 * x)))?.slope).toBeCloseTo(2, 1);
});

test('for noise the interval contains zero, for any sample size', () => {
  const random = createRandom(3);
  const trend = theilSen(line(2_000, () => random()));
  expect(trend?.low).toBeLessThan(0);
  expect(trend?.high).toBeGreaterThan(0);
  expect(Math.abs(trend?.slope ?? 1)).toBeLessThan(1e-4);
});

test('fewer than ten samples have no trend', () => {
  expect(theilSen(line(9, (x) => x))).toBeUndefined();
});
