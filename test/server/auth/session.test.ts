import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { removeToken } from '../../../src/server/auth/token-file.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder } from '../test-server.ts';

const hour = 3_600_000;
const folder = tokenFolder();
const clock = { sleep: systemClock.sleep, now: () => now };
let now = Date.now();
let token: string;
let server: TestServer;

beforeAll(async () => {
  token = await folder.add('ines', 'editor');
});
afterAll(folder.remove);
beforeEach(async () => {
  server = await startTestServer({
    clock,
    server: { tokensFile: folder.path, trustedProxies: ['127.0.0.1'], allowedHosts: ['feedpulse.example'] },
  });
});
afterEach(() => server.close());

const json = { 'content-type': 'application/json' };

function signIn(headers: Record<string, string> = {}, body: string = JSON.stringify({ token })) {
  return send(`${server.url}/api/v1/session`, { ...json, origin: server.url, ...headers }, 'POST', body);
}

const cookieOf = ({ headers }: { headers: NodeJS.Dict<string | string[]> }): string => headers['set-cookie']?.[0] ?? '';

/** The Cookie header of a new session. */
async function signedIn(): Promise<{ cookie: string }> {
  return { cookie: cookieOf(await signIn()).split(';')[0] ?? '' };
}

const metrics = async (headers: Record<string, string>) => (await send(`${server.url}/metrics`, headers)).status;

test('a token opens a session, whose cookie scripts and other sites cannot use', async () => {
  const answer = await signIn();
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { authRequired: true, name: 'ines', role: 'editor' }]);
  expect(cookieOf(answer)).toMatch(/^feedpulse=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  const cookie = { cookie: `theme=dark; ${cookieOf(answer).split(';')[0]}` };
  expect(await metrics(cookie)).toBe(200);
  expect(JSON.parse((await send(`${server.url}/api/v1/session`, cookie)).text)).toEqual({
    authRequired: true,
    name: 'ines',
    role: 'editor',
  });
  expect(JSON.parse((await send(`${server.url}/api/v1/session`)).text)).toEqual({ authRequired: true });
});

test('over TLS the cookie is bound to TLS and this host; an undeclared proxy is not trusted', async () => {
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'feedpulse.example', origin: 'https://feedpulse.example' };
  const answer = await signIn(secure);
  expect(cookieOf(answer)).toMatch(/^__Host-feedpulse=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
  const cookie = cookieOf(answer).split(';')[0] ?? '';
  expect(await metrics({ ...secure, cookie })).toBe(200);
  expect(await metrics({ cookie: cookie.replace('__Host-', ''), ...secure })).toBe(401);
  const other = await startTestServer({ server: { tokensFile: folder.path, host: '0.0.0.0', trustedProxies: ['10.9.9.9'] } });
  const url = `http://127.0.0.1:${new URL(other.url).port}`;
  const plain = await send(`${url}/api/v1/session`, { ...json, 'x-forwarded-proto': 'https' }, 'POST', JSON.stringify({ token }));
  expect(cookieOf(plain)).not.toContain('Secure');
  expect(plain.headers['strict-transport-security']).toBeUndefined();
  await other.close();
});

test('a session ends after twelve hours', async () => {
  const cookie = await signedIn();
  now += 12 * hour - 1;
  expect(await metrics(cookie)).toBe(200);
  now += 1;
  expect(await metrics(cookie)).toBe(401);
});

test('signing out ends the session and clears the cookie', async () => {
  const cookie = await signedIn();
  const answer = await send(`${server.url}/api/v1/session`, { ...cookie, origin: server.url }, 'DELETE');
  expect([answer.status, cookieOf(answer)]).toEqual([204, 'feedpulse=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict']);
  expect(await metrics(cookie)).toBe(401);
});

test('a session ends with its token', async () => {
  const shortLived = await folder.add('short');
  await expect.poll(async () => (await send(`${server.url}/metrics`, { authorization: `Bearer ${shortLived}` })).status).toBe(200);
  const cookie = { cookie: cookieOf(await signIn({}, JSON.stringify({ token: shortLived }))).split(';')[0] ?? '' };
  expect(await metrics(cookie)).toBe(200);
  await removeToken(folder.path, 'short');
  await expect.poll(() => metrics(cookie), { timeout: 4_000 }).toBe(401);
});

test('signing in again ends the previous session, and a session cannot be chosen', async () => {
  const before = await signedIn();
  const chosen = { cookie: `feedpulse=${'A'.repeat(43)}` };
  const answer = await signIn(before);
  expect(await metrics(before)).toBe(401);
  expect(cookieOf(await signIn(chosen))).not.toContain(chosen.cookie);
  expect(await metrics(chosen)).toBe(401);
  expect(await metrics({ cookie: cookieOf(answer).split(';')[0] ?? '' })).toBe(200);
});

test('the oldest of 51 sessions of a token has ended', async () => {
  const cookies: { cookie: string }[] = [];
  for (let index = 0; index < 51; index++) cookies.push(await signedIn());
  expect(await Promise.all([0, 1, 50].map((index) => metrics(cookies[index] ?? { cookie: '' })))).toEqual([401, 200, 200]);
});

test.each([
  ['an unknown token', JSON.stringify({ token: `fp_${'A'.repeat(43)}` }), 401],
  ['none', '{}', 400],
  ['a number', '{"token":1}', 400],
  ['an unknown field', JSON.stringify({ token: 'fp_x', role: 'admin' }), 400],
  ['a prototype', '{"__proto__":{"token":"fp_x"}}', 400],
  ['invalid JSON', 'fp_secret', 400],
  ['nothing', '', 400],
  ['2 kB', JSON.stringify({ token: 'x'.repeat(2_000) }), 413],
  ['1 MB', JSON.stringify({ token: 'x'.repeat(1_048_576) }), 413],
])('a sign-in with %s is rejected and not echoed', async (_what, body, expected) => {
  const { status, headers, text } = await signIn({}, body);
  expect([status, headers['content-type'], headers['set-cookie']]).toEqual([expected, problemType, undefined]);
  expect(text).not.toContain('fp_');
});

test('a sign-in must be JSON, which forms cannot send', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect((await signIn({ 'content-type': type })).status).toBe(415);
});

test('cross-site requests are rejected, and so are unsafe requests with a cookie but no origin', async () => {
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', server.url.replace('http:', 'ftp:')])
    expect((await signIn({ origin })).status).toBe(403);
  for (const site of ['cross-site', 'same-site']) expect(await metrics({ ...(await signedIn()), 'sec-fetch-site': site })).toBe(403);
  const cookie = await signedIn();
  expect((await send(`${server.url}/api/v1/session`, cookie, 'DELETE')).status).toBe(403);
  expect((await send(`${server.url}/api/v1/session`, { ...json, ...cookie }, 'POST', '{}')).status).toBe(403);
  expect(await metrics(cookie)).toBe(200);
  expect(await metrics({ ...cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200);
});

test('an http origin is foreign if the page uses https', async () => {
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'feedpulse.example' };
  expect((await signIn({ ...secure, origin: 'http://feedpulse.example' })).status).toBe(403);
  expect((await signIn({ ...secure, origin: 'https://feedpulse.example' })).status).toBe(200);
});
