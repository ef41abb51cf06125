import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { configSchema } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics.ts';
import { driversQuery } from '../../src/server/drivers-routes.ts';
import { type ApiRequest, createInProcessApi } from '../../src/server/in-process.ts';
import { postsQuery } from '../../src/server/posts-routes.ts';
import { createRollups } from '../../src/sink/rollups.ts';
import { createWriter } from '../../src/sink/writer.ts';
import { hostileQueries } from '../support/hostile-queries.ts';
import { scoredPost } from '../support/scored-post.ts';
import { openTestDatabase, quiet } from '../support/test-database.ts';
import { upkeepOf } from './test-server.ts';

const hour = 3_600_000;
const now = Date.now();
const text = `<b>"'\u202e; -- the kettle leaks`;

let ask: (request: ApiRequest) => Promise<{ status: number; text: string }>;
let remove: () => Promise<void>;
const statements: string[] = [];

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
        author: { id: `u${index % 2}`, handle: 'ines' },
      }),
    ),
  );
  await createRollups(shared).settle();
  const { brands } = configSchema.parse({ brands: [{ name: 'Kestrel', aliases: ['kettle'] }] });
  ask = createInProcessApi({ reader: recording(db.reader), clock: systemClock, brands, log: quiet, upkeep: upkeepOf(db) });
});
afterAll(() => remove());

/** The reader, with what it is asked written down. */
function recording(reader: ClickHouseClient): ClickHouseClient {
  const query = reader.query.bind(reader);
  reader.query = (params) => {
    statements.push(params.query);
    return query(params);
  };
  return reader;
}

const get = async (path: string) => {
  const { status, text: body } = await ask({ method: 'GET', path: `/api/v1/${path}` });
  return { status, body: JSON.parse(body) };
};

test('posts come with the filters of the address, page by page', async () => {
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
  const second = await get(`posts?${query}&before=${first.body.next}`);
  expect(second.body).toMatchObject({ brand: 'Kestrel', posts: [{ id: '5' }], next: null });
});

test('drivers come with their range and without the names of the brand', async () => {
  const { body } = await get('drivers?brand=Kestrel&from=now-1d');
  expect(body).toMatchObject({ brand: 'Kestrel', posts: 12, sampled: 12, distinct: 12 });
  expect(JSON.stringify(body.negative)).not.toContain('"kettle"');
});

test.each([
  ['posts?text=%22%22', 'text: nothing to look for'],
  ['posts?sort=engagement', 'from: the order of engagement needs a range, of at most 31 days'],
  ['posts?minConfidence=2', 'minConfidence: '],
  ['posts?from=now&to=now-1h', 'from: must lie before to'],
  [`posts?before=${Buffer.from('[1,"a","b",-1]').toString('base64url')}`, 'before: expected the `next` of a page of posts'],
  [`posts?before=${Buffer.from('[1,"a","b",1]').toString('base64url')}`, 'before: it comes from a page in another order'],
  ['drivers?from=now-93d', 'from: drivers are of at most 92 days'],
  ['drivers?limit=101', 'limit: '],
])('%s is refused with the parameter and the reason', async (path, detail) => {
  expect(await get(path)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(detail) } });
});

const before = Buffer.from(JSON.stringify([now, 'chirper', '0'])).toString('base64url');
const right = {
  posts: {
    brand: 'Kestrel',
    from: 'now-1d',
    to: 'now',
    label: 'negative',
    platform: 'chirper',
    lang: 'en',
    author: 'ines',
    minConfidence: '0.1',
    maxConfidence: '1',
    text: 'leaks',
    sort: 'time',
    limit: '5',
    before,
  },
  drivers: { brand: 'Kestrel', from: 'now-1d', to: 'now', platform: 'chirper', lang: 'en', limit: '5' },
};

test.each(['posts', 'drivers'] as const)(
  '%s: whatever a parameter holds, it is refused with a reason or is only a value',
  async (route) => {
    const schema = { posts: postsQuery, drivers: driversQuery }[route];
    expect(Object.keys(right[route]).sort()).toEqual(Object.keys(schema.shape).sort());
    expect(await get(`${route}?${new URLSearchParams(right[route])}`)).toMatchObject({ status: 200 });
    const all = hostileQueries(right[route]);
    // Posts have so many parameters that every third case is enough: over the parameters each value has its turn.
    const cases = route === 'posts' ? all.filter((_, index) => index % 3 === 0) : all;
    expect(cases.length).toBeGreaterThan(300);
    const counts = { answered: 0, refused: 0 };
    for (const { query, value } of cases) {
      statements.length = 0;
      const { status, body } = await get(`${route}?${query}`);
      expect([query, status === 200 || status === 400]).toEqual([query, true]);
      if (status === 400) expect([query, body.detail]).toEqual([query, expect.stringMatching(/^[\w.]+: ./)]);
      // What was asked is in the statement's values, never in its text.
      if (value.length > 4) expect(statements.filter((statement) => statement.includes(value) && value !== '{brand:String}')).toEqual([]);
      counts[status === 200 ? 'answered' : 'refused'] += 1;
    }
    expect(counts.answered).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(50);
  },
  120_000,
);
