import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../../src/alerts/series/anomaly-score.ts';
import { backtestSeries } from '../../../src/alerts/series/backtest-series.ts';
import { createRandom } from '../../../src/lib/random.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2026, 5, 1);

/** Counts every five minutes, with a daily rhythm and Poisson noise. */
function counts(days: number, surge: (time: number) => number = () => 1): Sample[] {
  const random = createRandom(7);
  const samples: Sample[] = [];
  for (let time = start; time < start + days * day; time += 5 * minute) {
    const mean = 40 * (1 + 0.6 * Math.sin((2 * Math.PI * time) / day)) * surge(time);
    samples.push({ time, value: Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random))) });
  }
  return samples;
}

/** Box and Muller's transform of two uniform numbers. */
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const alertsOf = (samples: readonly Sample[]): number[] => [...backtestSeries(samples)].flatMap(({ alert, time }) => (alert ? [time] : []));

test('the result for a row depends only on the rows before it', () => {
  const steps = fc.array(fc.record({ after: fc.integer({ min: 1, max: 3_600_000 }), value: fc.nat(1_000) }), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(steps, fc.nat(), (given, cut) => {
      let time = start;
      const samples = given.map(({ after, value }) => {
        time += after;
        return { time, value };
      });
      const length = 1 + (cut % samples.length);
      expect([...backtestSeries(samples.slice(0, length))]).toEqual([...backtestSeries(samples)].slice(0, length));
    }),
  );
});

test('scores lie in [0, 1), one per sample', () => {
  const evaluations = [...backtestSeries(counts(20))];
  expect(evaluations).toHaveLength(20 * 288);
  for (const { score } of evaluations) expect(score >= 0 && score < 1).toBe(true);
});

test('ten times as much raises one alert within a quarter of an hour, and no more while it lasts', () => {
  const from = start + 15 * day + 10 * 60 * minute;
  const surge = (time: number) => (time >= from && time < from + 120 * minute ? 10 : 1);
  const during = alertsOf(counts(17, surge)).filter((time) => time >= from && time < from + day);
  expect(during).toHaveLength(1);
  expect(during[0]).toBeLessThan(from + 15 * minute);
});

test('a daily rhythm with noise raises less than one alert in four days', () => {
  const quiet = alertsOf(counts(60)).filter((time) => time > start + 3 * day);
  expect(quiet.length).toBeLessThan(15);
});

test('a daily surge raises one alert', () => {
  const first = start + 10 * day;
  const atNine = (time: number) => (time >= first && time % day >= 9 * 60 * minute && time % day < 9.5 * 60 * minute ? 8 : 1);
  const alerts = alertsOf(counts(30, atNine)).filter((time) => atNine(time) > 1);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toBeLessThan(first + day);
});

test('zeros raise no alert', () => {
  expect(alertsOf(counts(10).map(({ time }) => ({ time, value: 0 })))).toEqual([]);
});
