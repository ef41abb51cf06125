import { expect, test } from 'vitest';
import type { Evaluation } from '../../src/domain/alert.ts';
import { type IncidentPart, mergeIncidents } from '../../src/domain/incident.ts';

const minute = 60_000;

/** A part whose window of an hour ends at `at` minutes. */
function part(at: number, until: number | undefined, more: Partial<Evaluation> = {}, rest: Partial<IncidentPart> = {}): IncidentPart {
  const evaluation: Evaluation = {
    ...{ metric: 'netSentiment', direction: 'down', observed: -47, expected: -17, low: -30, high: -4, z: -5, posts: 90 },
    ...{ from: (at - 60) * minute, to: at * minute, baseline: null },
    ...more,
  };
  const resolvedAt = until === undefined ? undefined : until * minute;
  return { brand: 'Kestrel', at: at * minute, resolvedAt, evaluation, worst: evaluation, ...rest };
}
const volume = { metric: 'volume', direction: 'up', observed: 400, expected: 80 } as const;
const alert = { id: 'a', rule: 'sentiment', severity: 'critical', at: 135 * minute, channels: ['ops'], acked: false, updates: [] } as const;
const summary = (parts: readonly IncidentPart[]) =>
  mergeIncidents(parts).map(({ at, resolvedAt, worst }) => [at / minute, resolvedAt && resolvedAt / minute, worst.metric, worst.observed]);

test('an alert, an earlier anomaly and a change in volume that touch are one incident from the first beginning, with the worst value', () => {
  const parts = [
    part(135, undefined, {}, { alert }),
    part(5, 116, { observed: -50 }, { worst: { ...part(5, 116).evaluation, observed: -66 } }),
    part(20, 40, volume),
  ];
  expect(summary(parts)).toEqual([[5, undefined, 'netSentiment', -66]]);
  expect(mergeIncidents(parts)).toMatchObject([{ from: -55 * minute, isAdverse: true, volume, alerts: [alert] }]);
});

test('parts of other brands, and those that do not overlap, stay apart', () => {
  expect(summary([part(0, 30), part(120, 150), part(0, 30, {}, { brand: 'Osprey' })])).toHaveLength(3);
});

test('a fall and the rise after it are two incidents; the fall comes first', () => {
  expect(summary([part(60, undefined, { direction: 'up', observed: 40 }), part(0, 90), part(10, 20, volume)])).toEqual([
    [0, 90, 'netSentiment', -47],
    [60, undefined, 'netSentiment', 40],
  ]);
});

test('a change in volume alone is neither adverse nor favorable, and a missing feed is an incident of its own', () => {
  const found = mergeIncidents([part(0, 30, volume, { brand: '*' }), part(0, 20, { metric: 'noData' }, { brand: '*' })]);
  expect(found.map(({ isAdverse, worst }) => [isAdverse, worst.metric])).toEqual([
    [true, 'noData'],
    [false, 'volume'],
  ]);
});

test('an ongoing adverse incident comes before resolved ones, and a brand before all posts', () => {
  const order = mergeIncidents([
    part(500, 600),
    part(0, undefined, {}, { brand: '*' }),
    part(0, undefined, {}, { brand: 'Osprey' }),
    part(700, undefined, { direction: 'up' }, { brand: 'Heron' }),
  ]).map(({ brand }) => brand);
  expect(order).toEqual(['Osprey', '*', 'Kestrel', 'Heron']);
});
