import { beforeEach, expect, test } from 'vitest';
import { resolveRules } from '../../src/alerts/rules.ts';
import { createHistoryEvaluator } from '../../src/app/evaluate-history.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { ScoredEvaluation } from '../../src/domain/alert.ts';
import type { StoredAlertCounts } from '../../src/sink/queries/alert-counts.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const today = Date.UTC(2026, 4, 20);
const counts = { negative: 3, neutral: 4, positive: 3, unscored: 0 };

let now: number;
let isStale: boolean;
let known: Map<number, number>;
let evaluated: Map<string, number>;
let stored: ScoredEvaluation[][];
beforeEach(() => {
  now = today + 12.5 * hour;
  isStale = false;
  known = new Map([
    [today - day, 24],
    [today, 13],
  ]);
  evaluated = new Map();
  stored = [];
});

/** Ten posts in every minute of every brand. */
const storedCounts = {
  isStale: async () => isStale,
  readOldestMinute: async () => today - 30 * day,
  readNewestMinute: async () => now,
  readMaxDelay: async () => 0,
  readActivity: async () => 0,
  readMinutes: async (names: readonly string[], from: number, to: number) => {
    const minutes = new Map(Array.from({ length: (to - from) / minute }, (_, index) => [from + index * minute, counts]));
    return new Map(names.map((name) => [name, minutes]));
  },
  readHistory: async (names: readonly string[], from: number, to: number) => {
    const series = (each: number) => new Float64Array((to - from) / (15 * minute)).fill(15 * each);
    const posts = { negative: series(3), neutral: series(4), positive: series(3), unscored: series(0) };
    return new Map(names.map((name) => [name, { from, posts, organic: posts }]));
  },
} as unknown as StoredAlertCounts; // what a backtest reads

function createHistory(brands = 1) {
  const config = configSchema.parse({
    brands: Array.from({ length: brands }, (_, index) => ({ name: `Brand ${index}` })),
    alerts: { rules: [{ name: 'volume', metric: 'volume' }] },
  });
  return createHistoryEvaluator({
    counts: storedCounts,
    evaluations: {
      readKnownHours: async (from) => [...known].filter(([time]) => time >= from).map(([time, hours]) => ({ day: time, hours })),
      readEvaluatedHours: async () =>
        [...evaluated].map(([key, hours]) => ({ rule: key.split(' ')[0] ?? '', brand: 'Brand 0', day: Number(key.split(' ')[1]), hours })),
    },
    putEvaluations: async (evaluations) => void stored.push([...evaluations]),
    rules: resolveRules(config.alerts.rules, config.brands),
    noDataAfterMs: 30 * minute,
    clock: { now: () => now },
  });
}

const { signal } = new AbortController();
const daysOf = () => stored.map((all) => [(Math.min(...all.map(({ evaluation }) => evaluation.to)) - today) / day, all.length]);

test('days without evaluations are evaluated, the newest first, up to the minutes that are evaluated live', async () => {
  const history = createHistory();
  while (await history.step(signal));
  expect(daysOf()).toEqual([
    [expect.closeTo(minute / day), 12 * 60 + 18],
    [expect.closeTo(minute / day - 1), 1_440],
  ]);
});

test('days that were evaluated live are left alone, and a day is evaluated once', async () => {
  evaluated.set(`volume ${today}`, 12).set(`volume ${today - day}`, 20);
  const history = createHistory();
  while (await history.step(signal));
  expect(stored.length).toBe(1);
  now += 10 * minute;
  expect(await history.step(signal)).toBe(false);
});

test('a day is evaluated again after a backfill has added to its history', async () => {
  const history = createHistory();
  while (await history.step(signal));
  known.set(today - 2 * day, 24);
  now += minute;
  while (await history.step(signal));
  expect(daysOf().map(([since = 0]) => Math.floor(since))).toEqual([0, -1, 0, -1, -2]);
});

test('a day whose counts are being recomputed is evaluated again until they are not; many brands are split', async () => {
  isStale = true;
  known.delete(today - day);
  const history = createHistory(9);
  while (await history.step(signal));
  isStale = false;
  for (now += minute; await history.step(signal); );
  for (now += 10 * minute; await history.step(signal); );
  expect(stored.map((all) => new Set(all.map(({ brand }) => brand)).size)).toEqual([8, 1, 8, 1]);
});
