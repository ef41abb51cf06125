import { expect, test } from 'vitest';
import { createSeasonalBaseline } from '../../../src/alerts/series/seasonal-baseline.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A Monday. */
const start = Date.UTC(2026, 5, 1);

/** A baseline with a value every 15 minutes, up to `until`. */
function seen(until: number, valueAt: (time: number) => number, timeZone = 'UTC') {
  const baseline = createSeasonalBaseline(timeZone);
  for (let time = start; time < until; time += hour / 4) baseline.push({ time, value: valueAt(time) });
  return baseline;
}

const hourOf = (time: number): number => Math.floor(time / hour) % 24;

test('without samples nothing is expected', () => {
  expect(createSeasonalBaseline('UTC').expected(start)).toBeNull();
});

test('in the first days it is the median of the last 24 hours', () => {
  const noon = start + day + 12 * hour;
  expect(seen(noon, hourOf).expected(noon)).toBeCloseTo(11.5, 5);
});

test('after three days it is the same hour of the day', () => {
  const noon = start + 3 * day + 12 * hour;
  expect(seen(noon, hourOf).expected(noon)).toBe(12);
});

test('after three weeks it is the same hour of the week', () => {
  const isSunday = (time: number) => Math.floor((time - start) / day) % 7 === 6;
  const sunday = start + 27 * day + 12 * hour;
  expect(seen(sunday, (time) => (isSunday(time) ? 100 : 1)).expected(sunday)).toBe(100);
});

test('one odd week does not decide it', () => {
  const noon = start + 28 * day + 12 * hour;
  const isOdd = (time: number) => time >= start + 14 * day && time < start + 21 * day;
  expect(seen(noon, (time) => (isOdd(time) ? 1_000 : 7)).expected(noon)).toBe(7);
});

test.each(['UTC', 'Asia/Kolkata', 'Asia/Kathmandu'])('an hour is not part of its own baseline (%s)', (timeZone) => {
  // Kolkata's hours begin at half past, Kathmandu's at a quarter past.
  const begins = { UTC: 0, 'Asia/Kolkata': hour / 2, 'Asia/Kathmandu': hour / 4 }[timeZone] ?? 0;
  const from = start + 5 * day + begins;
  const baseline = seen(from + (3 * hour) / 4, (time) => (time >= from ? 1_000 : 7), timeZone);
  expect(baseline.expected(from + (3 * hour) / 4)).toBe(7);
});

test('hours are local, across a clock change', () => {
  // Berlin's clock went back on 25 October 2026: nine in the morning is 07:00 UTC before, and 08:00 after.
  const baseline = createSeasonalBaseline('Europe/Berlin');
  const from = Date.UTC(2026, 9, 20);
  const berlinHour = (time: number): number => (hourOf(time) + (time < Date.UTC(2026, 9, 25, 1) ? 2 : 1)) % 24;
  const noon = Date.UTC(2026, 9, 27, 11);
  for (let time = from; time < noon; time += hour) baseline.push({ time, value: berlinHour(time) });
  expect(baseline.expected(noon)).toBe(12);
});
