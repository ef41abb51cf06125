import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Job } from '../../../src/server/jobs.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';
import { problemType, send, startTestServer, type TestServer, tokenFolder, upkeepOf } from '../test-server.ts';

let db: Database;
let server: TestServer;
let writer: Writer;
let remove: () => Promise<void>;
const tokens = tokenFolder();
const token: Record<string, string> = {};

beforeAll(async () => {
  const opened = await openTestDatabase();
  db = opened.db;
  const parts = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  writer = createWriter(parts);
  const { catchUp } = createRollups(parts);
  for (const role of ['viewer', 'editor', 'admin'] as const) token[role] = await tokens.add(`${role}-token`, role);
  server = await startTestServer({ reader: db.reader, maintenance: { ...upkeepOf(db), catchUp }, server: { tokensFile: tokens.path } });
  remove = async () => {
    await server.close();
    await opened.remove();
    tokens.remove();
  };
});
afterAll(() => remove());

const now = Date.now();
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const post = (id: string, minutes: number) =>
  scoredPost({ id, createdAt: ago(minutes), updatedAt: ago(minutes), author: { id: `by-${id}` } });

async function ask(
  method: string,
  path: string,
  body: unknown,
  role = 'admin',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${token[role]}`, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const {
    status,
    headers: got,
    text,
  } = await send(`${server.url}/api/v1/${path}`, headers, method, body === undefined ? '' : JSON.stringify(body));
  if (status >= 400) expect(got['content-type']).toBe(problemType);
  return { status, body: JSON.parse(text) as Record<string, unknown> };
}

async function finished(path: string, body: object): Promise<Job> {
  const started = await ask('POST', path, body);
  expect(started.status).toBe(202);
  await expect
    .poll(async () => (await ask('GET', `jobs/${started.body['id']}`, undefined)).body['state'], { timeout: 20_000 })
    .toMatch(/done|failed/);
  return (await ask('GET', `jobs/${started.body['id']}`, undefined)).body as unknown as Job; // the route's own answer
}

test('an editor corrects a post and removes the correction; a viewer may not; the author is kept', async () => {
  await writer.write([post('1', 30), post('2', 20)]);
  const body = { label: 'negative', reason: 'irony', post: { platform: 'chirper', id: '1' } };
  expect((await ask('POST', 'corrections', body, 'viewer')).status).toBe(403);
  expect(await ask('POST', 'corrections', body, 'editor')).toEqual({ status: 200, body: { posts: 1 } });
  expect(await queryRows(db, "SELECT label, corrected_by FROM effective_posts WHERE id = '1'")).toEqual([
    { label: 'negative', corrected_by: 'editor-token' },
  ]);
  const { posts } = (await ask('GET', 'posts', undefined, 'viewer')).body as { posts: object[] }; // as the next line checks
  expect(posts).toMatchObject([
    { id: '2', label: 'positive' },
    {
      id: '1',
      label: 'negative',
      score: -1,
      correction: { modelLabel: 'positive', by: 'editor-token', reason: 'irony', at: expect.any(String) },
    },
  ]);
  expect(posts[0]).not.toHaveProperty('correction');
  const labeled = async (label: string) =>
    ((await ask('GET', `posts?label=${label}`, undefined)).body as { posts: { id: string }[] }).posts; // as above
  expect((await labeled('positive')).map(({ id }) => id)).toEqual(['2']);
  expect(await ask('DELETE', 'corrections?platform=chirper&id=1', undefined, 'editor')).toEqual({ status: 200, body: { posts: 1 } });
  expect(await ask('POST', 'corrections', { ...body, post: { platform: 'chirper', id: 'nobody' } })).toEqual({
    status: 200,
    body: { posts: 0 },
  });
});

test('posts that match a filter are counted before they are corrected', async () => {
  const body = { label: 'neutral', filter: { from: 'now-1h' } };
  expect((await ask('POST', 'corrections', { ...body, dryRun: true })).body).toEqual({ posts: 2 });
  expect((await ask('POST', 'corrections', { ...body, expected: 7 })).status).toBe(400);
  expect((await ask('POST', 'corrections', { ...body, expected: 2 })).body).toEqual({ posts: 2 });
});

test('rebuilding, reapplying brands and erasing are jobs that report progress; editors may reapply only', async () => {
  expect(await finished('rollups/rebuild', {})).toMatchObject({ kind: 'rebuild', state: 'done', changed: 2, done: 2, total: 2 });
  expect(await finished('brands/reapply', { from: 'now-1h' })).toMatchObject({ state: 'done', changed: 2 });
  expect(await queryRows(db, 'SELECT DISTINCT brands FROM posts FINAL')).toEqual([{ brands: [] }]);
  const author = { kind: 'author', platform: 'chirper', id: 'by-1' };
  expect((await ask('POST', 'erasures', { ...author, dryRun: true })).body).toEqual({ posts: 1 });
  expect(await finished('erasures', author)).toMatchObject({ state: 'done', changed: 1 });
  expect(await queryRows(db, 'SELECT id FROM posts FINAL')).toEqual([{ id: '2' }]);
  for (const path of ['rollups/rebuild', 'erasures']) expect((await ask('POST', path, author, 'editor')).status).toBe(403);
  expect((await ask('POST', 'brands/reapply', {}, 'viewer')).status).toBe(403);
  expect((await ask('POST', 'brands/reapply', { from: 'now-1h' }, 'editor')).status).toBe(202);
  expect((await ask('GET', `jobs/${crypto.randomUUID()}`, undefined)).status).toBe(404);
});

const one = { platform: 'chirper', id: '2' };
test.each([
  ['POST', 'corrections', { label: 'great', post: one }],
  ['POST', 'corrections', { label: 'neutral' }],
  ['POST', 'corrections', { label: 'neutral', post: one, filter: { from: 'now-1h' } }],
  ['POST', 'corrections', { label: 'neutral', post: { platform: ['chirper'], id: '2' } }],
  ['POST', 'corrections', { label: 'neutral', filter: {} }],
  ['POST', 'corrections', { label: 'neutral', filter: { from: 'now', to: 'now-1h' } }],
  ['POST', 'corrections', { label: 'neutral', filter: { from: 'soon' } }],
  ['POST', 'corrections', 'text'],
  ['POST', 'corrections', null],
  ['DELETE', 'corrections?platform=chirper&id=1&id=2', undefined],
  ['POST', 'brands/reapply', { from: 'soon' }],
  ['POST', 'brands/reapply', { from: 'now', to: 'now-1h' }],
  ['POST', 'rollups/rebuild', { since: 'now-1h' }],
  ['POST', 'erasures', { kind: 'everything', ...one }],
  ['POST', 'erasures', { kind: 'post', platform: 'chirper', id: '' }],
  ['POST', 'erasures', { kind: 'post', platform: 'chirper', id: 'x'.repeat(257) }],
  ['GET', "jobs/'; DROP TABLE posts", undefined],
])('%s %s %j is rejected', async (method, path, body) => {
  expect((await ask(method, encodeURI(path), body)).status).toBe(400);
});

test('a post with a hostile id is only that post', async () => {
  const odd = ["' OR '1'='1", '\u0000', '\ud800', '%', '{id:String}', '2\\', '😀'.repeat(60), '*', '[]'];
  for (const id of odd) {
    expect(await ask('POST', 'corrections', { label: 'negative', post: { platform: 'chirper', id } })).toEqual({
      status: 200,
      body: { posts: 0 },
    });
    expect((await ask('POST', 'erasures', { kind: 'author', platform: 'chirper', id, dryRun: true })).body).toEqual({ posts: 0 });
    const filter = { from: 'now-1h', text: id, brand: id, platform: id };
    expect((await ask('POST', 'corrections', { label: 'negative', filter, dryRun: true })).body['posts']).toBe(0);
  }
});
