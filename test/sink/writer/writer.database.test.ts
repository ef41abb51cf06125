import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;
let writer: Writer;

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  writer = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
});
afterAll(() => remove());
beforeEach(async () => {
  for (const table of ['posts', 'post_first_seen', 'rollup_dirty_minutes']) await db.writer.command({ query: `TRUNCATE TABLE ${table}` });
});

const stored = (columns = '*') => queryRows<Record<string, unknown>>(db, `SELECT ${columns} FROM posts FINAL ORDER BY platform, id`);

test('a replayed batch, cut differently, stays the same rows', async () => {
  const posts = Array.from({ length: 50 }, (_, index) => scoredPost({ id: `${index}` }));
  await writer.write(posts);
  await writer.write(posts.slice(20));
  await writer.write(posts.slice(0, 30));
  expect(await stored('id')).toHaveLength(50);
});

test('the highest updatedAt wins, whatever the order of arrival', async () => {
  await writer.write([scoredPost({ text: 'new', updatedAt: '2026-11-01T12:05:00.000Z' })]);
  await writer.write([scoredPost({ text: 'old', updatedAt: '2026-11-01T12:01:00.000Z' })]);
  expect(await stored('text')).toEqual([{ text: 'new' }]);
});

test('of two copies with equal updatedAt the last one wins', async () => {
  await writer.write([scoredPost({ text: 'first' }), scoredPost({ text: 'second' })]);
  expect(await stored('text')).toEqual([{ text: 'second' }]);
  await writer.write([scoredPost({ text: 'third' })]);
  expect(await stored('text')).toEqual([{ text: 'third' }]);
});

test('a deletion wins a tie and outlives later copies of what it deleted', async () => {
  await writer.write([scoredPost({ deleted: true, text: '' })]);
  await writer.write([scoredPost({ text: 'back again' })]);
  expect(await stored('deleted, text')).toEqual([{ deleted: true, text: '' }]);
});

test('a newer version after a deletion is a post again', async () => {
  await writer.write([scoredPost({ deleted: true, text: '' }), scoredPost({ text: 'restored', updatedAt: '2026-11-02T00:00:00.000Z' })]);
  expect(await stored('deleted, text')).toEqual([{ deleted: false, text: 'restored' }]);
});

test('createdAt is fixed at first sight: in one batch, across batches, by edits and deletions', async () => {
  const early = '2026-11-01T12:00:00.000Z';
  await writer.write([scoredPost({ createdAt: early }), scoredPost({ createdAt: '2026-11-01T13:00:00.000Z' })]);
  await writer.write([scoredPost({ createdAt: '2026-10-01T13:00:00.000Z', updatedAt: '2026-11-03T00:00:00.000Z', text: 'edited' })]);
  await writer.write([
    scoredPost({ createdAt: '2026-11-05T13:00:00.000Z', updatedAt: '2026-11-05T13:00:00.000Z', deleted: true, text: '' }),
  ]);
  expect(await stored('created_at, deleted')).toEqual([{ created_at: '2026-11-01 12:00:00.000', deleted: true }]);
});

test('two processes that see a post first at once agree on its createdAt', async () => {
  const shared: Database = { ...db, kind: 'server' };
  const others: Database = { ...shared, writer: db.maintenance };
  const posts = (createdAt: string) =>
    Array.from({ length: 200 }, (_, index) => scoredPost({ id: `${index}`, createdAt, updatedAt: '2026-11-02T00:00:00.000Z' }));
  const write = (database: Database, createdAt: string) =>
    createWriter({ db: database, clock: systemClock, log: quiet, metrics: createMetrics() }).write(posts(createdAt));
  await Promise.all([write(shared, '2026-11-01T12:00:00.000Z'), write(others, '2026-11-01T15:00:00.000Z')]);
  expect(await stored('id')).toHaveLength(200);
});

test('the same id on two platforms is two posts', async () => {
  await writer.write([scoredPost(), scoredPost({ platform: 'pictogram' })]);
  expect(await stored('platform')).toEqual([{ platform: 'chirper' }, { platform: 'pictogram' }]);
});

test('hostile strings come back exactly', async () => {
  const nasty = [
    "'; DROP TABLE posts; --",
    '\u0000\u0001',
    'line\nbreak;\nSELECT 1;\r\n',
    '{name:String}',
    '\\N \\n \\',
    '"}\n{"id":"x"}',
    '\u2028😀\u202e',
    '',
  ];
  const posts = nasty.map((text, index) =>
    scoredPost({
      id: `${index}-${text}`,
      text,
      platform: `p${text}`,
      url: text,
      brands: [text, 'Kestrel'],
      author: { id: text, name: text, handle: text },
    }),
  );
  await writer.write(posts);
  await writer.write(posts);
  const rows = await queryRows(
    db,
    'SELECT id, text, platform, url, brands, author_id, author_name, author_handle FROM posts FINAL ORDER BY toUInt8(substring(id, 1, 1))',
  );
  expect(rows).toEqual(
    posts.map(({ id, text, platform, url, brands, author }) => ({
      id,
      text,
      platform,
      url,
      brands,
      author_id: author?.id,
      author_name: author?.name,
      author_handle: author?.handle,
    })),
  );
});

test('every field arrives', async () => {
  await writer.write([
    scoredPost({
      author: { id: 'a1', handle: 'ann', name: 'Ann', followers: 12 },
      engagement: { likes: 3, reposts: 2, replies: 1 },
      text: 'A kettle that nobody else wrote about',
      inReplyTo: '0',
      rating: 4,
      url: 'https://chirper.example/1',
      truncated: true,
      brandSentiment: [{ brand: 'Kestrel', label: 'negative', negative: 0.75, neutral: 0.25, positive: 0 }],
      position: { topic: 'posts', partition: 3, offset: '9223372036854775807' },
    }),
  ]);
  expect(
    await stored('* EXCEPT (negative, neutral, positive, score, confidence, offset), round(score, 4) AS score, toString(offset) AS offset'),
  ).toEqual([
    {
      created_at: '2026-11-01 12:00:00.000',
      platform: 'chirper',
      id: '1',
      version: 2 * Date.parse('2026-11-01T12:00:00.000Z'),
      updated_at: '2026-11-01 12:00:00.000',
      deleted: false,
      text: 'A kettle that nobody else wrote about',
      is_copy: false,
      lang: 'en',
      author_id: 'a1',
      author_handle: 'ann',
      author_name: 'Ann',
      author_followers: 12,
      url: 'https://chirper.example/1',
      likes: 3,
      reposts: 2,
      replies: 1,
      in_reply_to: '0',
      rating: 4,
      brands: ['Kestrel'],
      brands_hash: 'b1',
      label: 'positive',
      model_version: 'm1',
      scored_at: '2026-11-01 12:00:00.000',
      brand_sentiment_brands: ['Kestrel'],
      brand_sentiment_labels: ['negative'],
      brand_sentiment_negative: [0.75],
      brand_sentiment_positive: [0],
      truncated: true,
      topic: 'posts',
      partition: 3,
      score: 0.6,
      offset: '9223372036854775807',
    },
  ]);
});

test.each([
  ['a score that is not a number', { score: Number.NaN }],
  ['a date that is none', { updatedAt: 'yesterday' }],
  [
    'a date after the last DateTime',
    { createdAt: '2107-01-01T00:00:00.000Z', updatedAt: '2026-11-01T12:00:00.000Z', scoredAt: '2026-11-01T12:00:00.000Z' },
  ],
  [
    'a score of one brand that is not a number',
    { brandSentiment: [{ brand: 'Kestrel', label: 'neutral' as const, negative: Number.NaN, neutral: 1, positive: 0 }] },
  ],
  ['a rating between two stars', { rating: 4.5 }],
  ['a negative count', { engagement: { likes: -1, reposts: 0, replies: 0 } }],
])('%s is rejected, not stored as something else, and its neighbours are stored', async (_name, given) => {
  const odd = scoredPost({ id: 'odd', ...given });
  expect(await writer.write([scoredPost({ id: 'before' }), odd, scoredPost({ id: 'after' })])).toEqual({ rejected: [odd], skipped: [] });
  expect(await stored('id')).toEqual([{ id: 'after' }, { id: 'before' }]);
});

test('ten consecutive rejected rows count as a database failure', async () => {
  const odd = (id: number) => scoredPost({ id: `${id}`, score: Number.NaN });
  const fresh = createWriter({ db, clock: systemClock, log: quiet, metrics: createMetrics() });
  expect((await fresh.write(Array.from({ length: 9 }, (_, id) => odd(id)))).rejected).toHaveLength(9);
  expect((await fresh.write([scoredPost({ id: 'sound' }), odd(9)])).rejected).toHaveLength(1);
  await expect(fresh.write(Array.from({ length: 9 }, (_, id) => odd(id)))).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
});

test('marks every touched minute once the rows are in', async () => {
  await writer.write([
    scoredPost(),
    scoredPost({ id: '2', createdAt: '2026-11-01T12:00:59.999Z' }),
    scoredPost({ id: '3', createdAt: '2026-11-01T12:01:00.000Z' }),
  ]);
  expect(await queryRows(db, 'SELECT toString(minute) AS minute FROM rollup_dirty_minutes FINAL ORDER BY minute')).toEqual([
    { minute: '2026-11-01 12:00:00' },
    { minute: '2026-11-01 12:01:00' },
  ]);
});
