import { expect, it } from 'vitest';
import { type CalendarContext, calendarPresets, calendarRange, firstDayOfWeek, yearBefore } from '../../../src/web/state/calendar.ts';

/** A Sunday in Kolkata, still Saturday in London. */
const now = Date.UTC(2026, 10, 28, 20, 15);
const kolkata: CalendarContext = { timeZone: 'Asia/Kolkata', now, firstDay: 1 };

it.each([
  ['today', '2026-11-28T18:30:00.000Z', 'now'],
  ['yesterday', '2026-11-27T18:30:00.000Z', '2026-11-28T18:30:00.000Z'],
  ['this-week', '2026-11-22T18:30:00.000Z', 'now'],
  ['last-week', '2026-11-15T18:30:00.000Z', '2026-11-22T18:30:00.000Z'],
  ['this-month', '2026-10-31T18:30:00.000Z', 'now'],
  ['last-month', '2026-09-30T18:30:00.000Z', '2026-10-31T18:30:00.000Z'],
  ['this-quarter', '2026-09-30T18:30:00.000Z', 'now'],
  ['last-quarter', '2026-06-30T18:30:00.000Z', '2026-09-30T18:30:00.000Z'],
] as const)('%s begins at midnight in the time zone', (preset, from, to) => {
  expect(calendarRange(preset, kolkata)).toEqual({ from, to });
});

it('has every preset above', () => {
  expect(calendarPresets).toHaveLength(8);
});

it('begins weeks on the first day of the locale', () => {
  expect(calendarRange('this-week', { ...kolkata, firstDay: 7 }).from).toBe('2026-11-28T18:30:00.000Z');
  expect([firstDayOfWeek('en-US'), firstDayOfWeek('de-DE')]).toEqual([7, 1]);
});

it('counts days that have 23 or 25 hours', () => {
  const berlin = { timeZone: 'Europe/Berlin', now: Date.UTC(2026, 9, 26, 12), firstDay: 1 };
  expect(calendarRange('yesterday', berlin)).toEqual({ from: '2026-10-24T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
  expect(calendarRange('last-week', berlin)).toEqual({ from: '2026-10-18T22:00:00.000Z', to: '2026-10-25T23:00:00.000Z' });
});

it('goes from January to the last quarter of the year before', () => {
  expect(calendarRange('last-quarter', { timeZone: 'UTC', now: Date.UTC(2026, 0, 3), firstDay: 1 })).toEqual({
    from: '2025-10-01T00:00:00.000Z',
    to: '2026-01-01T00:00:00.000Z',
  });
});

it('finds the same period of the year before, across a change of the clocks', () => {
  const range = { from: '2026-03-29T10:00:00.000Z', to: 'now' };
  expect(yearBefore(range, 'Europe/Berlin', Date.UTC(2026, 3, 1, 10))).toEqual({
    from: '2025-03-29T11:00:00.000Z',
    to: '2025-04-01T10:00:00.000Z',
  });
});
