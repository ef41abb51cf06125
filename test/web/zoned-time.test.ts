import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeRangeForFile, fromLocalTime, toLocalTime } from '../../src/web/zoned-time.ts';

const zones = ['UTC', 'Asia/Kolkata', 'Pacific/Auckland', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Chatham'];

it('converts every minute to local time and back', () => {
  const minutes = fc.integer({ min: Date.UTC(2000, 0) / 60_000, max: Date.UTC(2040, 0) / 60_000 });
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
      const local = toLocalTime(minute * 60_000, zone);
      // When clocks are set back, one hour occurs twice.
      expect(toLocalTime(fromLocalTime(local, zone) ?? 0, zone)).toBe(local);
    }),
  );
});

it('formats local times', () => {
  expect(toLocalTime(Date.UTC(2026, 6, 1, 12, 0), 'Asia/Kolkata')).toBe('2026-07-01T17:30');
  expect(fromLocalTime('2026-07-01T17:30', 'Asia/Kolkata')).toBe(Date.UTC(2026, 6, 1, 12, 0));
});

it('takes the first of two ambiguous hours, and shifts a skipped one', () => {
  expect(fromLocalTime('2026-11-01T01:30', 'America/New_York')).toBe(Date.UTC(2026, 10, 1, 5, 30));
  expect(fromLocalTime('2026-03-08T02:30', 'America/New_York')).toBe(Date.UTC(2026, 2, 8, 7, 30));
  expect(toLocalTime(Date.UTC(2026, 2, 8, 7, 30), 'America/New_York')).toBe('2026-03-08T03:30');
});

it('returns undefined for an invalid time', () => {
  expect(fromLocalTime('', 'UTC')).toBeUndefined();
  expect(fromLocalTime('tomorrow', 'UTC')).toBeUndefined();
});

it('names a range, or the start and end of a custom range in the time zone', () => {
  const days = { from: '2026-10-31T18:30:00.000Z', to: '2026-11-02T18:30:00.000Z' };
  const hours = { from: '2026-11-01T10:00:00.000Z', to: '2026-11-01T12:30:00.000Z' };
  expect(describeRangeForFile({ preset: '7d' }, 'UTC')).toBe('7d');
  expect(describeRangeForFile({ preset: '24h', customRange: days }, 'Asia/Kolkata')).toBe('2026-11-01 to 2026-11-03');
  expect(describeRangeForFile({ preset: '24h', customRange: hours }, 'UTC')).toBe('2026-11-01T10:00 to 2026-11-01T12:30');
});
