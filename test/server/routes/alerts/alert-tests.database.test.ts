import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveRules } from '../../../../src/alerts/rules.ts';
import { createHistoryEvaluator } from '../../../../src/app/evaluate-history.ts';
import { configSchema } from '../../../../src/config/schema.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import type { ApiRequest } from '../../../../src/server/http/in-process.ts';
import type { Job } from '../../../../src/server/jobs.ts';
import { backtestResult, channelTestsResponse } from '../../../../src/server/routes/alerts/alert-schemas.ts';
import { anomaliesResponse } from '../../../../src/server/routes/alerts/anomalies.ts';
import { incidentDetailResponse, incidentsResponse } from '../../../../src/server/routes/alerts/incidents.ts';
import { createAlertCounts } from '../../../../src/sink/queries/alert-counts.ts';
import { createEvaluationReader } from '../../../../src/sink/queries/evaluations.ts';
import { putEvaluations } from '../../../../src/sink/writer/evaluation-store.ts';
import { fillRollups, incident, to } from '../../../support/rollup-history.ts';
import { openTestDatabase } from '../../../support/test-database.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../../support/webhook-receiver.ts';
import { apiOn } from '../../test-server.ts';

const minute = 60_000;
const path = '/api/v1/alerts/backtest';
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let receiver: WebhookReceiver;
let ask: (method: ApiRequest['method'], path: string, body?: object) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  opened = await openTestDatabase();
  const { db } = opened;
  await fillRollups(db);
  receiver = await startWebhookReceiver();
  const channels = { ops: { type: 'webhook', url: receiver.url, allowPrivate: true } };
  const api = apiOn(db, { brands: [{ name: 'Kestrel' }], alerts: { channels } });
  ask = async (method, at, body) => {
    const { status, text } = await api({ method, path: at, ...(body && { body }) });
    return { status, body: JSON.parse(text) };
  };
});
afterAll(async () => {
  await receiver.close();
  await opened.remove();
});

async function backtest(body: object) {
  let { body: job } = (await ask('POST', path, body)) as { body: Job }; // the route's own answer
  const seen = new Set<Job['state']>();
  while (job.state === 'queued' || job.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = (await ask('GET', `/api/v1/jobs/${job.id}`)).body as Job; // the same
    seen.add(job.state);
  }
  expect(job).toMatchObject({ state: 'done', changed: 0 });
  return { ...backtestResult.parse(job.result), total: job.total };
}

test('the history of the last days is evaluated in the background, and its anomalies are listed', async () => {
  const { db } = opened;
  const { brands, alerts } = configSchema.parse({ brands: [{ name: 'Kestrel' }] });
  const history = createHistoryEvaluator({
    counts: createAlertCounts(db.heavyReader),
    evaluations: createEvaluationReader(db.heavyReader),
    putEvaluations: (evaluations) => putEvaluations(db, evaluations, false),
    ...{ rules: resolveRules(alerts.rules, brands), noDataAfterMs: 30 * minute, clock: systemClock },
  });
  const { signal } = new AbortController();
  const list = async (query: string) => anomaliesResponse.parse((await ask('GET', `/api/v1/anomalies?${query}`)).body).anomalies;
  expect(await list('from=now-30h')).toEqual([]);
  while (await history.step(signal));
  const [first] = (await list('from=now-30d&brands=Kestrel')).filter(({ evaluation }) => evaluation.metric === 'volume');
  expect(first).toMatchObject({ brand: 'Kestrel', evaluation: { direction: 'up', baseline: null } });
  const delay = Date.parse(first?.at ?? '') - incident.from;
  expect([delay > 0, delay <= 15 * minute, Date.parse(first?.resolvedAt ?? '') > incident.to]).toEqual([true, true, true]);
  expect(await list('from=now-30h&brands=Nobody')).toEqual([]);
  const incidents = incidentsResponse.parse((await ask('GET', '/api/v1/incidents?from=now-30h&brands=Kestrel')).body).incidents;
  const found = incidents.find(({ at }) => at === first?.at);
  expect(found).toMatchObject({ brand: 'Kestrel', resolvedAt: expect.any(String), alerts: [] });
  // A range that begins in the middle of an incident has all of it.
  const middle = new Date(incident.from + 60 * minute).toISOString();
  expect((await ask('GET', `/api/v1/incidents?from=${middle}&brands=Kestrel`)).body).toMatchObject({ incidents: [{ id: found?.id }] });
  const detail = incidentDetailResponse.parse((await ask('GET', `/api/v1/incidents/${found?.id}`)).body);
  expect(detail).toMatchObject({ id: found?.id, terms: [], examples: [] });
  for (const id of ['nonsense', Buffer.from('[1,"Kestrel"]').toString('base64url')])
    expect((await ask('GET', `/api/v1/incidents/${id}`)).status).toBe(404);
  expect(await list(`from=now-30h&to=${new Date(incident.from - minute).toISOString()}`)).toEqual([]);
});

test('a rule is replayed over the stored history: the incident, its alert, and its end', async () => {
  const { alerts, from, total } = await backtest({ rule: 'volume', from: 'now-30d' });
  expect(alerts).toMatchObject([{ brand: 'Kestrel', evaluation: { metric: 'volume', direction: 'up', baseline: { season: 'week' } } }]);
  const [alert] = alerts;
  const delay = Date.parse(alert?.at ?? '') - incident.from;
  expect([delay > 0, delay <= 10 * minute, Date.parse(alert?.resolvedAt ?? '') > incident.to]).toEqual([true, true, true]);
  // Minutes are not kept any longer.
  expect(Date.parse(from)).toBe(to - 2 * 1_440 * minute);
  expect(total).toBeGreaterThanOrEqual(2 * 1_440);
});

test('settings and ranges can be overridden', async () => {
  const counted = async (more: object) => (await backtest({ rule: 'volume', ...more })).alerts.length;
  expect(await counted({ settings: { minChange: 6 } })).toBe(0);
  expect(await counted({ settings: { minChange: 3, sensitivity: 'low' } })).toBe(1);
  expect(await counted({ to: 'now-21h' })).toBe(0);
  expect(await counted({ brand: '*' })).toBe(1);
});

test.each([
  [{ rule: 'nonsense' }, /unknown rule, expected one of volume, sentiment/],
  [{ rule: 'volume', settings: { window: '1s' } }, /window/],
  [{ rule: 'volume', settings: { __proto__x: 1 } }, /__proto__x/],
  [{ rule: 'volume', from: 'now', to: 'now-1d' }, /./],
  [{}, /rule/],
])('%j is rejected with a reason', async (body, words) => {
  const { status, body: problem } = await ask('POST', path, body);
  expect(status).toBe(400);
  expect((problem as { detail: string }).detail).toMatch(words);
});

test('channels are tested, by name or all of them', async () => {
  const url = '/api/v1/alerts/test';
  receiver.status = 500;
  const failed = channelTestsResponse.parse((await ask('POST', url)).body);
  expect(failed.channels).toMatchObject([{ channel: 'ops', delivered: false, code: 'WEBHOOK_FAILED' }]);
  receiver.status = 200;
  expect((await ask('POST', url, { channels: ['ops'] })).body).toEqual({ channels: [{ channel: 'ops', delivered: true }] });
  expect(receiver.received.map(({ body }) => body['type'])).toEqual(['test', 'test']);
  expect((await ask('POST', url, { channels: ['other'] })).status).toBe(400);
});
