import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { send, startTestServer, type TestServer, tokenFolder } from '../test-server.ts';

const proxyAuth = { header: 'X-Auth-User', editors: ['ines'], admins: ['omar'] };
const folder = tokenFolder();
let server: TestServer;
let token: string;

beforeAll(async () => {
  token = await folder.add('grafana');
  server = await startTestServer({ server: { tokensFile: folder.path, trustedProxies: ['127.0.0.0/8'], proxyAuth } });
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

const sessionAt = async ({ url }: TestServer, headers: Record<string, string | string[]> = {}): Promise<unknown> =>
  JSON.parse((await send(`${url}/api/v1/session`, headers)).text);
const metrics = async (headers: Record<string, string>) => (await send(`${server.url}/metrics`, headers)).status;

test('a user named by the proxy has the configured role', async () => {
  const roleOf = async (user: string) => sessionAt(server, { 'x-auth-user': user });
  expect(await roleOf('mia')).toEqual({ authRequired: true, name: 'mia', role: 'viewer', isProxyUser: true });
  expect(await roleOf('ines')).toEqual({ authRequired: true, name: 'ines', role: 'editor', isProxyUser: true });
  expect(await roleOf('omar')).toEqual({ authRequired: true, name: 'omar', role: 'admin', isProxyUser: true });
  expect(await metrics({ 'x-auth-user': 'mia' })).toBe(200);
});

test.each([
  ['no name', {}],
  ['an empty one', { 'x-auth-user': ' ' }],
  ['two, of which one came from outside', { 'x-auth-user': ['omar', 'mia'] }],
  ['two in one header', { 'x-auth-user': 'omar, mia' }],
  ['a very long one', { 'x-auth-user': 'o'.repeat(201) }],
  ['another header', { 'x-forwarded-user': 'omar' }],
])('%s authenticates nobody', async (_what, headers) => {
  expect(await sessionAt(server, headers)).toEqual({ authRequired: true });
  expect((await send(`${server.url}/metrics`, headers)).status).toBe(401);
});

test('the user header is ignored unless a trusted proxy sends it', async () => {
  const others = await startTestServer({ server: { trustedProxies: ['10.9.9.0/24', '2001:db8::/32'], proxyAuth } });
  expect(await sessionAt(others, { 'x-auth-user': 'omar' })).toEqual({ authRequired: true });
  expect(await sessionAt(others, { 'x-auth-user': 'omar', 'x-forwarded-for': '10.9.9.1' })).toEqual({ authRequired: true });
  await others.close();
});

test('a dual-stack server recognizes the proxy by its IPv4 address', async () => {
  const both = await startTestServer({ server: { host: '::', trustedProxies: ['127.0.0.1'], proxyAuth } });
  const url = `http://127.0.0.1:${new URL(both.url).port}`;
  expect(await sessionAt({ ...both, url }, { 'x-auth-user': 'mia' })).toMatchObject({ name: 'mia' });
  await both.close();
});

test('tokens keep working, and the header does not outweigh an unknown token', async () => {
  expect(await metrics({ authorization: `Bearer ${token}` })).toBe(200);
  expect(await metrics({ authorization: 'Bearer fp_wrong', 'x-auth-user': 'omar' })).toBe(401);
});

test('another site cannot use the authentication of a proxy', async () => {
  const silence = (headers: Record<string, string>) =>
    send(`${server.url}/api/v1/alerts/silences`, { 'content-type': 'application/json', 'x-auth-user': 'ines', ...headers }, 'POST', '{}');
  expect((await silence({})).status).toBe(403);
  expect((await silence({ origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await silence({ authorization: 'Basic aW5lczp4' })).status).toBe(403);
  expect((await silence({ origin: server.url })).status).not.toBe(403);
});

test('proxy authentication requires trusted proxies', () => {
  expect(() => loadConfig({ env: { FEEDPULSE_SERVER_PROXY_AUTH_ROLE: 'viewer' } })).toThrow('server.proxyAuth');
});
