import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeToken } from '../../../src/server/auth/token-file.ts';
import { createApp } from '../../../src/server/http/create-app.ts';
import { quiet } from '../../support/test-database.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder } from '../test-server.ts';

const folder = tokenFolder();
let tokens: string[];
let open: TestServer;
beforeAll(async () => {
  tokens = [await folder.add('one'), await folder.add('two')];
  open = await startTestServer();
});
afterAll(async () => {
  await open.close();
  folder.remove();
});

const bearer = (index: number) => ({ authorization: `Bearer ${tokens[index]}` });

test('a caller over the rate limit is rejected, others are not', async () => {
  const server = await startTestServer({ server: { tokensFile: folder.path, requestsPerMinute: 5 } });
  const statuses = [];
  for (let sent = 0; sent < 6; sent++) statuses.push((await send(`${server.url}/metrics`, bearer(0))).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const { headers, text } = await send(`${server.url}/metrics`, bearer(0));
  expect(headers['content-type']).toBe(problemType);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(JSON.parse(text)).toMatchObject({ status: 429, title: 'Too Many Requests' });
  expect((await send(`${server.url}/metrics`, bearer(1))).status).toBe(200);
  expect((await send(`${server.url}/healthz`, bearer(0))).status).toBe(200);
  await server.close();
});

test.each([
  ['GET', '/'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/nothing'],
  ['GET', '/favicon.svg'],
  ['POST', '/api/v1/nothing'],
])('unauthenticated callers are limited by address, at %s %s too', async (method, path) => {
  const server = await startTestServer({ server: { tokensFile: folder.path, requestsPerMinute: 3 } });
  for (let sent = 0; sent < 3; sent++) expect((await send(`${server.url}${path}`, {}, method)).status).not.toBe(429);
  expect((await send(`${server.url}${path}`, {}, method)).status).toBe(429);
  for (let sent = 0; sent < 20; sent++) expect((await send(`${server.url}/readyz`)).status).toBe(200);
  await server.close();
});

test('after ten unknown tokens within a minute only valid ones are accepted', async () => {
  const server = await startTestServer({ server: { tokensFile: folder.path } });
  const wrong = { authorization: `Bearer fp_${'A'.repeat(43)}` };
  const body = JSON.stringify({ token: 'fp_wrong' });
  const signIn = () => send(`${server.url}/api/v1/session`, { 'content-type': 'application/json' }, 'POST', body);
  for (let tried = 0; tried < 5; tried++) {
    expect((await send(`${server.url}/metrics`, wrong)).status).toBe(401);
    expect((await signIn()).status).toBe(401);
  }
  for (const { status, headers } of [await send(`${server.url}/metrics`, wrong), await signIn()]) {
    expect([status, headers['content-type']]).toEqual([429, problemType]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }
  expect((await send(`${server.url}/metrics`, bearer(0))).status).toBe(200);
  await server.close();
});

test('clients behind a declared proxy are limited separately, spoofed addresses are not; IPv6 counts by network', async () => {
  const proxied = await startTestServer({ server: { tokensFile: folder.path, requestsPerMinute: 2, trustedProxies: ['127.0.0.0/8'] } });
  const from = async (server: TestServer, address: string) => (await send(`${server.url}/metrics`, { 'x-forwarded-for': address })).status;
  expect([await from(proxied, '192.0.2.1'), await from(proxied, '192.0.2.1'), await from(proxied, '192.0.2.1')]).toEqual([401, 401, 429]);
  expect(await from(proxied, '192.0.2.2')).toBe(401);
  // The last address is the one that the proxy saw.
  expect(await from(proxied, '192.0.2.3, 192.0.2.1')).toBe(429);
  const sameNetwork = ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => from(proxied, address));
  expect((await Promise.all(sameNetwork)).sort()).toEqual([401, 401, 429]);
  const direct = await startTestServer({ server: { tokensFile: folder.path, requestsPerMinute: 2 } });
  expect([await from(direct, '192.0.2.1'), await from(direct, '192.0.2.2'), await from(direct, '192.0.2.3')]).toEqual([401, 401, 429]);
  await proxied.close();
  await direct.close();
});

test('a caller may open twenty streams, apart from others; they end with the token', async () => {
  const own = tokenFolder();
  tokens.push(await own.add('three'), await own.add('four'));
  const server = await startTestServer({ server: { tokensFile: own.path } });
  const statusOf = async (index: number) => (await fetch(`${server.url}/api/v1/stream`, { headers: bearer(index) })).status;
  const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/api/v1/stream`, { headers: bearer(2) })));
  expect(streams.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const refused = await send(`${server.url}/api/v1/stream`, bearer(2));
  expect([refused.status, refused.headers['content-type'], refused.headers['retry-after']]).toEqual([429, problemType, '10']);
  expect(await statusOf(3)).toBe(200);
  const ended = Promise.all(streams.map((stream) => stream.text()));
  await removeToken(own.path, 'three');
  const startedAt = Date.now();
  await ended;
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  await server.close();
  own.remove();
});

/** What the server answers to these bytes, until it closes the connection. */
function exchange(
  bytes: string,
  more?: (write: (text: string) => void) => NodeJS.Timeout,
  at = open.url,
): Promise<{ text: string; seconds: number }> {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(at).port), '127.0.0.1', () => socket.write(bytes));
    const timer = more?.((part) => socket.writable && socket.write(part));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('error', () => {}); // an end is an end
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text, seconds: (Date.now() - startedAt) / 1_000 });
    });
  });
}

test('a slow head, an endless body and an idle connection are closed', { timeout: 40_000 }, async () => {
  const drip = (write: (text: string) => void) => setInterval(() => write('x'), 500);
  const start = 'POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n';
  const [head, body, silent] = await Promise.all([
    exchange(`${start}X-Slow: `, drip),
    exchange(`${start}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`, drip),
    exchange(''),
  ]);
  expect(head.text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*application\/problem\+json/);
  expect(head.seconds).toBeGreaterThan(9);
  for (const { seconds } of [head, silent]) expect(seconds).toBeLessThan(14);
  expect(body.seconds).toBeLessThan(19);
});

test('a head of 20 kB and a URL of 5 kB are rejected', async () => {
  const large = await exchange(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(large.text).toMatch(
    /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n[\s\S]*x-content-type-options: nosniff[\s\S]*"status":431/,
  );
  const { status, headers } = await send(`${open.url}/api/v1/brands?from=${'x'.repeat(5_000)}`);
  expect([status, headers['content-type']]).toEqual([414, problemType]);
});

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
  ['a length and chunks', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
])('a request with %s is refused', async (_what, bytes) => {
  expect((await exchange(bytes)).text).toMatch(/^HTTP\/1\.1 400 /);
});

test('two Host headers and an absolute URL are rejected', async () => {
  const two = await exchange('GET /metrics HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(two.text).toMatch(/^HTTP\/1\.1 40[03] /);
  const absolute = await exchange('GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(absolute.text).toMatch(/^HTTP\/1\.1 400 /);
});

test('bodies are limited to 64 kB', async () => {
  const app = createApp({ log: quiet });
  app.post('/take', async () => 'taken');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const post = async (bytes: number) =>
    (await send(`${url}/take`, { 'content-type': 'application/json' }, 'POST', JSON.stringify('x'.repeat(bytes - 2)))).status;
  expect([await post(65_536), await post(65_537), await post(1_048_576)]).toEqual([200, 413, 413]);
  await app.close();
});

test('connections and their idle time are limited', async () => {
  const { maxConnections, timeout } = createApp({ log: quiet }).server;
  expect({ maxConnections, timeout }).toEqual({ maxConnections: 1_000, timeout: 60_000 });
  const app = createApp({ log: quiet, maxConnections: 2 });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const held = [0, 1].map(() => connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})); // the server ends them
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  expect(await exchange('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', undefined, url)).toMatchObject({ text: '' });
  for (const socket of held) socket.destroy();
  await app.close();
});

test.each(['/%', '/%E0%A4%A', '/api/v1/alerts/%ff'])(
  'the path %s, which cannot be decoded, is a problem with security headers',
  async (path) => {
    const { text } = await exchange(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*x-content-type-options: nosniff[\s\S]*"status":400/);
  },
);
