import { expect, test } from 'vitest';
import { computeQuantiles, createRecentMetrics } from '../../src/app/recent-metrics.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

const cumulative = (...counts: number[]) =>
  [1, 2, 4, Number.POSITIVE_INFINITY].map((bound, index) => ({ bound, count: counts[index] ?? 0 }));

test('quantiles cover the observations between two samples, linear within a bucket', () => {
  // Ten at or below 1 were there before; then ten between 1 and 2 came, and ten between 2 and 4.
  expect(computeQuantiles(cumulative(10, 10, 10, 10), cumulative(10, 20, 30, 30))).toEqual({ p50: 2, p95: 3.8 });
  expect(computeQuantiles(cumulative(0, 0, 0, 0), cumulative(20, 20, 20, 20))).toEqual({ p50: 0.5, p95: 0.95 });
});

test('beyond the last bound that bound is returned; without observations, null', () => {
  expect(computeQuantiles(cumulative(0, 0, 0, 0), cumulative(0, 0, 0, 5))).toEqual({ p50: 4, p95: 4 });
  expect(computeQuantiles(cumulative(3, 3, 3, 3), cumulative(3, 3, 3, 3))).toBeNull();
});

test('lag is the sum over partitions, and null without partitions', async () => {
  const metrics = createMetrics();
  const without = createRecentMetrics(metrics, { now: () => 0 });
  await expect.poll(() => without.quantiles('writeSeconds')).toBeNull();
  expect(without.lag()).toBeNull();
  metrics.lag.set({ topic: 'posts', partition: 0 }, 7);
  metrics.lag.set({ topic: 'posts', partition: 1 }, 5);
  const recent = createRecentMetrics(metrics, { now: () => 0 });
  await expect.poll(() => recent.lag()).toBe(12);
  without.close();
  recent.close();
});
