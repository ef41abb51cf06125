import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { ApiRequest } from '../../../src/server/http/in-process.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { hostileBodies, hostileQueries, hostileValues } from '../../support/hostile-queries.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';
import { apiOn, readApiDocument } from '../test-server.ts';

const hour = 3_600_000;
const now = Date.now();

let db: Database;
let ask: (request: ApiRequest) => Promise<{ status: number; text: string }>;
let remove: () => Promise<void>;
const statements: string[] = [];

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write(
    Array.from({ length: 12 }, (_, index) =>
      scoredPost({
        id: `${index}`,
        text: `the kettle leaks ${index}`,
        label: index < 6 ? 'negative' : 'positive',
        createdAt: new Date(now - (index + 1) * 0.25 * hour).toISOString(),
        author: { id: `u${index % 2}`, handle: 'ines' },
      }),
    ),
  );
  await createRollups(shared).catchUp();
  const watched = { ...db, reader: recording(db.reader), heavyReader: recording(db.heavyReader), maintenance: recording(db.maintenance) };
  ask = apiOn(watched, { brands: [{ name: 'Kestrel', aliases: ['kettle'] }] });
});
afterAll(() => remove());

/** A connection, with the text of each question and each change written down. */
function recording(client: ClickHouseClient): ClickHouseClient {
  const query = client.query.bind(client);
  const command = client.command.bind(client);
  client.query = (params) => {
    statements.push(params.query);
    return query(params);
  };
  client.command = (params) => {
    // Rows follow the statement as lines of JSON, in which no value can end its row.
    statements.push(params.query.replace(/(?<= FORMAT JSONEachRow\n)(?:\{.*\}\n?)+$/, ''));
    return command(params);
  };
  return client;
}

const range = { from: 'now-1d', to: 'now' };
const before = Buffer.from(JSON.stringify([now, 'chirper', '0'])).toString('base64url');
const postFilter = {
  ...range,
  brand: 'Kestrel',
  label: 'negative',
  platform: 'chirper',
  lang: 'en',
  author: 'ines',
  minConfidence: '0.1',
  maxConfidence: '1',
  text: 'leaks',
  official: 'exclude',
};

const right: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/api/v1/brands': range,
  '/api/v1/summary': { ...range, brand: 'Kestrel' },
  '/api/v1/trends': { ...range, brand: 'Kestrel', grain: 'hour', timeZone: 'Asia/Kathmandu' },
  '/api/v1/share-of-voice': { ...range, brands: 'Kestrel' },
  '/api/v1/breakdown': { ...range, brand: 'Kestrel' },
  '/api/v1/drivers': { ...range, brand: 'Kestrel', platform: 'chirper', lang: 'en', limit: '5' },
  '/api/v1/models': {},
  '/api/v1/models/compare': { ...range, brand: 'Kestrel', version: 'other@1' },
  '/api/v1/alerts': { ...range, brand: 'Kestrel', rule: 'volume', active: 'true', limit: '5' },
  '/api/v1/anomalies': { ...range, brands: 'Kestrel' },
  '/api/v1/incidents': { ...range, brands: 'Kestrel' },
  '/api/v1/posts': { ...postFilter, sort: 'time', fold: 'true', limit: '5', before },
  '/api/v1/posts/counts': postFilter,
};

/** Whether a value that somebody sent has become part of a statement. */
const intruded = (value: string): boolean =>
  value.length > 4 && value !== '{brand:String}' && statements.some((text) => text.includes(value));

const document = await readApiDocument();
const withParameters = document.queryPaths.filter((path) => document.parameters(path).length > 0);

test.each(withParameters)(
  '%s: a hostile parameter is rejected with a reason or treated as a value',
  async (path) => {
    const valid = right[path] ?? {};
    expect(Object.keys(valid).sort()).toEqual(document.parameters(path).sort());
    const response = document.response(path);
    expect((await ask({ method: 'GET', path: `${path}?${new URLSearchParams(valid)}` })).status).toBe(200);
    const all = hostileQueries(valid);
    // With many parameters every third case is enough: over the parameters each value has its turn.
    const cases = Object.keys(valid).length > 5 ? all.filter((_, index) => index % 3 === 0) : all;
    expect(cases.length).toBeGreaterThan(100);
    const counts = { 200: 0, 400: 0 };
    for (const { query, value } of cases) {
      statements.length = 0;
      const { status, text } = await ask({ method: 'GET', path: `${path}?${query}` });
      expect([query, status === 200 || status === 400]).toEqual([query, true]);
      const body: unknown = JSON.parse(text);
      if (status === 400) expect([query, body]).toMatchObject([query, { detail: expect.stringMatching(/^[\w.]+: ./) }]);
      else expect([query, response?.safeParse(body).error]).toEqual([query, undefined]);
      // What was asked is in the statement's values, never in its text.
      expect([query, intruded(value)]).toEqual([query, false]);
      counts[status as keyof typeof counts] += 1;
    }
    expect(counts[200]).toBeGreaterThan(2);
    expect(counts[400]).toBeGreaterThan(50);
  },
  120_000,
);

const post = { platform: 'chirper', id: '1' };
const changes = [
  ['corrections', { label: 'neutral', reason: 'r', dryRun: true, expected: 1, post }],
  [
    'corrections',
    {
      label: 'neutral',
      dryRun: true,
      filter: { from: 'now-1d', to: 'now', brand: 'Kestrel', lang: 'en', label: 'negative', text: 'leaks' },
    },
  ],
  ['alerts/silences', { rule: 'volume', brand: 'Kestrel', for: '2h', reason: 'r' }],
  ['settings/brands/preview', { name: 'Kestrel', aliases: ['kettle'], exclude: ['tea'], timeZone: 'UTC', country: 'DE' }],
  ['brands/reapply', { from: 'now-1d', to: 'now' }],
  ['rescore', { model: '/nowhere', from: 'now-1d', to: 'now' }],
  ['models/activate', { version: 'other@1', from: 'now-1d', to: 'now' }],
  ['rollups/rebuild', { from: 'now-1d', to: 'now' }],
  ['erasures', { kind: 'post', ...post, id: 'nobody', dryRun: true }],
] as const;

test.each(changes)('%s: a hostile body like %j is rejected with a reason or treated as a value', async (path, body) => {
  const within = Object.entries(body).find(([, value]) => typeof value === 'object');
  const cases = [
    ...hostileBodies(body),
    ...(within
      ? hostileBodies(within[1] as object as Record<string, unknown>).map(({ body: inner, value }) => ({
          body: { ...body, [within[0]]: inner },
          value,
        }))
      : []), // one of the objects above
  ].filter(({ body: hostile }) => wouldOnlyCount(path, hostile));
  expect(cases.length).toBeGreaterThan(100);
  const counts: Record<number, number> = {};
  for (const { body: hostile, value } of cases) {
    statements.length = 0;
    const { status, text } = await ask({ method: 'POST', path: `/api/v1/${path}`, body: hostile as object }); // or what is none
    counts[status] = (counts[status] ?? 0) + 1;
    expect([JSON.stringify(hostile), text, [200, 202, 400, 415].includes(status)]).toMatchObject([
      JSON.stringify(hostile),
      expect.any(String),
      true,
    ]);
    if (status === 400) expect([hostile, JSON.parse(text)]).toMatchObject([hostile, { detail: expect.stringMatching(/./) }]);
    expect([hostile, intruded(value)]).toEqual([hostile, false]);
  }
  expect(counts[400]).toBeGreaterThan(50);
});

/** A body without a well-formed `dryRun` would change what the other cases count on. */
function wouldOnlyCount(path: string, body: unknown): boolean {
  if (path !== 'corrections' && path !== 'erasures') return true;
  return !(typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === false);
}

test.each(['corrections?platform=chirper&id=', 'alerts/silences?rule=', 'jobs/', 'alerts/'])(
  '%s with a hostile suffix is rejected with a reason or treated as a value',
  async (path) => {
    const method = path.endsWith('/') ? 'GET' : 'DELETE';
    for (const value of hostileValues.filter((text) => text !== '' && text.length < 200)) {
      statements.length = 0;
      const { status } = await ask({ method, path: `/api/v1/${path}${encodeURIComponent(value)}` });
      expect([value, [200, 400, 404].includes(status)]).toEqual([value, true]);
      expect([value, intruded(value)]).toEqual([value, false]);
    }
  },
);

test('afterwards every post is unchanged', async () => {
  expect(
    await queryRows(db, "SELECT count() AS posts, countIf(correction != 'none') AS corrected FROM effective_posts WHERE NOT deleted"),
  ).toEqual([{ posts: 12, corrected: 0 }]);
});
