import { expect, it } from 'vitest';
import { parseTimeExpression, toIso } from '../../src/lib/time.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

it.each([
  ['now', now],
  ['now-90m', now - 90 * 60_000],
  ['2026-11-01', Date.parse('2026-11-01T00:00:00Z')],
  ['2026-11-01T09:30:00+02:00', Date.parse('2026-11-01T07:30:00Z')],
])('reads %s', (text, time) => {
  expect(parseTimeExpression(text, now)).toBe(time);
});

it.each(['', 'now-', 'now-7', 'now+1h', 'yesterday', '2026-11-01T09:30:00', '2026-13-01'])('rejects %j as a time', (text) => {
  expect(parseTimeExpression(text, now)).toBeUndefined();
});

it('formats a time in UTC', () => {
  expect(toIso(now)).toBe('2026-11-20T12:00:00.000Z');
});
