import { createServer } from 'node:net';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import type { Log } from '../../src/lib/log.ts';
import type { ServerDeps } from '../../src/server/server.ts';
import { readText } from '../support/repository.ts';
import { quiet } from '../support/test-database.ts';
import { healthy, problemType, send, startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('healthz and readyz report liveness, readiness and the health of each component', async () => {
  expect(await send(`${server.url}/healthz`)).toMatchObject({ status: 200, text: '{"alive":true}' });
  expect((await send(`${server.url}/readyz`)).status).toBe(200);
  const components = { source: 'no broker answers', model: 'ok', database: 'ok' };
  const waiting = await startTestServer({ readStatus: () => ({ ...healthy, ready: false, components }) });
  const { status, text } = await send(`${waiting.url}/readyz`);
  expect([status, JSON.parse(text)]).toEqual([503, { ready: false, components }]);
  expect(await send(`${waiting.url}/readyz/serving`)).toMatchObject({ status: 200, text: '{"ready":true}' });
  await waiting.close();
  const broken = await startTestServer({
    readStatus: () => ({ ...healthy, ready: false, components: { ...healthy.components, database: 'no answer' } }),
  });
  expect((await send(`${broken.url}/readyz/serving`)).status).toBe(503);
  await broken.close();
});

test('metrics are in the Prometheus text format', async () => {
  server.metrics.rowsWritten.inc(3);
  const { headers, text } = await send(`${server.url}/metrics`);
  expect(headers['content-type']).toMatch(/^text\/plain; version=/);
  expect(text).toContain('# TYPE feedpulse_rows_written_total counter\nfeedpulse_rows_written_total 3\n');
});

test('requests are measured by route and status; an invented path adds no series', async () => {
  const measured = await startTestServer();
  await send(`${measured.url}/healthz`);
  for (const path of ['/nothing', '/api/v1/nothing?x=1']) await send(`${measured.url}${path}`);
  await send(`${measured.url}/api/v1/alerts/none`, {}, 'DELETE');
  const { text } = await send(`${measured.url}/metrics`);
  const series = text.match(/^feedpulse_http_request_seconds_count.*$/gm)?.sort();
  expect(series).toEqual([
    'feedpulse_http_request_seconds_count{route="GET /healthz",status="200"} 1',
    'feedpulse_http_request_seconds_count{route="none",status="404"} 3',
  ]);
  await measured.close();
});

test('the OpenAPI document lists every path and parameter', async () => {
  const { text } = await send(`${server.url}/api/v1/openapi.json`);
  const { openapi, paths } = JSON.parse(text);
  expect(openapi).toBe('3.1.0');
  const parameters = (path: string): string[] => (paths[path].get?.parameters ?? []).map(({ name }: { name: string }) => name);
  expect(Object.fromEntries(Object.keys(paths).map((path) => [path, parameters(path)]))).toEqual({
    '/api/v1/brands': ['from', 'to'],
    '/api/v1/summary': ['from', 'to', 'brand'],
    '/api/v1/trends': ['from', 'to', 'brand', 'grain', 'timeZone'],
    '/api/v1/share-of-voice': ['from', 'to', 'brands'],
    '/api/v1/breakdown': ['from', 'to', 'brand'],
    '/api/v1/calibrations': [],
    '/api/v1/calibrations/labels': [],
    '/api/v1/calibrations/sample': ['brand', 'model', 'from', 'to', 'limit', 'seed', 'unlabeled'],
    '/api/v1/posts': [
      'brand',
      'label',
      'platform',
      'lang',
      'author',
      'minConfidence',
      'maxConfidence',
      'text',
      'official',
      'from',
      'to',
      'sort',
      'fold',
      'limit',
      'before',
    ],
    '/api/v1/posts/counts': [
      'brand',
      'label',
      'platform',
      'lang',
      'author',
      'minConfidence',
      'maxConfidence',
      'text',
      'official',
      'from',
      'to',
    ],
    '/api/v1/drivers': ['from', 'to', 'brand', 'platform', 'lang', 'limit'],
    '/api/v1/models': [],
    '/api/v1/models/compare': ['from', 'to', 'brand', 'version'],
    '/api/v1/models/activate': [],
    '/api/v1/rescore': [],
    '/api/v1/alerts': ['from', 'to', 'brand', 'rule', 'active', 'limit'],
    '/api/v1/anomalies': ['from', 'to', 'brands'],
    '/api/v1/incidents': ['from', 'to', 'brands'],
    '/api/v1/incidents/{id}': ['id'],
    '/api/v1/dead-letters': ['reason', 'source', 'limit'],
    '/api/v1/dead-letters/replay': [],
    '/api/v1/pipeline': [],
    '/api/v1/alerts/{id}': ['id'],
    '/api/v1/alerts/{id}/ack': [],
    '/api/v1/alerts/{id}/feedback': [],
    '/api/v1/alerts/events': [],
    '/api/v1/alerts/events/{id}': [],
    '/api/v1/alerts/sensitivities': [],
    '/api/v1/alerts/sensitivities/suggestions': [],
    '/api/v1/alerts/silences': [],
    '/api/v1/alerts/backtest': [],
    '/api/v1/alerts/test': [],
    '/api/v1/corrections': [],
    '/api/v1/brands/reapply': [],
    '/api/v1/rollups/rebuild': [],
    '/api/v1/erasures': [],
    '/api/v1/jobs/{id}': ['id'],
    '/api/v1/settings': [],
    '/api/v1/settings/brands': [],
    '/api/v1/settings/brands/preview': [],
    '/api/v1/settings/changes': [],
    '/api/v1/settings/tokens': [],
    '/api/v1/session': [],
    '/api/v1/stream': [],
  });
});

test('the OpenAPI document is valid', async () => {
  const { text } = await send(`${server.url}/api/v1/openapi.json`);
  expect(await new Validator().validate(JSON.parse(text))).toEqual({ valid: true });
});

test('the web UI is served at the root and revalidated each time', async () => {
  const { status, headers, text } = await send(`${server.url}/`);
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  expect(text).toContain('<title>feedpulse</title>');
});

test('the web UI has no inline scripts or styles', () => {
  expect(readText('src/web/index.html')).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i);
});

const answers = ['/', '/favicon.svg', '/healthz', '/metrics', '/api/v1/nothing', '/api/v1/summary?from=x'];

test.each([
  [
    'content-security-policy',
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none';require-trusted-types-for 'script';trusted-types stream-worker",
  ],
  ['cross-origin-embedder-policy', 'require-corp'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', expect.stringMatching(/^([a-z-]+=\(\), )+[a-z-]+=\(\)$/)],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-dns-prefetch-control', 'off'],
  ['x-frame-options', 'DENY'],
  ['x-permitted-cross-domain-policies', 'none'],
])('every response has the header %s', async (name, value) => {
  for (const path of answers) expect((await send(`${server.url}${path}`)).headers).toMatchObject({ [name]: value });
});

test.each(['server', 'x-powered-by', 'access-control-allow-origin', 'strict-transport-security'])(
  'no response has the header %s',
  async (name) => {
    for (const path of answers) expect((await send(`${server.url}${path}`)).headers).not.toHaveProperty(name);
  },
);

test('API, metrics and health responses are not cached', async () => {
  for (const path of answers.filter((path) => /^\/(api|metrics|healthz)/.test(path)))
    expect((await send(`${server.url}${path}`)).headers['cache-control']).toBe('no-store');
});

test.each(['/nothing', '/../package.json', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json', '/api/v1/', '/assets/'])(
  'nothing is served at %s',
  async (path) => {
    const { status, headers, text } = await send(`${server.url}${path}`);
    expect([403, 404]).toContain(status);
    expect(headers['content-type']).toBe(problemType);
    expect(text).not.toContain('dependencies');
  },
);

test('a body is rejected where none is expected', async () => {
  const { status, headers } = await send(`${server.url}/api/v1/posts`, { 'content-type': 'application/json' }, 'POST', '{}');
  expect([status, headers['content-type']]).toEqual([404, problemType]);
});

test('an unavailable database is reported without its error message', async () => {
  const { status, headers, text } = await send(`${server.url}/api/v1/summary`);
  expect([status, headers['content-type']]).toEqual([503, problemType]);
  expect(text).not.toMatch(/ECONN|127\.0\.0\.1|stack/);
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '[::2]'])(
  'a request for the host %s is rejected',
  async (host) => {
    const { status, text } = await send(`${server.url}/api/v1/brands`, { host });
    expect([status, JSON.parse(text).detail]).toEqual([403, expect.stringContaining('Unknown host name')]);
  },
);

test.each(['localhost', 'localhost:8080', '127.0.0.1', '[::1]:8080'])('a request for the host %s is answered', async (host) => {
  expect((await send(`${server.url}/healthz`, { host })).status).toBe(200);
});

test('a page of another origin is rejected, our own is served', async () => {
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'nonsense']) {
    expect((await send(`${server.url}/api/v1/openapi.json`, { origin })).status).toBe(403);
  }
  expect((await send(`${server.url}/api/v1/openapi.json`, { origin: server.url })).status).toBe(200);
});

test('an exposed server may run without authentication if the config allows it', async () => {
  const open = await startTestServer({ server: { host: '0.0.0.0', allowUnauthenticated: true } });
  const { port } = new URL(open.url);
  expect((await send(`http://127.0.0.1:${port}/metrics`, { host: 'feedpulse' })).status).toBe(200);
  await open.close();
});

/** A server whose queries end only when they are aborted; what happens, errors in the log included, is added to `events`. */
function startWaitingServer(events: string[], parts: Partial<ServerDeps> = {}): Promise<TestServer> {
  const client = createClient({ url: 'http://127.0.0.1:1', log: { level: ClickHouseLogLevel.OFF } });
  client.query = ({ abort_signal: signal }) =>
    new Promise((_, reject) => {
      events.push('started');
      signal?.addEventListener('abort', () => {
        events.push('aborted');
        reject(new Error('The user aborted a request.'));
      });
    });
  const log: Log = { ...quiet, error: (_fields, message) => events.push(message) };
  return startTestServer({ reader: client, heavyReader: client, log, ...parts });
}

test('queries that wait or run for too long are answered with 503 before their connection is closed', async () => {
  const events: string[] = [];
  const sleeps: number[] = [];
  let passTime = () => {};
  const passed = new Promise<void>((resolve) => (passTime = resolve));
  const sleep = (ms: number): Promise<void> => {
    sleeps.push(ms);
    return passed;
  };
  const waiting = await startWaitingServer(events, { clock: { ...systemClock, sleep } });
  // One runs, the others wait for it.
  const requests = ['GET', 'GET', 'HEAD'].map((method) => send(`${waiting.url}/api/v1/drivers?brand=Heron`, {}, method));
  await expect.poll(() => [events, sleeps.length]).toEqual([['started'], 3]);
  passTime();
  const answers = await Promise.all(requests);
  expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual(Array(3).fill([503, '5']));
  expect(answers[0]?.text).toMatch(/too busy to answer in time/);
  expect(Math.max(...sleeps)).toBeLessThan(60_000);
  await waiting.close();
  expect(events).toEqual(['started', 'aborted']);
});

test('a query ends when its client leaves, and nothing is logged as an error', async () => {
  const events: string[] = [];
  const waiting = await startWaitingServer(events);
  const leaving = new AbortController();
  const response = fetch(`${waiting.url}/api/v1/posts`, { signal: leaving.signal }).catch((error: Error) => error.name);
  await expect.poll(() => events).toEqual(['started']);
  leaving.abort();
  expect(await response).toBe('AbortError');
  await expect.poll(() => events).toEqual(['started', 'aborted']);
  await waiting.close();
  expect(events).toEqual(['started', 'aborted']);
});

test('a port in use is reported as PORT_IN_USE', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await expect(startTestServer({ server: { port } })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  other.close();
});
