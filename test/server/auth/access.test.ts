import { spawnSync } from 'node:child_process';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerAccess } from '../../../src/server/auth/access.ts';
import { createSessions } from '../../../src/server/auth/sessions.ts';
import { addToken, removeToken } from '../../../src/server/auth/token-file.ts';
import { openTokenStore, type TokenStore } from '../../../src/server/auth/token-store.ts';
import { createApp } from '../../../src/server/http/create-app.ts';
import { HttpProblem } from '../../../src/server/http/problem.ts';
import { quiet } from '../../support/test-database.ts';
import { healthy, problemType, send, startTestServer, type TestServer, tokenFolder } from '../test-server.ts';

const folder = tokenFolder();
let server: TestServer;
let viewer: string;

beforeAll(async () => {
  viewer = await folder.add('viewer');
  server = await startTestServer({ server: { tokensFile: folder.path } });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusOf = async (path: string, headers = {}, at = server) => (await send(`${at.url}${path}`, headers)).status;

test('without tokens, everything is served on loopback', async () => {
  const open = await startTestServer();
  expect(await statusOf('/api/v1/openapi.json', {}, open)).toBe(200);
  expect(await statusOf('/metrics', {}, open)).toBe(200);
  expect(JSON.parse((await send(`${open.url}/readyz`)).text)).toEqual({ ready: true, components: healthy.components });
  await open.close();
});

test('without tokens, loopback callers are admin, and others, if allowed, viewers', async () => {
  const roleAt = async (given: object): Promise<unknown> => {
    const open = await startTestServer({ server: given });
    const { text } = await send(`http://127.0.0.1:${new URL(open.url).port}/api/v1/session`);
    await open.close();
    return JSON.parse(text);
  };
  expect(await roleAt({})).toEqual({ authRequired: false, role: 'admin' });
  expect(await roleAt({ host: '0.0.0.0', allowUnauthenticated: true })).toEqual({ authRequired: false, role: 'viewer' });
  expect(await roleAt({ trustedProxies: ['127.0.0.1'], allowUnauthenticated: true })).toEqual({ authRequired: false, role: 'viewer' });
});

test('once a token exists, every API path requires one', async () => {
  const { text } = await send(`${server.url}/api/v1/openapi.json`, bearer(viewer));
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  const needed = ['/metrics', '/api/v1/openapi.json', ...Object.keys(paths)].filter((path) => path !== '/api/v1/session');
  expect(needed.length).toBeGreaterThan(6);
  for (const path of needed) {
    const methods = Object.keys(paths[path] ?? { get: {} }).map((method) => method.toUpperCase());
    for (const method of methods.includes('GET') ? [...methods, 'HEAD'] : methods) {
      const { status, headers } = await send(`${server.url}${path}`, {}, method);
      expect([path, status, headers['content-type'], headers['www-authenticate']]).toEqual([
        path,
        401,
        problemType,
        'Bearer realm="feedpulse"',
      ]);
    }
  }
  expect(await statusOf('/metrics', bearer(viewer))).toBe(200);
});

test('an API route without a role cannot be registered', () => {
  const app = createApp({ log: quiet });
  const tokens: TokenStore = {
    isRequired: () => true,
    find: () => undefined,
    findByHash: () => undefined,
    reload: async () => {},
    close: () => {},
  };
  registerAccess(app, {
    tokens,
    sessions: createSessions({ now: () => 0 }),
    proxyUser: () => undefined,
    anonymousRole: () => undefined,
    rejectToken: async () => {
      throw new HttpProblem(401, 'Unknown token.');
    },
  });
  expect(() => app.get('/api/v1/forgotten', async () => 'all there is')).toThrow('/api/v1/forgotten has no role');
});

test('an editor route rejects viewers and accepts editors and admins', async () => {
  const { app, close, tokens } = await appWithRoles();
  const statuses = [];
  for (const token of tokens) statuses.push((await send(`${app}/api/v1/change`, bearer(token), 'POST')).status);
  expect(statuses).toEqual([403, 200, 200]);
  const { headers, text } = await send(`${app}/api/v1/change`, bearer(tokens[0] ?? ''), 'POST');
  expect([headers['content-type'], JSON.parse(text).detail]).toEqual([problemType, 'Requires the role editor; you have the role viewer.']);
  await close();
});

/** The access rules over a real socket, around a route such as none is there yet. */
async function appWithRoles() {
  const own = tokenFolder();
  const tokens = [await own.add('v', 'viewer'), await own.add('e', 'editor'), await own.add('a', 'admin')];
  const book = await openTokenStore(own.path, quiet);
  const app = createApp({ log: quiet });
  registerAccess(app, {
    tokens: book,
    sessions: createSessions(Date),
    proxyUser: () => undefined,
    anonymousRole: () => undefined,
    rejectToken: async () => {
      throw new HttpProblem(401, 'Unknown token.');
    },
  });
  app.post('/api/v1/change', { config: { role: 'editor' } }, async () => 'changed');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const close = async () => {
    book.close();
    await app.close();
    own.remove();
  };
  return { app: url, close, tokens };
}

test.each([
  ['another token', `Bearer fp_${'A'.repeat(43)}`],
  ['no token', 'Bearer'],
  ['nothing but its hash', 'Bearer HASH'],
  ['a name and a password', `Basic ${Buffer.from('viewer:viewer').toString('base64')}`],
  ['a long one', `Bearer ${'x'.repeat(10_000)}`],
  ['two', 'Bearer TOKEN TOKEN'],
  ['one with something behind it', 'Bearer TOKEN.'],
  ['one in other letters', 'Bearer LOWER'],
])('%s is rejected', async (_what, header) => {
  const { tokens } = JSON.parse(await readFile(folder.path, 'utf8')) as { tokens: [{ hash: string }] };
  const authorization = header.replace('HASH', tokens[0].hash).replaceAll('TOKEN', viewer).replace('LOWER', viewer.toLowerCase());
  const own = await startTestServer({ server: { tokensFile: folder.path } });
  expect(await statusOf('/api/v1/openapi.json', { authorization }, own)).toBe(401);
  expect(await statusOf('/api/v1/openapi.json', { authorization: `bearer ${viewer}` }, own)).toBe(200);
  await own.close();
});

test('a token in the URL is ignored', async () => {
  expect(await statusOf(`/metrics?token=${viewer}&access_token=${viewer}`)).toBe(401);
});

test('health checks are public, their details are not', async () => {
  const components = { source: 'no broker answers at kafka-7.internal', model: 'ok', database: 'ok' };
  const waiting = await startTestServer({
    server: { tokensFile: folder.path },
    readStatus: () => ({ ...healthy, ready: false, components }),
  });
  expect(await statusOf('/healthz', bearer('fp_wrong'), waiting)).toBe(200);
  for (const headers of [{}, bearer('fp_wrong')]) {
    const { status, text } = await send(`${waiting.url}/readyz`, headers);
    expect([status, JSON.parse(text)]).toEqual([503, { ready: false }]);
  }
  expect(JSON.parse((await send(`${waiting.url}/readyz`, bearer(viewer))).text)).toEqual({ ready: false, components });
  await waiting.close();
});

test('adding and removing a token takes effect within seconds; the file holds no token', async () => {
  const added = await folder.add('late');
  await expect.poll(() => statusOf('/metrics', bearer(added)), { timeout: 4_000, interval: 300 }).toBe(200);
  const kept = await readFile(folder.path, 'utf8');
  expect(kept).not.toContain(added.slice(3));
  expect((await stat(folder.path)).mode & 0o777).toBe(0o600);
  await removeToken(folder.path, 'late');
  await expect.poll(() => statusOf('/metrics', bearer(added)), { timeout: 4_000, interval: 300 }).toBe(401);
  expect(await statusOf('/metrics', bearer(viewer))).toBe(200);
});

test('after the last token or the file is removed, all requests are rejected', async () => {
  const own = tokenFolder();
  const only = await own.add('only');
  const running = await startTestServer({ server: { tokensFile: own.path } });
  expect(await statusOf('/metrics', bearer(only), running)).toBe(200);
  await rm(own.path);
  await expect.poll(() => statusOf('/metrics', bearer(only), running), { timeout: 4_000 }).toBe(401);
  expect(await statusOf('/metrics', {}, running)).toBe(401);
  await running.close();
  own.remove();
});

test('the first token closes a server that ran without authentication', async () => {
  const own = tokenFolder();
  const running = await startTestServer({ server: { tokensFile: own.path } });
  expect(await statusOf('/metrics', {}, running)).toBe(200);
  const first = await own.add('first');
  await expect.poll(() => statusOf('/metrics', {}, running), { timeout: 4_000 }).toBe(401);
  expect(await statusOf('/metrics', bearer(first), running)).toBe(200);
  await running.close();
  own.remove();
});

test('while the token file is invalid, all requests are rejected', async () => {
  const own = tokenFolder();
  const only = await own.add('only');
  const running = await startTestServer({ server: { tokensFile: own.path } });
  const whole = await readFile(own.path, 'utf8');
  await writeFile(own.path, whole.slice(0, -20));
  await expect.poll(() => statusOf('/metrics', bearer(only), running), { timeout: 4_000 }).toBe(401);
  await writeFile(own.path, whole);
  await expect.poll(() => statusOf('/metrics', bearer(only), running), { timeout: 4_000, interval: 300 }).toBe(200);
  await running.close();
  own.remove();
});

test.each([
  ['invalid JSON', '{"tokens": ['],
  ['another shape', '[]'],
  ['an unknown role', `{"tokens":[{"name":"a","role":"root","hash":"${'0'.repeat(64)}","createdAt":"2026-01-01T00:00:00Z"}]}`],
  ['a token that is not hashed', `{"tokens":[{"name":"a","role":"admin","hash":"fp_x","createdAt":"2026-01-01T00:00:00Z"}]}`],
])('the server does not start on a file with %s', async (_what, text) => {
  const own = tokenFolder();
  await writeFile(own.path, text);
  await expect(startTestServer({ server: { tokensFile: own.path } })).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
  own.remove();
});

test('the server does not start with a world-writable token file', async () => {
  const own = tokenFolder();
  await own.add('only');
  await chmod(own.path, 0o666);
  await expect(startTestServer({ server: { tokensFile: own.path } })).rejects.toMatchObject({ code: 'FILE_INACCESSIBLE' });
  own.remove();
});

test('concurrent changes are all kept, names are unique, and a lock is reported unless its process has ended', async () => {
  const own = tokenFolder();
  const names = Array.from({ length: 8 }, (_, index) => `token-${index}`);
  const made = await Promise.all(names.map((name) => own.add(name)));
  expect(new Set(made).size).toBe(8);
  for (const token of made) expect(token).toMatch(/^fp_[A-Za-z0-9_-]{43}$/);
  const { tokens } = JSON.parse(await readFile(own.path, 'utf8')) as { tokens: { name: string }[] };
  expect(tokens.map(({ name }) => name).sort()).toEqual(names);
  await expect(own.add('token-3')).rejects.toMatchObject({ code: 'USAGE' });
  await expect(own.add('no spaces')).rejects.toMatchObject({ code: 'USAGE' });
  await expect(removeToken(own.path, 'nobody')).rejects.toMatchObject({ code: 'USAGE' });
  const lock = join(dirname(own.path), `.${basename(own.path)}.lock-`);
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(`${lock}${pid}`, ''); // of a process that has ended
  await own.add('late');
  await writeFile(`${lock}${process.ppid}`, '');
  await expect(own.add('later')).rejects.toThrow(`delete ${lock}${process.ppid}`);
  own.remove();
});

test('lookup takes the same time for the first, the last and an unknown token', async () => {
  const own = tokenFolder();
  const first = await own.add('first');
  for (let index = 0; index < 100; index++) await own.add(`between-${index}`);
  const last = await addToken(own.path, { name: 'last', role: 'viewer' }, new Date());
  const book = await openTokenStore(own.path, quiet);
  const tokens = [first, last, `fp_${'A'.repeat(43)}`];
  const times: number[][] = [[], [], []];
  for (let round = 0; round < 3_000; round++) {
    for (const [index, token] of tokens.entries()) {
      const startedAt = process.hrtime.bigint();
      book.find(token);
      times[index]?.push(Number(process.hrtime.bigint() - startedAt));
    }
  }
  const [early = 0, late = 0, never = 0] = times.map((all) => all.sort((a, b) => a - b)[1_500] ?? 0);
  // With an early exit the first would take a small part of the last.
  expect(early / late).toBeGreaterThan(0.7);
  expect(never / late).toBeGreaterThan(0.7);
  book.close();
  own.remove();
});

test('an exposed server requires a token or explicit permission', async () => {
  const none = { server: { host: '0.0.0.0' } };
  await expect(startTestServer(none)).rejects.toMatchObject({ code: 'INSECURE_BIND' });
  await expect(startTestServer({ server: { trustedProxies: ['127.0.0.1'] } })).rejects.toMatchObject({ code: 'INSECURE_BIND' });
  const guarded = await startTestServer({ server: { host: '0.0.0.0', tokensFile: folder.path } });
  const { port } = new URL(guarded.url);
  const at = `http://127.0.0.1:${port}/metrics`;
  expect((await send(at, { host: '192.0.2.7' })).status).toBe(401);
  expect((await send(at, { host: '192.0.2.7', ...bearer(viewer) })).status).toBe(200);
  await guarded.close();
});

test('an exposed server answers under IP addresses, names without a dot and configured names, and under no other (DNS rebinding)', async () => {
  const allowedHosts = ['pulse.brand.example', '.internal.example'];
  const exposed = await startTestServer({ server: { host: '0.0.0.0', allowUnauthenticated: true, allowedHosts } });
  const { port } = new URL(exposed.url);
  const statusFor = async (host: string) => (await send(`http://127.0.0.1:${port}/metrics`, { host })).status;
  for (const host of ['192.0.2.7', '[2001:db8::1]:8080', 'feedpulse:8080', 'localhost', 'PULSE.brand.example', 'a.b.internal.example:1'])
    expect([host, await statusFor(host)]).toEqual([host, 200]);
  for (const host of [
    'evil.example',
    'evil.example:8080',
    'pulse.brand.example.evil.example',
    'internal.example',
    '192.0.2.7.evil.example',
  ])
    expect([host, await statusFor(host)]).toEqual([host, 403]);
  await exposed.close();
});
