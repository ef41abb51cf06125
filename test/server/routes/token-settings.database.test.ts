import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTokens } from '../../../src/server/auth/token-file.ts';
import { settingChangesResponse } from '../../../src/server/routes/settings.ts';
import { tokensResponse } from '../../../src/server/routes/token-settings.ts';
import { openTestDatabase, queryRows } from '../../support/test-database.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder, upkeepOf } from '../test-server.ts';

const folder = tokenFolder();
let server: TestServer;
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
/** The token of each name. */
const token: Record<string, string> = {};

beforeAll(async () => {
  opened = await openTestDatabase();
  server = await startTestServer({ reader: opened.db.reader, maintenance: upkeepOf(opened.db), server: { tokensFile: folder.path } });
});
afterAll(async () => {
  await server.close();
  await opened.remove();
  folder.remove();
});

async function ask(method: string, path: string, as?: string, body?: object): Promise<{ status: number; body: unknown }> {
  const headers = { ...(as && { authorization: `Bearer ${token[as]}` }), ...(body && { 'content-type': 'application/json' }) };
  const answer = await send(`${server.url}/api/v1/settings/${path}`, headers, method, body ? JSON.stringify(body) : '');
  if (answer.status >= 400) expect(answer.headers['content-type']).toBe(problemType);
  return { status: answer.status, body: answer.text === '' ? undefined : JSON.parse(answer.text) };
}

async function add(name: string, role: string, as?: string): Promise<number> {
  const { status, body } = await ask('POST', 'tokens', as, { name, role });
  if (status === 200) token[name] = (body as { token: string }).token;
  return status;
}

test('the first token is an admin, and ends the access without one at once', async () => {
  expect((await ask('GET', 'tokens')).body).toEqual({ tokens: [], isRequired: false });
  expect(await add('otto', 'viewer')).toBe(400);
  expect(await add('ines', 'admin')).toBe(200);
  expect((await ask('GET', 'tokens')).status).toBe(401);
  const list = tokensResponse.parse((await ask('GET', 'tokens', 'ines')).body);
  expect(list).toMatchObject({ tokens: [{ name: 'ines', role: 'admin' }], isRequired: true });
});

test('an admin invites others at once; they may not invite anybody', async () => {
  expect(await add('otto', 'editor', 'ines')).toBe(200);
  expect((await ask('GET', 'brands', 'otto')).status).toBe(200);
  expect(await add('eve', 'admin', 'otto')).toBe(403);
  expect((await ask('GET', 'tokens', 'otto')).status).toBe(403);
  expect((await ask('DELETE', 'tokens?name=ines', 'otto')).status).toBe(403);
  expect(await add('otto', 'viewer', 'ines')).toBe(400);
  expect(await add('no spaces', 'viewer', 'ines')).toBe(400);
});

test('a revoked token is rejected at once; the last admin stays', async () => {
  expect((await ask('DELETE', 'tokens?name=nobody', 'ines')).status).toBe(404);
  expect((await ask('DELETE', 'tokens?name=ines', 'ines')).status).toBe(400);
  expect((await ask('DELETE', 'tokens?name=otto', 'ines')).status).toBe(204);
  expect((await ask('GET', 'brands', 'otto')).status).toBe(401);
  expect((await readTokens(folder.path)).map(({ name }) => name)).toEqual(['ines']);
});

test('the log says who invited and revoked whom; no token is stored in the database', async () => {
  const { changes } = settingChangesResponse.parse((await ask('GET', 'changes', 'ines')).body);
  expect(changes.map(({ kind, name, action, by, value }) => [kind, name, action, by, value])).toEqual([
    ['token', 'otto', 'removed', 'ines', null],
    ['token', 'otto', 'added', 'ines', { role: 'editor' }],
    ['token', 'ines', 'added', '', { role: 'admin' }],
  ]);
  expect(JSON.stringify(await queryRows(opened.db, 'SELECT * FROM setting_changes'))).not.toContain('fp_');
});
