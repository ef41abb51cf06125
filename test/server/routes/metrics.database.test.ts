import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCalibrations } from '../../../src/analytics/calibration/calibrations.ts';
import type { StoredLabel } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';
import { problemType, readApiDocument, send, startTestServer, type TestServer } from '../test-server.ts';

const minute = 60_000;
const now = Math.floor(Date.now() / (60 * minute)) * 60 * minute;
const hostile = '<script>alert(1)</script>\r\n\u2028 \'; DROP TABLE posts; -- "';

let db: Database;
let server: TestServer;
let remove: () => Promise<void>;

beforeAll(async () => {
  const opened = await openTestDatabase();
  db = opened.db;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const post = (id: string, minutesAgo: number, label: StoredLabel, brands = ['Kestrel']) =>
    scoredPost({ id, label, brands, createdAt: new Date(now - minutesAgo * minute).toISOString(), author: { id }, text: hostile });
  await createWriter(shared).write([
    post('1', 300, 'positive'),
    post('2', 120, 'positive'),
    post('3', 119, 'negative', ['Kestrel', 'Stranger']),
    post('4', 60, 'positive'),
    post('5', 30, 'unscored', []),
  ]);
  await createRollups(shared).catchUp();
  server = await startTestServer({
    reader: db.reader,
    calibrations: createCalibrations({ reader: db.reader, model: { id: 'm1' }, clock: systemClock }),
  });
  remove = async () => {
    await server.close();
    await opened.remove();
  };
});
afterAll(() => remove());

/** The JSON of an address, which must be there. */
async function read(path: string): Promise<unknown> {
  const { status, headers, text } = await send(`${server.url}/api/v1/${path}`);
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  return JSON.parse(text);
}

const range = `from=${new Date(now - 180 * minute).toISOString()}&to=${new Date(now).toISOString()}`;

test('every configured brand and all posts have metrics', async () => {
  // The error of this model is unknown, so nothing is corrected.
  const calibration = expect.objectContaining({ basis: 'history', modelVersion: 'm1', levelError: null });
  const shown = { calibratedNetSentiment: expect.closeTo(100 / 3), calibration };
  expect(await read(`brands?${range}`)).toEqual([
    { brand: '*', timeZone: 'UTC', volume: 4, negative: 1, neutral: 0, positive: 2, unscored: 1, netSentiment: 100 / 3, ...shown },
    {
      brand: 'Kestrel',
      timeZone: 'Asia/Kathmandu',
      volume: 3,
      negative: 1,
      neutral: 0,
      positive: 2,
      unscored: 0,
      netSentiment: 100 / 3,
      ...shown,
    },
    {
      brand: 'Heron',
      timeZone: 'UTC',
      volume: 0,
      negative: 0,
      neutral: 0,
      positive: 0,
      unscored: 0,
      netSentiment: null,
      ...shown,
      calibratedNetSentiment: null,
    },
  ]);
});

test('a summary names its range and compares with the preceding period', async () => {
  expect(await read(`summary?brand=Kestrel&${range}`)).toMatchObject({
    brand: 'Kestrel',
    from: new Date(now - 180 * minute).toISOString(),
    to: new Date(now).toISOString(),
    current: { volume: 3, negative: 1, neutral: 0, positive: 2, unscored: 0, netSentiment: 100 / 3, authors: 3 },
    // What there is begins in the middle of it.
    previous: null,
    changes: null,
  });
  const short = `from=${new Date(now - 120 * minute).toISOString()}&to=${new Date(now - 30 * minute).toISOString()}`;
  expect(await read(`summary?brand=Kestrel&${short}`)).toMatchObject({
    current: { volume: 3 },
    previous: { volume: 0 },
    changes: { volume: { difference: 3, significant: false }, netSentiment: null },
  });
});

test('brands are compared, with their shares of all mentions', async () => {
  expect(await read(`share-of-voice?brands=Kestrel&brands=Stranger&${range}`)).toMatchObject({
    mentions: 4,
    brands: [
      { brand: 'Kestrel', current: { volume: 3, shareOfVoice: 0.75 } },
      { brand: 'Stranger', current: { volume: 1, shareOfVoice: 0.25 } },
    ],
  });
  expect(await read(`share-of-voice?${range}`)).toMatchObject({ mentions: 3, brands: [{ brand: 'Kestrel' }, { brand: 'Heron' }] });
  expect(await read(`share-of-voice?brands=A%2C+B&${range}`)).toMatchObject({ mentions: 0, brands: [{ brand: 'A, B' }] });
});

test('a breakdown lists platforms and languages', async () => {
  expect(await read(`breakdown?brand=Kestrel&${range}`)).toMatchObject({
    platforms: [{ name: 'chirper', share: 1, volume: 3 }],
    languages: [{ name: 'en', share: 1, volume: 3 }],
  });
});

test('every response matches the OpenAPI document', async () => {
  const given: Readonly<Record<string, string>> = {
    '/api/v1/posts': 'limit=5',
    '/api/v1/models': '',
    '/api/v1/calibrations': '',
    '/api/v1/anomalies': '',
    '/api/v1/incidents': '',
    '/api/v1/models/compare': `${range}&version=other@1`,
  };
  const document = await readApiDocument();
  expect(document.queryPaths.length).toBeGreaterThan(10);
  for (const path of document.queryPaths) {
    const body = await read(`${path.replace('/api/v1/', '')}?${given[path] ?? range}`);
    expect({ path, error: document.response(path)?.safeParse(body).error }).toEqual({ path, error: undefined });
  }
});

test('an unchanged response is not sent again', async () => {
  const path = `${server.url}/api/v1/summary?from=2026-01-01&to=${new Date(now + 120 * minute).toISOString()}`;
  const { headers, text } = await send(path);
  expect(text).not.toBe('');
  const again = await send(path, { 'if-none-match': String(headers['etag']) });
  expect([again.status, again.text, headers['cache-control']]).toEqual([304, '', 'private, no-cache']);
  expect((await send(path, { 'if-none-match': '"another"' })).status).toBe(200);
});

test('a response about the past may be cached privately for a moment', async () => {
  const past = `from=2026-01-01&to=2026-01-02`;
  const { headers } = await send(`${server.url}/api/v1/summary?${past}`);
  expect([headers['cache-control'], headers['vary']]).toEqual(['private, max-age=30', 'authorization, cookie']);
  const refused = await send(`${server.url}/api/v1/summary?to=2026-01-01&from=never`);
  expect([refused.status, refused.headers['cache-control']]).toEqual([400, 'no-store']);
});

test('trends use the requested grain, or one that fits the range and the number of posts', async () => {
  // The database knows only the first spelling.
  const readIn = (zone: string) => read(`trends?brand=Kestrel&grain=day&timeZone=${zone}&${range}`);
  expect(await readIn('EUROPE%2FBERLIN')).toEqual(await readIn('Europe%2FBerlin'));
  expect(await read(`trends?brand=Kestrel&grain=hour&timeZone=Europe%2FBerlin&${range}`)).toMatchObject({
    brand: 'Kestrel',
    grain: 'hour',
    buckets: [
      { start: new Date(now - 120 * minute).toISOString(), volume: 2, netSentiment: 0 },
      { start: new Date(now - 60 * minute).toISOString(), volume: 1, netSentiment: 100 },
    ],
  });
  const chosen = await Promise.all(['1h', '24h', '7d', '30d'].map((length) => read(`trends?from=now-${length}`)));
  // Longer than for a brand with many posts, as long as there are at least six buckets.
  expect(chosen.map((trends) => (trends as { grain: string }).grain)).toEqual(['minute', 'hour', 'day', 'day']); // read above
});

test('posts are paged, their text unchanged', async () => {
  interface Page {
    readonly posts: readonly { readonly id: string; readonly text: string }[];
    readonly next: string | null;
  }
  const first = (await read('posts?brand=Kestrel&limit=3')) as Page; // what the next lines check
  const second = (await read(`posts?brand=Kestrel&limit=3&before=${first.next}`)) as Page; // the same
  expect([...first.posts, ...second.posts].map(({ id }) => id)).toEqual(['4', '3', '2', '1']);
  expect(second.next).toBeNull();
  expect(first.posts[0]?.text).toBe(hostile);
});

test('an unknown brand has no posts, whatever its name contains', async () => {
  const name = encodeURIComponent("x' OR '1'='1");
  expect(await read(`summary?brand=${name}&${range}`)).toMatchObject({ current: { volume: 0, netSentiment: null } });
  expect(await read(`posts?brand=${name}`)).toEqual({ brand: "x' OR '1'='1", posts: [], next: null });
});

test.each([
  ['summary?from=yesterday', 'from: '],
  ['summary?from=2026-11-01T10:00:00', 'from: '],
  ['summary?from=2026-13-01', 'from: '],
  ['summary?from=now-7y', 'from: '],
  ['summary?from=now&to=now-1h', 'from: must be before to'],
  ['summary?from=now-401d', 'from: the range must not exceed 400 days'],
  ['summary?form=now-7d', 'form'],
  ['summary?brand=', 'brand: '],
  ['summary?brand=Kestrel&brand=Heron', 'brand: '],
  [`summary?brand=${'x'.repeat(101)}`, 'brand: '],
  ['trends?grain=second', 'grain: '],
  ['trends?grain=minute&from=now-29d', 'grain: '],
  ['trends?timeZone=Mars%2FOlympus', 'timeZone: not an IANA time zone'],
  ['trends?timeZone=%2B05:30', 'timeZone: not an IANA time zone'],
  ['trends?grain=month&timeZone=', 'timeZone: '],
  ['share-of-voice?brands=A&brands=A', 'brands: duplicate brand'],
  ['share-of-voice?brands=', 'brands: '],
  [`share-of-voice?${Array.from({ length: 21 }, (_, index) => `brands=${index}`).join('&')}`, 'brands: '],
  ['breakdown?brand=A&by=day', 'by'],
  ['posts?limit=1001', 'limit: '],
  ['posts?limit=0', 'limit: '],
  ['posts?limit=many', 'limit: '],
  ['posts?before=bm9wZQ', 'before: expected the `next` of a page of posts'],
  ['posts?before=WzEsMiwzXQ', 'before: expected the `next` of a page of posts'],
])('%s is rejected with the parameter and the reason', async (path, detail) => {
  const { status, headers, text } = await send(`${server.url}/api/v1/${path}`);
  expect([status, headers['content-type']]).toEqual([400, problemType]);
  expect(JSON.parse(text)).toEqual({ type: 'about:blank', title: 'Bad Request', status: 400, detail: expect.stringContaining(detail) });
});

test('metrics say how many minutes of the range are stored and not yet counted', async () => {
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  const pending = async () => {
    const paths = [`summary?${range}`, `trends?${range}`, `trends?grain=minute&${range}`, `share-of-voice?brands=Kestrel&${range}`];
    return Promise.all(paths.map(async (path) => ((await read(path)) as { pending: number }).pending)); // a test validates the shape
  };
  expect(await pending()).toEqual([0, 0, 0, 0]);
  const ages = [90, 91, 400];
  await createWriter(shared).write(
    ages.map((minutesAgo) => scoredPost({ id: `late ${minutesAgo}`, createdAt: new Date(now - minutesAgo * minute).toISOString() })),
  );
  expect(await pending()).toEqual([2, 2, 2, 2]);
  expect(await read('pipeline')).toMatchObject({ pending: { minute: 3, '15m': 3 } });
  await createRollups(shared).catchUp();
  expect(await pending()).toEqual([0, 0, 0, 0]);
});
