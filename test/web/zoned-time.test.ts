import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toLocalTime, toUtc } from '../../src/web/zoned-time.ts';

const zones = ['UTC', 'Asia/Kolkata', 'Pacific/Auckland', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham'];

it('leads from a minute to the wall and back', () => {
  const minutes = fc.integer({ min: Date.UTC(2000, 0) / 60_000, max: Date.UTC(2040, 0) / 60_000 });
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
      const local = toLocalTime(minute * 60_000, zone);
      // An hour is on the wall twice when clocks are put back.
      expect(toLocalTime(toUtc(local, zone) ?? 0, zone)).toBe(local);
    }),
  );
});

it('tells the time on the wall', () => {
  expect(toLocalTime(Date.UTC(2026, 6, 1, 12, 0), 'Asia/Kolkata')).toBe('2026-07-01T17:30');
  expect(toUtc('2026-07-01T17:30', 'Asia/Kolkata')).toBe(Date.UTC(2026, 6, 1, 12, 0));
});

it('takes the first of two hours, and the hour after one that is left out', () => {
  expect(toUtc('2026-11-01T01:30', 'America/New_York')).toBe(Date.UTC(2026, 10, 1, 5, 30));
  expect(toUtc('2026-03-08T02:30', 'America/New_York')).toBe(Date.UTC(2026, 2, 8, 7, 30));
  expect(toLocalTime(Date.UTC(2026, 2, 8, 7, 30), 'America/New_York')).toBe('2026-03-08T03:30');
});

it('knows no time that is none', () => {
  expect(toUtc('', 'UTC')).toBeUndefined();
  expect(toUtc('tomorrow', 'UTC')).toBeUndefined();
});
