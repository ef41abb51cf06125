import { expect, test } from 'vitest';
import { type BacktestHistory, backtestRules } from '../../src/alerts/backtest.ts';
import { resolveRules } from '../../src/alerts/rules.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { LabelCounts } from '../../src/domain/label-counts.ts';
import { createRandom } from '../../src/lib/random.ts';

const minute = 60_000;
const bucketMs = 15 * minute;
const day = 86_400_000;
const to = Date.UTC(2026, 4, 20);
const from = to - 2 * day;
const since = from - 15 * day;
const incident = { from: from + 20 * 60 * minute, to: from + 22 * 60 * minute };
const { brands } = configSchema.parse({ brands: [{ name: 'Kestrel' }] });

/** Minutes of about 20 posts, four times as many during the incident; none from `end` on. */
function past(end: number): BacktestHistory {
  const random = createRandom(7);
  const minutes = new Map<number, LabelCounts>();
  const buckets = new Map<number, LabelCounts>();
  for (let time = since; time < end; time += minute) {
    const factor = time >= incident.from && time < incident.to ? 4 : 1;
    const one = (mean: number): number => Math.round(factor * mean * (0.6 + 0.8 * random()));
    const counts = { negative: one(4), neutral: one(8), positive: one(8), unscored: 0 };
    minutes.set(time, counts);
    const start = Math.floor(time / bucketMs) * bucketMs;
    const sum = buckets.get(start) ?? { negative: 0, neutral: 0, positive: 0, unscored: 0 };
    buckets.set(start, {
      negative: sum.negative + counts.negative,
      neutral: sum.neutral + counts.neutral,
      positive: sum.positive + counts.positive,
      unscored: 0,
    });
  }
  const both = <T>(values: T): Map<string, T> =>
    new Map([
      ['*', values],
      ['Kestrel', values],
    ]);
  return { minutes: both(minutes), buckets: both(buckets) };
}

const options = { rules: resolveRules([], brands), from, noDataAfterMs: 30 * minute };

test('a past incident raises one alert that resolves, and nothing else does', async () => {
  const transitions = await backtestRules({ ...options, history: past(to), to });
  expect(transitions.map(({ kind, rule }) => `${kind} ${rule}`)).toEqual(['alert volume', 'resolved volume']);
  const [begun, ended] = transitions.map(({ at }) => at);
  expect((begun ?? 0) - incident.from).toBeGreaterThan(0);
  expect((begun ?? 0) - incident.from).toBeLessThanOrEqual(10 * minute);
  expect((ended ?? 0) - incident.to).toBeGreaterThan(0);
  expect((ended ?? 0) - incident.to).toBeLessThanOrEqual(90 * minute);
});

test('the result for a minute does not depend on later minutes', async () => {
  const whole = await backtestRules({ ...options, history: past(to), to });
  for (const end of [incident.from + 3 * minute, incident.from + 30 * minute, incident.to + 5 * minute]) {
    const cut = await backtestRules({ ...options, history: past(end), to: end });
    expect(cut.map(({ id }) => id)).toEqual(whole.filter(({ at }) => at < end).map(({ id }) => id));
  }
});

test('a replay reports its progress and can be aborted', async () => {
  const stopping = new AbortController();
  const reported: number[] = [];
  const onProgress = (done: number): void => {
    reported.push(done);
    if (reported.length === 3) stopping.abort(new Error('enough'));
  };
  await expect(backtestRules({ ...options, history: past(to), to, onProgress, signal: stopping.signal })).rejects.toThrow('enough');
  expect(reported).toEqual([60, 120, 180]);
});
