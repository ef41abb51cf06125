import { expect, it } from 'vitest';
import { lastDays, lengthOf, previousSpan } from '../../../src/web/state/previous-span.ts';

it('goes back by the length of a range that ends now', () => {
  expect(previousSpan({ from: 'now-24h', to: 'now' })).toEqual({ from: 'now-48h', to: 'now-24h' });
  expect(previousSpan({ from: 'now-365d', to: 'now' })).toEqual({ from: 'now-730d', to: 'now-365d' });
});

it('goes back by the length of a stretch of the past', () => {
  const span = { from: '2026-11-03T00:00:00.000Z', to: '2026-11-05T12:00:00.000Z' };
  expect(previousSpan(span)).toEqual({ from: '2026-10-31T12:00:00.000Z', to: span.from });
  expect(lengthOf(span)).toBe(60 * 3_600_000);
});

it('takes the last days of a stretch, not those before now', () => {
  expect(lastDays({ from: 'now-365d', to: 'now' }, 30)).toEqual({ from: 'now-30d', to: 'now' });
  const to = '2026-05-31T12:00:00.000Z';
  expect(lastDays({ from: '2026-01-01T00:00:00.000Z', to }, 30)).toEqual({ from: '2026-05-01T12:00:00.000Z', to });
});

it('knows how long a range is', () => {
  expect([lengthOf({ from: 'now-6h', to: 'now' }), lengthOf({ from: 'now-30d', to: 'now' })]).toEqual([6 * 3_600_000, 30 * 86_400_000]);
});
