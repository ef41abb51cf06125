import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { ScoredPost, StoredLabel } from '../../src/post.ts';
import type { Database } from '../../src/sink/connection.ts';
import { createRollups } from '../../src/sink/rollups.ts';
import { createWriter } from '../../src/sink/writer.ts';
import { brandsOverview, summary } from '../../src/trends/summary.ts';
import { timeline } from '../../src/trends/timeline.ts';
import { scoredPost } from '../support/scored-post.ts';
import { openTestDatabase, quiet } from '../support/test-database.ts';

const now = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const hour = 3_600_000;

let db: Database;
let remove: () => Promise<void>;

const post = (id: string, at: number, label: StoredLabel, brands: string[], given: Partial<ScoredPost> = {}) =>
  scoredPost({ id, createdAt: new Date(at).toISOString(), label, brands, author: { id: `author of ${id}` }, ...given });

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write([
    post('1', now - 3 * hour, 'positive', ['Kestrel']),
    post('2', now - 3 * hour + 1, 'negative', ['Kestrel', 'Marlow']),
    post('3', now - 3 * hour + 60_000, 'positive', ['Kestrel']),
    post('4', now - 1 * hour, 'unscored', ['Kestrel'], { lang: 'ja' }),
    post('5', now - 1 * hour, 'neutral', ['Marlow'], { author: { id: 'author of 1' } }),
    post('6', now - 1 * hour, 'negative', ["O'Hare"]),
    post('7', now - 1 * hour, 'negative', ["O'Hare"], { deleted: true, text: '' }),
    // Around the end of summer time in Berlin, 25 October 2026, when the day has 25 hours.
    post('autumn 1', Date.parse('2026-10-24T21:59:00.000Z'), 'positive', ['Heron']),
    post('autumn 2', Date.parse('2026-10-24T22:00:00.000Z'), 'positive', ['Heron']),
    post('autumn 3', Date.parse('2026-10-25T22:59:00.000Z'), 'negative', ['Heron']),
    post('autumn 4', Date.parse('2026-10-25T23:00:00.000Z'), 'neutral', ['Heron']),
  ]);
  await createRollups(shared).settle();
});
afterAll(() => remove());

const lastHours = (hours: number) => ({ from: new Date(now - hours * hour), to: new Date(now) });

test('a timeline leaves gaps as gaps and tells unscored from neutral', async () => {
  expect(await timeline(db.reader, { ...lastHours(24), brand: 'Kestrel', grain: 'minute', timeZone: 'UTC' })).toEqual([
    { start: new Date(now - 3 * hour).toISOString(), volume: 2, negative: 1, neutral: 0, positive: 1, unscored: 0, netSentiment: 0 },
    {
      start: new Date(now - 3 * hour + 60_000).toISOString(),
      volume: 1,
      negative: 0,
      neutral: 0,
      positive: 1,
      unscored: 0,
      netSentiment: 100,
    },
    { start: new Date(now - hour).toISOString(), volume: 1, negative: 0, neutral: 0, positive: 0, unscored: 1, netSentiment: null },
  ]);
});

test.each(['quarter', 'hour', 'day', 'week'] as const)('a timeline by %s has every post once', async (grain) => {
  const buckets = await timeline(db.reader, { ...lastHours(24), brand: '*', grain, timeZone: 'Asia/Kathmandu' });
  expect(buckets.reduce((sum, { volume }) => sum + volume, 0)).toBe(6);
});

test('days and weeks are those of the time zone, summer time and all', async () => {
  const range = { from: new Date('2026-10-20T00:00:00Z'), to: new Date('2026-10-31T00:00:00Z'), brand: 'Heron', timeZone: 'Europe/Berlin' };
  const days = await timeline(db.reader, { ...range, grain: 'day' });
  expect(days.map(({ start, volume }) => [start, volume])).toEqual([
    ['2026-10-23T22:00:00.000Z', 1],
    ['2026-10-24T22:00:00.000Z', 2],
    ['2026-10-25T23:00:00.000Z', 1],
  ]);
  const weeks = await timeline(db.reader, { ...range, grain: 'week' });
  expect(weeks.map(({ start, volume }) => [start, volume])).toEqual([
    ['2026-10-18T22:00:00.000Z', 3],
    ['2026-10-25T23:00:00.000Z', 1],
  ]);
});

test('a summary compares with the period before', async () => {
  expect(await summary(db.reader, { ...lastHours(2), brand: '*' }, now)).toEqual({
    current: { volume: 3, negative: 1, neutral: 1, positive: 0, unscored: 1, netSentiment: -50, authors: 3 },
    previous: { volume: 3, negative: 1, neutral: 0, positive: 2, unscored: 0, netSentiment: 100 / 3, authors: 3 },
  });
});

test('an empty range is refused', async () => {
  await expect(summary(db.reader, { from: new Date(now), to: new Date(now), brand: '*' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('the overview counts a post once for each brand it names', async () => {
  const brands = await brandsOverview(db.reader, lastHours(24), now);
  expect(brands.map(({ brand, volume, netSentiment }) => [brand, volume, netSentiment])).toEqual([
    ['*', 6, 0],
    ['Kestrel', 4, 100 / 3],
    ['Marlow', 2, -50],
    ["O'Hare", 1, -100],
  ]);
});
