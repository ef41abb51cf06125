import { expect, it } from 'vitest';
import { clampToLastDays, previousRange, rangeLengthMs } from '../../../src/web/state/time-range.ts';

it('finds the previous period of a relative range', () => {
  expect(previousRange({ from: 'now-24h', to: 'now' })).toEqual({ from: 'now-48h', to: 'now-24h' });
  expect(previousRange({ from: 'now-365d', to: 'now' })).toEqual({ from: 'now-730d', to: 'now-365d' });
});

it('finds the previous period of a custom range', () => {
  const range = { from: '2026-11-03T00:00:00.000Z', to: '2026-11-05T12:00:00.000Z' };
  expect(previousRange(range)).toEqual({ from: '2026-10-31T12:00:00.000Z', to: range.from });
  expect(rangeLengthMs(range)).toBe(60 * 3_600_000);
});

it('takes the last days of a custom range, not of today', () => {
  expect(clampToLastDays({ from: 'now-365d', to: 'now' }, 30)).toEqual({ from: 'now-30d', to: 'now' });
  const to = '2026-05-31T12:00:00.000Z';
  expect(clampToLastDays({ from: '2026-01-01T00:00:00.000Z', to }, 30)).toEqual({ from: '2026-05-01T12:00:00.000Z', to });
});

it('computes the length of a range', () => {
  expect([rangeLengthMs({ from: 'now-6h', to: 'now' }), rangeLengthMs({ from: 'now-30d', to: 'now' })]).toEqual([
    6 * 3_600_000,
    30 * 86_400_000,
  ]);
});
