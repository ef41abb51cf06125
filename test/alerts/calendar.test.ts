import { describe, expect, test } from 'vitest';
import { configuredEvents, effectOf, isQuietAt } from '../../src/alerts/calendar.ts';
import { quietHours, type Weekday } from '../../src/config/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';

const parse = (from: string | undefined, to: string | undefined, days?: readonly Weekday[]) =>
  quietHours.parse({ ...(from && { from }), ...(to && { to }), ...(days && { days }) });

describe('quiet hours', () => {
  // 2026-05-22 is a Friday. Berlin is two hours ahead of UTC.
  test.each<[string, ReturnType<typeof parse>, string, boolean]>([
    ['within', parse('12:00', '14:00'), '2026-05-20T11:30:00Z', true],
    ['at their end', parse('12:00', '14:00'), '2026-05-20T12:00:00Z', false],
    ['of the night, in the evening', parse('22:00', '07:00'), '2026-05-20T20:00:00Z', true],
    ['of the night, in the morning', parse('22:00', '07:00'), '2026-05-21T04:59:00Z', true],
    ['of the night, at noon', parse('22:00', '07:00'), '2026-05-21T10:00:00Z', false],
    ['of Friday night, on Friday evening', parse('22:00', '07:00', ['fri']), '2026-05-22T21:00:00Z', true],
    ['of Friday night, on Saturday morning', parse('22:00', '07:00', ['fri']), '2026-05-23T04:00:00Z', true],
    ['of Friday night, on Friday morning', parse('22:00', '07:00', ['fri']), '2026-05-22T04:00:00Z', false],
    ['of Friday night, on Saturday evening', parse('22:00', '07:00', ['fri']), '2026-05-23T21:00:00Z', false],
    [
      'of the weekend, on Saturday in Berlin, still Friday in UTC',
      parse(undefined, undefined, ['sat', 'sun']),
      '2026-05-22T22:30:00Z',
      true,
    ],
    ['of the weekend, at its last minute', parse(undefined, undefined, ['sat', 'sun']), '2026-05-24T21:59:00Z', true],
    ['of the weekend, on Monday', parse(undefined, undefined, ['sat', 'sun']), '2026-05-24T22:00:00Z', false],
  ])('%s', (_, hours, time, expected) => {
    expect(isQuietAt(Date.parse(time), 'Europe/Berlin', hours)).toBe(expected);
  });

  test('are none by default', () => {
    expect(isQuietAt(0, 'UTC', undefined)).toBe(false);
  });
});

describe('planned events', () => {
  const { alerts } = configSchema.parse({
    brands: [{ name: 'Brixomel' }, { name: 'Kestrivo' }],
    alerts: {
      calendar: [
        { name: 'Launch', brands: ['Brixomel'], from: '2026-12-01T17:00:00+01:00', to: '2026-12-01T22:00:00+01:00', factor: 10 },
        { name: 'Party', from: '2026-12-01T18:00:00Z', to: '2026-12-01T19:00:00Z', factor: 2 },
        { name: 'Maintenance', from: '2026-12-02T00:00:00Z', to: '2026-12-02T01:00:00Z' },
      ],
    },
  });
  const events = configuredEvents(alerts);
  const during = (brand: string, from: string, to: string) =>
    effectOf(events, brand, { from: Date.parse(`2026-12-${from}:00Z`), to: Date.parse(`2026-12-${to}:00Z`) });

  test.each([
    ['before it', 'Brixomel', '01T15:00', '01T16:00', { isSilenced: false, factor: 1 }],
    ['from its first minute', 'Brixomel', '01T15:01', '01T16:01', { isSilenced: false, factor: 10 }],
    ['for its brand only', 'Kestrivo', '01T16:00', '01T17:00', { isSilenced: false, factor: 1 }],
    ['with others, the largest factor counts', 'Brixomel', '01T18:00', '01T18:15', { isSilenced: false, factor: 10 }],
    ['for all posts, if it names no brand', '*', '01T18:00', '01T18:15', { isSilenced: false, factor: 2 }],
    ['without a factor it silences', 'Kestrivo', '02T00:30', '02T00:45', { isSilenced: true, factor: 1 }],
    ['after it', 'Kestrivo', '02T01:00', '02T01:15', { isSilenced: false, factor: 1 }],
  ])('%s', (_, brand, from, to, expected) => {
    expect(during(brand, from, to)).toEqual(expected);
  });

  test.each([
    [{ from: '2026-12-01T17:00:00', to: '2026-12-01T18:00:00Z' }, 'a time with its offset'],
    [{ from: '2026-12-01T17:00:00Z', to: '2026-12-01T17:00:00Z' }, 'must be later than from'],
    [{ from: '2026-12-01T17:00:00Z', to: '2026-12-01T18:00:00Z', factor: 0.5 }, 'expected number to be >=1'],
    [{ from: '2026-12-01T17:00:00Z', to: '2026-12-01T18:00:00Z', brands: ['Nobody'] }, 'unknown brand Nobody'],
  ])('%j is rejected', (event, message) => {
    const result = configSchema.safeParse({ brands: [{ name: 'Brixomel' }], alerts: { calendar: [{ name: 'x', ...event }] } });
    expect(JSON.stringify(result.error?.issues)).toContain(message);
  });
});
