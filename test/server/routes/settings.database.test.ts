import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLiveBrands } from '../../../src/app/brand-settings.ts';
import { brand as brandSchema } from '../../../src/config/ingest.ts';
import { createBrandMatcher } from '../../../src/ingest/brands/brand-matcher.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { brandPreviewResponse, brandSettingsResponse, settingChangesResponse } from '../../../src/server/routes/settings.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder, upkeepOf } from '../test-server.ts';

const hour = 3_600_000;
const now = Date.now();
const tokens = tokenFolder();
const token: Record<string, string> = {};
let server: TestServer;
let remove: () => Promise<void>;

const texts = [
  'A grey heron by the lake',
  'GREY HÉRON again',
  '#Heron is trending, @heron too',
  'HeronCorp is another company',
  'A heron and a fishing rod',
  '我喜欢heron手机',
  'the blue \n finch',
  'bluefinch',
  '小鹿手机',
  'Is C++ (heron)* good?',
];

beforeAll(async () => {
  const { db, remove: removeDatabase } = await openTestDatabase();
  const deps = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const posts = texts.map((text, index) =>
    scoredPost({
      id: `${index}`,
      text,
      brands: index === 0 ? ['Heron'] : [],
      createdAt: new Date(now - (24 * index + 1) * hour).toISOString(),
    }),
  );
  const old = scoredPost({ id: 'old', text: 'heron', createdAt: new Date(now - 31 * 24 * hour).toISOString() });
  const gone = scoredPost({ id: 'gone', text: 'heron', createdAt: new Date(now - hour).toISOString(), deleted: true });
  await createWriter(deps).write([...posts, old, gone]);
  await createRollups(deps).catchUp();
  for (const role of ['viewer', 'editor'] as const) token[role] = await tokens.add(`${role}-token`, role);
  const brands = await openLiveBrands({ ...deps, configured: [brandSchema.parse({ name: 'Kestrel' })] });
  server = await startTestServer({
    ...{ reader: db.reader, heavyReader: db.heavyReader, brands: brands.list, brandSettings: brands },
    maintenance: { ...upkeepOf(db), matcher: brands.currentMatcher },
    server: { tokensFile: tokens.path },
  });
  remove = async () => {
    await server.close();
    await removeDatabase();
    tokens.remove();
  };
});
afterAll(() => remove());

async function ask(method: string, path: string, body?: object, role = 'editor'): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${token[role]}`, ...(body && { 'content-type': 'application/json' }) };
  const answer = await send(`${server.url}/api/v1/${path}`, headers, method, body ? JSON.stringify(body) : '');
  if (answer.status >= 400) expect(answer.headers['content-type']).toBe(problemType);
  return { status: answer.status, body: JSON.parse(answer.text) };
}
const rejection = async (method: string, path: string, body?: object) => {
  const answer = await ask(method, path, body);
  return [answer.status, (answer.body as { detail: string }).detail];
};
const names = async (): Promise<string[]> =>
  ((await ask('GET', 'brands', undefined, 'viewer')).body as { brand: string }[]).map(({ brand }) => brand);

test('viewers neither read nor change settings', async () => {
  for (const path of ['settings', 'settings/brands', 'settings/changes'])
    expect((await ask('GET', path, undefined, 'viewer')).status).toBe(403);
  for (const [method, path] of [
    ['PUT', 'settings/brands'],
    ['POST', 'settings/brands/preview'],
    ['POST', 'brands/reapply'],
  ] as const)
    expect((await ask(method, path, { name: 'Heron' }, 'viewer')).status).toBe(403);
  expect((await ask('DELETE', 'settings/brands?name=Kestrel', undefined, 'viewer')).status).toBe(403);
  expect(await names()).toEqual(['*', 'Kestrel']);
});

test('an editor adds, changes and removes a brand; the API has it at once, and the log says who', async () => {
  const added = brandSettingsResponse.parse((await ask('PUT', 'settings/brands', { name: 'Heron', country: 'DE' })).body);
  expect(added.brands).toMatchObject([
    { name: 'Kestrel', isConfigured: true, changedBy: null, changedAt: null },
    { name: 'Heron', country: 'DE', timeZone: 'UTC', isConfigured: false, changedBy: 'editor-token' },
  ]);
  expect(await names()).toEqual(['*', 'Kestrel', 'Heron']);
  const event = { name: 'Launch', brands: ['Heron'], from: new Date(now).toISOString(), to: new Date(now + hour).toISOString() };
  expect((await ask('POST', 'alerts/events', event)).status).toBe(200);
  await ask('PUT', 'settings/brands', { name: 'Heron', aliases: ['<b>ardea</b>'] });
  expect((await ask('DELETE', 'settings/brands?name=Heron')).status).toBe(200);
  expect(await names()).toEqual(['*', 'Kestrel']);
  expect((await ask('POST', 'alerts/events', event)).status).toBe(400);
  const { changes } = settingChangesResponse.parse((await ask('GET', 'settings/changes')).body);
  expect(changes.map(({ kind, name, action, by }) => [kind, name, action, by])).toEqual([
    ['brand', 'Heron', 'removed', 'editor-token'],
    ['brand', 'Heron', 'changed', 'editor-token'],
    ['brand', 'Heron', 'added', 'editor-token'],
  ]);
  expect(changes[1]).toMatchObject({ value: { aliases: ['<b>ardea</b>'] }, previous: { aliases: [], country: 'DE' } });
});

test('the rules of the config apply', async () => {
  expect(await rejection('PUT', 'settings/brands', { name: '*' })).toEqual([400, 'name: `*` stands for all posts.']);
  expect(await rejection('PUT', 'settings/brands', { name: 'A', aliases: [' '] })).toEqual([400, 'aliases.0: must not be blank.']);
  expect(await rejection('PUT', 'settings/brands', { name: 'A', country: 'XX' })).toEqual([400, 'country: unknown country or region.']);
  expect(await rejection('PUT', 'settings/brands', { name: 'A', timeZone: 'Mars' })).toEqual([
    400,
    'timeZone: not an IANA time zone such as Europe/Berlin.',
  ]);
  expect((await rejection('PUT', 'settings/brands', { name: 'A', any: ['x'] }))[0]).toBe(400);
  expect(await rejection('PUT', 'settings/brands', { name: 'Kestrel' })).toEqual([
    400,
    'name: the brand Kestrel is defined in the config; change it there.',
  ]);
  expect(await rejection('DELETE', 'settings/brands?name=Nobody')).toEqual([404, 'No brand is called Nobody.']);
});

test('the retention is shown', async () => {
  expect((await ask('GET', 'settings')).body).toEqual({ retention: { posts: null, scores: null, rollupMinute: '30d', rollup15m: null } });
});

test.each([
  { name: 'Heron' },
  { name: 'Heron', exclude: ['fishing rod', 'C++'] },
  { name: '#heron' },
  { name: '@Heron', aliases: ['Blue  Finch'] },
  { name: '小鹿', aliases: ['(heron)*'] },
  { name: 'Nothing matches this', aliases: ['.*', 'a|b'] },
  { name: '\ufe0f' },
])('a preview counts what the matcher would match: %j', async (rules) => {
  const { match } = createBrandMatcher([brandSchema.parse(rules)]);
  const expected = texts.filter((text) => match(text).length > 0);
  const preview = brandPreviewResponse.parse((await ask('POST', 'settings/brands/preview', rules)).body);
  expect(preview.posts).toBe(expected.length);
  expect(preview.examples.map(({ text }) => text).sort()).toEqual(expected.sort());
  expect(preview.known).toBe(rules.name === 'Heron' ? 1 : 0);
  expect(preview.isEstimate).toBe(false);
  expect([30, 31]).toContain(preview.days.length);
  expect(preview.days.reduce((sum, { posts }) => sum + posts, 0)).toBe(expected.length);
});
