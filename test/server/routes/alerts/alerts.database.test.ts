import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertTransition } from '../../../../src/domain/alert.ts';
import {
  type AlertResponse,
  type AlertsResponse,
  alertDetailResponse,
  alertResponse,
  alertsResponse,
  silenceResponse,
} from '../../../../src/server/routes/alerts/alert-schemas.ts';
import { eventsResponse } from '../../../../src/server/routes/alerts/events.ts';
import { incidentsResponse } from '../../../../src/server/routes/alerts/incidents.ts';
import { type AlertStore, createAlertStore } from '../../../../src/sink/writer/alert-store.ts';
import { openTestDatabase } from '../../../support/test-database.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder, upkeepOf } from '../../test-server.ts';

const hour = 3_600_000;
const now = Date.now();
const brand = '<b>Kestrel</b>\u202e';
const tokens = tokenFolder();
const token: Record<string, string> = {};
let server: TestServer;
let remove: () => Promise<void>;
let store: AlertStore;

/** The start or the end of an alert. */
function transitionOf(id: string, kind: AlertTransition['kind'], at: number, alert = id): AlertTransition {
  return {
    ...{ id, alert, kind, rule: 'sentiment', brand, severity: 'warning', at, channels: ['ops'] },
    evaluation: {
      ...{ metric: 'netSentiment', direction: 'down', observed: -40, expected: 10, low: -2, high: 22, z: -6, posts: 120 },
      ...{ from: at - hour, to: at, baseline: { season: 'week', windows: 40, from: at - 1_344 * hour, to: at - 168 * hour } },
    },
    state:
      kind !== 'resolved'
        ? { status: 'alert', since: at, alert: { id, direction: 'down', windowMs: hour, lastHeld: at } }
        : { status: 'ok', since: at },
  };
}

const [first, second] = [randomUUID(), randomUUID()];

beforeAll(async () => {
  const opened = await openTestDatabase();
  const { db } = opened;
  for (const role of ['viewer', 'editor'] as const) token[role] = await tokens.add(`${role}-token`, role);
  const transitions = [
    transitionOf(first, 'alert', now - 5 * hour),
    transitionOf(randomUUID(), 'resolved', now - 4 * hour, first),
    transitionOf(second, 'alert', now - hour),
  ];
  store = createAlertStore(db);
  // A repeated insert, as after a lost response.
  for (const _ of [1, 2]) await store.addTransitions(transitions);
  server = await startTestServer({ reader: db.reader, maintenance: upkeepOf(db), server: { tokensFile: tokens.path } });
  remove = async () => {
    await server.close();
    await opened.remove();
    tokens.remove();
  };
});
afterAll(() => remove());

const ask = (method: string, path: string, body?: object, role = 'editor') => request(method, `/api/v1/alerts${path}`, body, role);
const get = (path: string) => request('GET', path, undefined, 'viewer');

async function request(method: string, path: string, body: object | undefined, role: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${token[role]}`, ...(body && { 'content-type': 'application/json' }) };
  const { status, headers: got, text } = await send(`${server.url}${path}`, headers, method, body ? JSON.stringify(body) : '');
  if (status >= 400) expect(got['content-type']).toBe(problemType);
  return { status, body: JSON.parse(text) };
}

const list = async (query = ''): Promise<AlertsResponse> => alertsResponse.parse((await ask('GET', query, undefined, 'viewer')).body);

test('alerts are listed newest first, with their ends and the state of each rule', async () => {
  const { alerts, states } = await list();
  expect(alerts.map(({ id, resolvedAt }) => [id, resolvedAt])).toEqual([
    [second, null],
    [first, new Date(now - 4 * hour).toISOString()],
  ]);
  expect(states).toEqual([{ rule: 'sentiment', brand, status: 'alert', since: new Date(now - hour).toISOString() }]);
  const counted = async (query: string) => (await list(query)).alerts.length;
  expect(
    await Promise.all(['?active=true', '?from=now-2h', '?to=now-3h', '?brand=Kestrel', '?rule=sentiment', '?limit=1'].map(counted)),
  ).toEqual([1, 1, 1, 0, 2, 1]);
});

test('an alert says why it was raised, in the list and alone; alone it has terms and posts, if they are still stored', async () => {
  const sentence = 'Net sentiment is 50 points below the usual for a \\w+day \\w+: −40 over 120 posts in 1 hour against −2 to \\+22\\.';
  const short = expect.stringMatching(new RegExp(`^${sentence}$`));
  expect((await list()).alerts).toMatchObject([{ why: short }, { why: short }]);
  const detail = alertDetailResponse.parse((await ask('GET', `/${first}`, undefined, 'viewer')).body);
  const why = expect.stringMatching(new RegExp(`^${sentence} Net sentiment is not calibrated on this feed`));
  expect(detail).toMatchObject({ id: first, why, drivers: [], examples: [] });
});

test('an editor acknowledges and rates an alert, a viewer may not; the noise of a rule is counted', async () => {
  expect((await ask('POST', `/${first}/ack`, undefined, 'viewer')).status).toBe(403);
  const acked = alertResponse.parse((await ask('POST', `/${first}/ack`)).body);
  expect(acked).toMatchObject({ id: first, brand, acked: { by: 'editor-token' }, feedback: null });
  await ask('POST', `/${first}/feedback`, { feedback: 'noise' });
  await ask('POST', `/${second}/feedback`, { feedback: 'useful' });
  expect((await list()).rules).toEqual([{ rule: 'sentiment', alerts: 2, useful: 1, noise: 1, noiseRate: 0.5 }]);
  await ask('POST', `/${second}/feedback`, { feedback: 'none' });
  const shown = (await ask('GET', `/${second}`, undefined, 'viewer')).body as AlertResponse; // as the list's schema says
  expect(shown.feedback).toBeNull();
  expect((await list()).rules).toMatchObject([{ useful: 0, noise: 1, noiseRate: 1 }]);
});

test('a silence is created, listed, and ended by its rule and brand', async () => {
  const body = { rule: 'sentiment', for: '1h', reason: "a launch'; DROP TABLE posts" };
  expect(silenceResponse.parse((await ask('POST', '/silences', body)).body)).toMatchObject({
    rule: 'sentiment',
    brand: null,
    createdBy: 'editor-token',
  });
  expect((await list()).silences).toMatchObject([{ rule: 'sentiment', brand: null, reason: body.reason }]);
  expect((await ask('DELETE', '/silences')).body).toEqual({ ended: 0 });
  expect((await ask('DELETE', '/silences?rule=sentiment')).body).toEqual({ ended: 1 });
  expect((await list()).silences).toEqual([]);
  expect((await ask('POST', '/silences', body, 'viewer')).status).toBe(403);
});

test.each([
  ['GET', '/nobody', 400],
  ['GET', `/${randomUUID()}`, 404],
  ['POST', `/${randomUUID()}/ack`, 404],
  ['GET', '?active=perhaps', 400],
  ['GET', '?from=soon', 400],
  ['DELETE', '/silences?who=all', 400],
])('%s %s is rejected', async (method, path, status) => {
  expect((await ask(method, path)).status).toBe(status);
});

test('an event is planned, listed, and removed; a viewer only sees it', async () => {
  const body = { name: 'Launch of the lamp', from: '2030-12-01T17:00:00+01:00', to: '2030-12-01T20:00:00+01:00', factor: 10 };
  const planned = async () => eventsResponse.parse((await ask('GET', '/events', undefined, 'viewer')).body).events;
  expect((await ask('POST', '/events', body, 'viewer')).status).toBe(403);
  expect((await ask('POST', '/events', { ...body, to: body.from })).status).toBe(400);
  expect((await ask('POST', '/events', { ...body, brands: ['Nobody'] })).status).toBe(400);
  expect((await ask('POST', '/events', body)).body).toMatchObject({ factor: 10, brands: [], createdBy: 'editor-token' });
  await ask('POST', '/events', { ...body, factor: undefined, name: 'Maintenance', from: '2030-11-30T00:00:00Z' });
  const [first, second] = await planned();
  expect(first).toMatchObject({ name: 'Maintenance', factor: null, isConfigured: false });
  expect(second).toMatchObject({ name: 'Launch of the lamp', from: '2030-12-01T16:00:00.000Z' });
  expect((await ask('DELETE', `/events/${first?.id}`, undefined, 'viewer')).status).toBe(403);
  expect((await ask('DELETE', `/events/${first?.id}`)).status).toBe(200);
  expect((await ask('DELETE', `/events/${first?.id}`)).status).toBe(404);
  expect((await planned()).map(({ name }) => name)).toEqual(['Launch of the lamp']);
});

test('a transition is an event of the live stream', async () => {
  const stop = new AbortController();
  const response = await fetch(`${server.url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${token['viewer']}` },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  server.alerts.publish([transitionOf(randomUUID(), 'resolved', now, second)]);
  let text = '';
  while (!text.includes('event: alert\n')) text += (await reader?.read())?.value ?? '';
  stop.abort();
  const [, data = ''] = /event: alert\ndata: (.*)\n\n/.exec(text) ?? [];
  expect(JSON.parse(data)).toMatchObject({ kind: 'resolved', alert: second, rule: 'sentiment', brand });
});

test('an alert lists when it got worse, resolved and began again; it is active while the last of these is not its end', async () => {
  const id = randomUUID();
  const add = (kind: AlertTransition['kind'], minutesAgo: number) =>
    store.addTransitions([transitionOf(kind === 'alert' ? id : randomUUID(), kind, now - minutesAgo * 60_000, id)]);
  const read = async () => (await list()).alerts.find((alert) => alert.id === id);
  for (const [index, kind] of (['alert', 'escalated', 'resolved', 'reopened'] as const).entries()) await add(kind, 40 - 10 * index);
  const active = await read();
  expect(active).toMatchObject({ resolvedAt: null, updates: [{ kind: 'escalated' }, { kind: 'resolved' }, { kind: 'reopened' }] });
  expect(active?.updates.map(({ why }) => why)).toEqual([
    expect.stringMatching(/^Net sentiment is now 50 points below .*, down from −40: /),
    expect.stringContaining('back to normal'),
    expect.stringMatching(/^Net sentiment is again 50 points below /),
  ]);
  expect((await list('?active=true&limit=1')).alerts).toMatchObject([{ id }]);
  const incident = incidentsResponse
    .parse((await get('/api/v1/incidents?from=now-1d')).body)
    .incidents.find(({ alerts }) => alerts.some((one) => one.id === id));
  expect(incident?.alerts.find((one) => one.id === id)?.updates.map(({ kind }) => kind)).toEqual(['escalated', 'resolved', 'reopened']);
  await add('resolved', 5);
  expect(await read()).toMatchObject({ resolvedAt: new Date(now - 5 * 60_000).toISOString(), updates: { length: 3 } });
});
