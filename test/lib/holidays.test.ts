import { expect, test } from 'vitest';
import { dayMs } from '../../src/lib/duration.ts';
import { isKnownCountry, publicHolidays } from '../../src/lib/holidays.ts';

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

test.each([
  ['DE', '2026-12-25', 'Christmas Day'],
  ['DE', '2026-12-28', undefined],
  ['DE', '2026-01-06', undefined],
  ['DE-BY', '2026-01-06', 'Epiphany'],
  ['US', '2027-07-04', 'Independence Day'],
  ['GB', '2026-04-03', 'Good Friday'],
  ['XX', '2026-12-25', undefined],
])('%s on %s: %s', (country, date, name) => {
  expect(publicHolidays(country).nameOn(day(date))).toBe(name);
});

test('countries and their regions are known by their ISO codes', () => {
  expect(['DE', 'DE-BY', 'US-TX', 'XX', 'DE-ZZ', 'de'].map(isKnownCountry)).toEqual([true, true, true, false, false, false]);
});
