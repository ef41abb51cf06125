import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEvaluator, withoutStore } from '../../../../src/alerts/evaluator.ts';
import { resolveRules } from '../../../../src/alerts/rules.ts';
import { thresholdsOf } from '../../../../src/alerts/sensitivity.ts';
import { configSchema } from '../../../../src/config/schema.ts';
import type { AlertTransition } from '../../../../src/domain/alert.ts';
import type { ApiRequest } from '../../../../src/server/http/in-process.ts';
import type { Job } from '../../../../src/server/jobs.ts';
import { backtestResult } from '../../../../src/server/routes/alerts/alert-schemas.ts';
import { sensitivitiesResponse, suggestionsResponse } from '../../../../src/server/routes/alerts/sensitivities.ts';
import { createAlertCounts } from '../../../../src/sink/queries/alert-counts.ts';
import { createAlertReader } from '../../../../src/sink/queries/alerts.ts';
import { createEvaluationReader } from '../../../../src/sink/queries/evaluations.ts';
import { createAlertStore } from '../../../../src/sink/writer/alert-store.ts';
import { putEvaluations } from '../../../../src/sink/writer/evaluation-store.ts';
import { fillRollups, incident } from '../../../support/rollup-history.ts';
import { openTestDatabase } from '../../../support/test-database.ts';
import { apiOn } from '../../test-server.ts';

const minute = 60_000;
const day = 1_440 * minute;
const path = '/api/v1/alerts/sensitivities';
const config = configSchema.parse({ brands: [{ name: 'Kestrel' }] });
const start = Math.ceil((Date.now() - 90 * day) / minute) * minute;
const stories = Array.from({ length: 9 }, (_, index) => ({ at: start + 10 * index * day, feedback: index % 3 === 0 ? 'useful' : 'noise' }));
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let ask: (method: ApiRequest['method'], path: string, body?: object) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  opened = await openTestDatabase();
  const { db } = opened;
  await fillRollups(db);
  const api = apiOn(db, config);
  ask = async (method, at, body) => {
    const { status, text } = await api({ method, path: at, ...(body && { body }) });
    return { status, body: JSON.parse(text) };
  };
  // Each minute of 90 days is a candidate; every ten days there is a story of ten minutes, every third one rarer and useful.
  await db.maintenance.command({
    query: `INSERT INTO alert_candidates (rule, brand, minute, live, rarity, usual_peak, relevant, quiet, silenced)
      SELECT 'volume', 'Kestrel', toDateTime(${start / 1_000} + 60 * number, 'UTC'), 1,
        multiIf(number % 14400 >= 10, 3.3, intDiv(number, 14400) % 3 = 0, 9, 5.6), 0, true, false, false
      FROM numbers(${90 * 1_440})`,
  });
  const store = createAlertStore(db);
  for (const { at, feedback } of stories) {
    const alert = randomUUID();
    await store.addTransitions([
      transitionOf(alert, 'alert', at + 2 * minute, alert),
      transitionOf(randomUUID(), 'resolved', at + 26 * minute, alert),
    ]);
    await store.addNote({ alert, kind: 'feedback', value: feedback, by: 'ines' }, at + day);
  }
});
afterAll(() => opened.remove());

function transitionOf(id: string, kind: 'alert' | 'resolved', at: number, alert: string): AlertTransition {
  const measured = { metric: 'volume', direction: 'up', observed: 90, expected: 30, low: 20, high: 40, z: 6, posts: 90 } as const;
  return {
    ...{ id, alert, kind, rule: 'volume', brand: 'Kestrel', severity: 'warning', at, channels: [] },
    evaluation: { ...measured, from: at - 15 * minute, to: at, baseline: null },
    state: { status: kind === 'alert' ? 'alert' : 'ok', since: at },
  };
}

const suggest = async () => suggestionsResponse.parse((await ask('GET', `${path}/suggestions`)).body).suggestions;
const list = async () => sensitivitiesResponse.parse((await ask('GET', path)).body).sensitivities;
const pair = { rule: 'volume', brand: 'Kestrel' };
const set = (sensitivity: unknown, more: object = {}) => ask('POST', path, { ...pair, sensitivity, ...more });
const reset = async () => (await ask('DELETE', `${path}?rule=volume&brand=Kestrel`)).body;

test('ratings of 90 days suggest a threshold with what it would have done, within four seconds; applied, none is left', async () => {
  const before = process.cpuUsage();
  const found = await suggest();
  // CPU time, the engine's included, because other tests run beside this one.
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(4);
  expect(found).toMatchObject([
    {
      ...pair,
      current: { threshold: 5, alerts: 9, useful: 3, noise: 6 },
      suggested: { threshold: 5.75, alerts: 3, useful: 3, noise: 0 },
    },
  ]);
  expect(await list()).toEqual([]);
  expect((await set(5.75)).body).toMatchObject({ ...pair, threshold: 5.75, configured: 5 });
  expect(await list()).toMatchObject([{ ...pair, threshold: 5.75, configured: 5 }]);
  expect(await suggest()).toEqual([]);
  expect([await reset(), await reset(), await list()]).toEqual([{ reset: 1 }, { reset: 0 }, []]);
  expect(await suggest()).toHaveLength(1);
});

/** The alerts of the incident in the stored counts, evaluated minute by minute as in a live run, and stored. */
async function evaluateLive(): Promise<string[]> {
  const { db } = opened;
  const records = createAlertReader(db.reader);
  let now = incident.from - 5 * minute;
  const evaluator = createEvaluator({
    ...withoutStore,
    ...{ counts: createAlertCounts(db.reader), rules: resolveRules([], config.brands), noDataAfterMs: day, isLive: () => true },
    readThresholds: async () => thresholdsOf(await records.readSensitivities()),
    clock: { now: () => now },
  });
  const kinds: string[] = [];
  for (; now < incident.from + 15 * minute; now += minute) {
    const { transitions, evaluations } = await evaluator.evaluate();
    kinds.push(...transitions.map(({ kind, rule, brand }) => `${kind} ${rule} ${brand}`));
    await putEvaluations(db, evaluations, true);
  }
  return kinds;
}

async function backtest(settings: object = {}): Promise<number> {
  const [from, to] = [incident.from - 60 * minute, incident.from + 15 * minute].map((time) => new Date(time).toISOString());
  let { body: job } = (await ask('POST', '/api/v1/alerts/backtest', { rule: 'volume', from, to, settings })) as { body: Job }; // the route's own answer
  while (job.state === 'queued' || job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = (await ask('GET', `/api/v1/jobs/${job.id}`)).body as Job; // the same
  }
  return backtestResult.parse(job.result).alerts.length;
}

test('a sensitivity that is set decides over live evaluations and backtests until it is reset', async () => {
  await set(20);
  expect(await evaluateLive()).toEqual([]);
  expect([await backtest(), await backtest({ sensitivity: 'balanced' })]).toEqual([0, 1]);
  await reset();
  expect(await evaluateLive()).toEqual(['alert volume Kestrel']);
  expect(await backtest()).toBe(1);
});

test('live evaluations store what suggestions are made from', async () => {
  const stored = createEvaluationReader(opened.db.reader);
  const range = { from: incident.from, to: incident.from + 20 * minute, minRarity: 0 };
  const { candidates } = await stored.readCandidates({ ...pair, ...range });
  expect(Math.max(...candidates.map(({ rarity }) => rarity))).toBeGreaterThan(5);
  expect(candidates.at(-1)).toMatchObject({ isRelevant: true, isQuiet: false, isSilenced: false });
});

test.each([
  [{ rule: 'nonsense' }, /unknown rule, expected one of volume, sentiment/],
  [{ brand: 'Heron' }, /volume does not evaluate Heron/],
  [{ sensitivity: 'deaf' }, /sensitivity/],
  [{ sensitivity: 1 }, /sensitivity/],
])('%j is rejected with a reason', async (more, words) => {
  const { status, body } = await set('low', more);
  expect([status, (body as { detail: string }).detail]).toEqual([400, expect.stringMatching(words)]); // RFC 9457
});
