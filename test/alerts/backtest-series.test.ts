import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtestSeries, type Sample, type SeriesEvaluation } from '../../src/alerts/backtest-series.ts';
import { createRandom } from '../../src/lib/random.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 5, 1);

/** Box and Muller's transform of two uniform numbers. */
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Counts in steps, with a daily rhythm and Poisson noise. */
function countsOf(days: number, surge: (time: number) => number = () => 1, step = 5 * minute): Sample[] {
  const random = createRandom(7);
  const samples: Sample[] = [];
  for (let time = start; time < start + days * day; time += step) {
    const mean = 8 * (step / minute) * (1 + 0.6 * Math.sin((2 * Math.PI * time) / day)) * surge(time);
    samples.push({ time, value: Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random))) });
  }
  return samples;
}

async function evaluate(samples: readonly Sample[], options?: Parameters<typeof backtestSeries>[1]): Promise<SeriesEvaluation[]> {
  const found: SeriesEvaluation[] = [];
  for await (const one of backtestSeries(samples, options)) found.push(one);
  return found;
}

const alertsOf = async (...args: Parameters<typeof evaluate>): Promise<number[]> =>
  (await evaluate(...args)).flatMap(({ alert, time }) => (alert ? [time] : []));

const incident = { from: start + 9 * day + 10 * hour, to: start + 9 * day + 12 * hour };
const surgeBy =
  (factor: number) =>
  (time: number): number =>
    time >= incident.from && time < incident.to ? factor : 1;

test('the result for a row does not depend on later rows', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 30, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(gaps, fc.nat(), async (values, cut) => {
      const samples = values.map((value, index) => ({ time: start + index * 15 * minute, value }));
      const length = 2 + (cut % (samples.length - 1));
      expect(await evaluate(samples.slice(0, length))).toEqual((await evaluate(samples)).slice(0, length));
    }),
    { numRuns: 20 },
  );
});

test('ten times as much raises one alert within a quarter of an hour, and no other while it lasts', async () => {
  const found = (await alertsOf(countsOf(11, surgeBy(10)))).filter((time) => time >= incident.from && time < incident.from + day);
  expect(found).toHaveLength(1);
  expect(found[0]).toBeLessThan(incident.from + 15 * minute);
});

test('scores lie in [0, 1), and an alert starts on a row that scores at least one half', async () => {
  const rows = await evaluate(countsOf(11, surgeBy(10)));
  for (const { score } of rows) expect(score >= 0 && score < 1).toBe(true);
  for (const { score } of rows.filter(({ alert }) => alert)) expect(score).toBeGreaterThanOrEqual(0.5);
});

test('a daily rhythm with noise raises less than one alert a week', async () => {
  expect((await alertsOf(countsOf(28))).length).toBeLessThanOrEqual(2);
});

test('the threshold decides what is an alert', async () => {
  const samples = countsOf(11, surgeBy(1.9));
  expect(await alertsOf(samples, { threshold: 0.9 })).toEqual([]);
  expect((await alertsOf(samples, { threshold: 0.3 })).length).toBeGreaterThan(0);
});

test('the expected value follows the time of day', async () => {
  const rows = await evaluate(countsOf(14));
  for (const { time, expected } of rows.slice(-288)) {
    const mean = 40 * (1 + 0.6 * Math.sin((2 * Math.PI * time) / day));
    expect(Math.abs((expected ?? 0) - mean)).toBeLessThan(0.35 * mean + 3);
  }
});

describe('series of other kinds', () => {
  test('hourly counts', async () => {
    const found = await alertsOf(countsOf(20, surgeBy(8), hour));
    expect(found.filter((time) => time >= incident.from && time <= incident.to)).toHaveLength(1);
    expect(found.length).toBeLessThanOrEqual(3);
  });

  /** Scaled and shifted, so that values are fractions, negative or huge. */
  test.each([
    ['fractions', 0.001, 0],
    ['negative values', 0.37, -1_000],
    ['huge values', 1e9 + 0.1, 0],
  ])('%s', async (_, factor, offset) => {
    const samples = countsOf(11, surgeBy(10)).map(({ time, value }) => ({ time, value: factor * value + offset }));
    const rows = await evaluate(samples);
    const found = rows.filter(({ alert, time }) => alert && time >= incident.from && time < incident.to);
    expect(found).toHaveLength(1);
    expect(Math.abs((found[0]?.expected ?? 0) - (factor * 40 * 1.4 + offset))).toBeLessThan(factor * 40);
    expect(rows.filter(({ alert }) => alert).length).toBeLessThanOrEqual(2);
  });

  test('a constant series, one row, and none', async () => {
    const constant = Array.from({ length: 2_000 }, (_, index) => ({ time: start + index * 5 * minute, value: 3.5 }));
    expect(await alertsOf(constant)).toEqual([]);
    expect(await evaluate(constant.slice(0, 1))).toHaveLength(1);
    expect(await evaluate([])).toEqual([]);
  });
});
