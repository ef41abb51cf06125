import { expect, it } from 'vitest';
import type { Bucket } from '../../../src/domain/brand-metrics.ts';
import type { Trends } from '../../../src/web/api/history.ts';
import { brandAtPoint, toLineChart } from '../../../src/web/charts/lines-view.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 1, 12);
const iso = (minutes: number): string => new Date(start + minutes * minute).toISOString();

/** One-minute buckets of a brand, each with volume and net sentiment. */
const answer = (from: number, to: number, minutes: Readonly<Record<number, readonly [number, number | null]>>): Trends =>
  ({
    grain: 'minute',
    from: iso(from),
    to: iso(to),
    // The charts need only these fields.
    buckets: Object.entries(minutes).map(
      ([at, [volume, calibratedNetSentiment]]) => ({ start: iso(Number(at)), volume, calibratedNetSentiment }) as Bucket,
    ),
  }) satisfies Trends;

/** The second response starts and ends a minute later. */
const answers = [answer(0, 3, { 0: [1, 10], 1: [3, 20], 2: [1, 30] }), answer(1, 4, { 1: [1, -20], 2: [3, -30], 3: [2, -40] })];

it('aligns brands by the start of their buckets', () => {
  const net = toLineChart('net', answers, 'UTC');
  expect(net.plotted.midpoints).toEqual([0, 1, 2, 3].map((at) => (start + (at + 0.5) * minute) / 1_000));
  expect(net.values).toEqual([
    [10, 20, 30, null],
    [null, -20, -30, -40],
  ]);
  expect(toLineChart('share', answers, 'UTC').values).toEqual([
    [1, 0.75, 0.25, 0],
    [0, 0.25, 0.75, 1],
  ]);
});

it('has an empty bucket where no brand was mentioned', () => {
  const shares = toLineChart('share', [answer(0, 3, { 0: [1, 10] }), answer(0, 3, { 2: [1, 10] })], 'UTC');
  expect(shares.values).toEqual([
    [1, null, 0],
    [0, null, 1],
  ]);
});

it('finds the brand under the pointer', () => {
  const net = toLineChart('net', answers, 'UTC');
  expect([
    brandAtPoint('net', net, 1, 5),
    brandAtPoint('net', net, 1, -5),
    brandAtPoint('net', net, 0, -90),
    brandAtPoint('net', net, 9, 0),
  ]).toEqual([0, 1, 0, undefined]);
  const shares = toLineChart('share', answers, 'UTC');
  expect([brandAtPoint('share', shares, 1, 0.9), brandAtPoint('share', shares, 1, 0.1), brandAtPoint('share', shares, 1, 1.1)]).toEqual([
    0,
    1,
    undefined,
  ]);
});

it('shows some of the brands, with their number and their share of the mentions of all', () => {
  const shares = toLineChart('share', answers, 'UTC', [1]);
  expect(shares.values).toEqual([[0, 0.25, 0.75, 1]]);
  expect([shares.plotted.values, shares.plotted.numbers]).toEqual([[[0, 0.25, 0.75, 1]], [2]]);
});
