import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { ApiRequest } from '../../../src/server/http/in-process.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';
import { apiOn } from '../test-server.ts';

const hour = 3_600_000;
const now = Date.now();
const text = `<b>"'\u202e; -- the kettle leaks`;

let ask: (request: ApiRequest) => Promise<{ status: number; text: string }>;
let remove: () => Promise<void>;

beforeAll(async () => {
  const { db, remove: removeDatabase } = await openTestDatabase();
  remove = removeDatabase;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write(
    Array.from({ length: 12 }, (_, index) =>
      scoredPost({
        id: `${index}`,
        text: `${text} ${index} a${index} b${index} c${index}`,
        label: index < 6 ? 'negative' : 'positive',
        createdAt: new Date(now - (index + 1) * 0.25 * hour).toISOString(),
        author: { id: `u${index % 2}`, handle: index === 5 ? '@inesofkestrel' : 'ines' },
        ...(index === 3 && { rating: 2 }),
      }),
    ),
  );
  await createRollups(shared).catchUp();
  ask = apiOn(db, { brands: [{ name: 'Kestrel', aliases: ['kettle', '@InesOfKestrel'] }] });
});
afterAll(() => remove());

const get = async (path: string) => {
  const { status, text: body } = await ask({ method: 'GET', path: `/api/v1/${path}` });
  return { status, body: JSON.parse(body) };
};

test('posts are filtered by the query and paged', async () => {
  const query = new URLSearchParams({
    brand: 'Kestrel',
    from: 'now-2h',
    label: 'negative',
    author: 'u1',
    text: '"KETTLE leaks"',
    limit: '2',
  });
  const first = await get(`posts?${query}`);
  expect(first.body.posts.map(({ id }: { id: string }) => id)).toEqual(['1', '3']);
  expect(first.body.posts[0].text).toContain(text);
  expect(first.body.posts.map(({ rating }: { rating?: number }) => rating)).toEqual([undefined, 2]);
  const second = await get(`posts?${query}&before=${first.body.next}`);
  expect(second.body).toMatchObject({ brand: 'Kestrel', posts: [{ id: '5' }], next: null });
});

test("posts by a brand's own accounts are marked, and can be left out", async () => {
  const officialIds = (posts: readonly { id: string; official?: boolean }[]) =>
    posts.filter(({ official }) => official).map(({ id }) => id);
  const all = (await get('posts?brand=Kestrel&from=now-1d')).body.posts;
  expect([all.length, officialIds(all)]).toEqual([12, ['5']]);
  const others = (await get('posts?brand=Kestrel&from=now-1d&official=exclude&sort=impact')).body.posts;
  expect([others.length, officialIds(others)]).toEqual([11, []]);
  expect((await get('posts?from=now-1d&official=only')).body.posts.map(({ id }: { id: string }) => id)).toEqual(['5']);
  expect((await get('posts/counts?brand=Kestrel&from=now-1d&official=exclude&label=negative')).body.total).toBe(5);
});

test('near-duplicates are folded on request', async () => {
  const { posts } = (await get('posts?brand=Kestrel&from=now-1d&fold=true')).body;
  expect(posts.reduce((sum: number, { similar }: { similar?: { count: number } }) => sum + 1 + (similar?.count ?? 0), 0)).toBe(12);
});

test('posts of any of several brands are returned', async () => {
  const idsOf = async (query: string) => (await get(`posts?limit=1&${query}`)).body;
  expect(await idsOf('brand=Heron&brand=Kestrel')).toMatchObject({ brand: ['Heron', 'Kestrel'], posts: [{ id: '0' }] });
  expect(await idsOf('brand=Heron&brand=O%27Hare')).toMatchObject({ posts: [], next: null });
  expect(await idsOf('brand=Heron&brand=*')).toMatchObject({ brand: '*', posts: [{ id: '0' }] });
});

test('drivers have their range and leave out the names of the brand', async () => {
  const { body } = await get('drivers?brand=Kestrel&from=now-1d');
  expect(body).toMatchObject({ brand: 'Kestrel', posts: 12, sampled: 12, distinct: 12 });
  expect(JSON.stringify(body.negative)).not.toContain('"kettle"');
});

test.each([
  ['posts?text=%22%22', 'text: has no words to search for.'],
  ['posts?sort=engagement', 'from: sorting by engagement needs a range of at most 31 days.'],
  ['posts?minConfidence=2', 'minConfidence: '],
  [`posts?${'brand=A&'.repeat(21)}`, 'brand: at most 20 brands'],
  ['posts?from=now&to=now-1h', 'from: must be before to'],
  [`posts?before=${Buffer.from('[1,"a","b",-1]').toString('base64url')}`, 'before: expected the `next` of a page of posts'],
  [`posts?before=${Buffer.from('[1,"a","b",1]').toString('base64url')}`, 'before: the cursor belongs to another sort order.'],
  ['drivers?from=now-93d', 'from: the range must not exceed 92 days'],
  ['drivers?limit=101', 'limit: '],
])('%s is rejected with the parameter and the reason', async (path, detail) => {
  expect(await get(path)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(detail) } });
});
