import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import { addCounts, type LabelCounts } from '../../src/domain/label-counts.ts';
import { createRandom } from '../../src/lib/random.ts';
import { anomaliesResponse } from '../../src/server/routes/alerts/anomalies.ts';
import type { BucketSeries, StoredAlertCounts } from '../../src/sink/queries/alert-counts.ts';
import { putEvaluations } from '../../src/sink/writer/evaluation-store.ts';
import { apiOn } from '../server/test-server.ts';
import { openTestDatabase } from '../support/test-database.ts';

const detectorPath = '../../src/alerts/detect/score-window.ts';

/** Every use of the detector, with the real one, or with one that always measures the same. */
async function loadUses(isConstant: boolean) {
  vi.resetModules();
  vi.doUnmock(detectorPath);
  const real = await vi.importActual<typeof import('../../src/alerts/detect/score-window.ts')>(detectorPath);
  const scoreWindows: typeof real.scoreWindows = (...args) => real.scoreWindows(...args).map((score) => ({ ...score, rarity: 1 }));
  if (isConstant) vi.doMock(detectorPath, () => ({ ...real, scoreWindows }));
  const [{ createEvaluator }, { backtestRules, backtestStoredRule }, { backtestSeries }, { createHistoryEvaluator }] = await Promise.all([
    import('../../src/alerts/evaluator.ts'),
    import('../../src/alerts/backtest.ts'),
    import('../../src/alerts/backtest-series.ts'),
    import('../../src/app/evaluate-history.ts'),
  ]);
  return { createEvaluator, backtestRules, backtestStoredRule, backtestSeries, createHistoryEvaluator };
}
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(async () => {
  await opened.remove();
  vi.doUnmock(detectorPath);
  vi.resetModules();
});

const minute = 60_000;
const bucketMs = 15 * minute;
const day = 86_400_000;
// Evaluations are kept for 30 days.
const to = Math.floor(Date.now() / day) * day;
const from = to - day;
const since = from - 15 * day;
const incident = { from: from + 10 * 60 * minute, to: from + 11 * 60 * minute };
const { brands } = configSchema.parse({ brands: [{ name: 'Kestrel' }] });
const rules = resolveRules([], brands);

const minutes = drawMinutes();

function drawMinutes(): Map<number, LabelCounts> {
  const random = createRandom(3);
  const drawn = new Map<number, LabelCounts>();
  for (let time = since; time < to; time += minute) {
    const factor = time >= incident.from && time < incident.to ? 6 : 1;
    const one = (mean: number): number => Math.round(factor * mean * (0.6 + 0.8 * random()));
    drawn.set(time, { negative: one(4), neutral: one(8), positive: one(8), unscored: 0 });
  }
  return drawn;
}

const none = addCounts([]);
const buckets = new Map<number, LabelCounts>();
for (let start = since; start < to; start += bucketMs)
  buckets.set(start, addCounts(Array.from({ length: 15 }, (_, index) => minutes.get(start + index * minute) ?? none)));
const bucketAt = (start: number): LabelCounts => buckets.get(start) ?? none;
const byBrand = <T>(value: T): Map<string, T> =>
  new Map([
    ['*', value],
    ['Kestrel', value],
  ]);

/** The reads of a database that stores the minutes. */
function storedCounts(now: () => number): StoredAlertCounts {
  return {
    readNewestMinute: async () => Math.floor(now() / minute) * minute,
    isStale: async () => false,
    readMaxDelay: async () => 0,
    readActivity: async () => 0,
    readOldestMinute: async () => since,
    readMinutes: async (_, first, end) => {
      const found = new Map<number, LabelCounts>();
      for (let time = Math.max(since, first); time < end; time += minute) found.set(time, minutes.get(time) ?? none);
      return byBrand(found);
    },
    readHistory: async (_, first, end) => {
      const all = Array.from({ length: (end - first) / bucketMs }, (_, index) => bucketAt(first + index * bucketMs));
      const empty = new Float64Array(all.length);
      const valuesOf = (label: 'negative' | 'neutral' | 'positive') => Float64Array.from(all, (counts) => counts[label]);
      const posts = { negative: valuesOf('negative'), neutral: valuesOf('neutral'), positive: valuesOf('positive'), unscored: empty };
      const series: BucketSeries = { from: first, posts, organic: posts };
      return byBrand(series);
    },
  };
}

/** The alerts that each use of the detector raises in the incident. */
async function alertsByUse(isConstant: boolean): Promise<Record<string, number>> {
  const { createEvaluator, backtestRules, backtestStoredRule, backtestSeries, createHistoryEvaluator } = await loadUses(isConstant);
  let now = incident.from - 30 * minute;
  const evaluator = createEvaluator({
    counts: storedCounts(() => now),
    records: { readStates: async () => [], readSilences: async () => [] },
    store: { addTransitions: async () => {}, putStates: async () => {} },
    rules,
    recipientsFor: () => [],
    noDataAfterMs: 30 * minute,
    clock: { now: () => now },
    isLive: () => true,
  });
  const live = [];
  for (; now < incident.to; now += minute) live.push(...(await evaluator.evaluate()).transitions);
  const options = { from: incident.from - 30 * minute, to: incident.to, noDataAfterMs: 30 * minute };
  const history = { minutes: byBrand(minutes), buckets: byBrand(buckets) };
  const backtest = await backtestRules({ ...options, rules, history });
  const [rule] = rules;
  if (!rule) throw new Error('expected a default rule');
  // `alerts backtest --rule` uses this one.
  const { transitions: stored } = await backtestStoredRule({
    ...{ counts: storedCounts(() => to), rule, ...options, onProgress: () => {}, signal: new AbortController().signal },
  });
  const samples = Array.from({ length: (to - since) / bucketMs }, (_, index) => {
    const time = since + index * bucketMs;
    const { negative, neutral, positive } = bucketAt(time);
    return { time, value: negative + neutral + positive };
  });
  let series = 0;
  for await (const { alert } of backtestSeries(samples)) series += alert ? 1 : 0;
  const count = (transitions: readonly { kind: string }[]): number => transitions.filter(({ kind }) => kind === 'alert').length;
  const anomalies = await listAnomalies(createHistoryEvaluator);
  return { live: count(live), backtest: count(backtest), stored: count(stored), series, anomalies };
}

type CreateHistoryEvaluator = Awaited<ReturnType<typeof loadUses>>['createHistoryEvaluator'];

/** What the web UI shows: the anomalies of the day of the incident, from evaluations that were stored. */
async function listAnomalies(createHistoryEvaluator: CreateHistoryEvaluator): Promise<number> {
  const { db } = opened;
  await db.maintenance.command({ query: 'TRUNCATE TABLE alert_evaluations' });
  let stored = 0;
  const history = createHistoryEvaluator({
    counts: storedCounts(() => to),
    evaluations: { readKnownHours: async () => [{ day: from, hours: 24 }], readEvaluatedHours: async () => [] },
    putEvaluations: async (evaluations) => {
      stored += evaluations.length;
      await putEvaluations(db, evaluations, false);
    },
    ...{ rules, noDataAfterMs: 30 * minute, clock: { now: () => to } },
  });
  while (await history.step(new AbortController().signal));
  expect(stored).toBeGreaterThan(1_000);
  const range = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  const { text } = await apiOn(db, { brands: [{ name: 'Kestrel' }] })({ method: 'GET', path: `/api/v1/anomalies?${range}` });
  return anomaliesResponse.parse(JSON.parse(text)).anomalies.length;
}

test('live evaluation, backtests, series and stored anomalies use one detector: without it, none of them finds the incident', async () => {
  expect(await alertsByUse(false)).toEqual({ live: 1, backtest: 1, stored: 1, series: 1, anomalies: 1 });
  expect(await alertsByUse(true)).toEqual({ live: 0, backtest: 0, stored: 0, series: 0, anomalies: 0 });
}, 90_000);
