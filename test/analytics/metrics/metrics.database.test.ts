import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareBrands, listBrands, readBreakdown, readSummary } from '../../../src/analytics/metrics/summary.ts';
import { readTimeline } from '../../../src/analytics/metrics/timeline.ts';
import type { Timeline } from '../../../src/domain/brand-metrics.ts';
import type { ScoredPost, StoredLabel } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

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
  await createRollups(shared).catchUp();
});
afterAll(() => remove());

const lastHours = (hours: number) => ({ from: new Date(now - hours * hour), to: new Date(now) });

const startsAndVolumes = ({ buckets }: Timeline) => buckets.map(({ start, volume }) => [start, volume]);

test('a timeline tells a silence about a brand from a gap in which nothing arrived, and unscored from neutral', async () => {
  const { buckets, gaps } = await readTimeline(db.reader, { ...lastHours(3), brand: "O'Hare", grain: 'minute', timeZone: 'UTC' }, now);
  const at = (ms: number) => new Date(now - 3 * hour + ms).toISOString();
  expect(buckets.map(({ start, volume, netSentiment }) => [start, volume, netSentiment])).toEqual([
    [at(0), 0, null],
    [at(60_000), 0, null],
    [at(2 * hour), 1, -100],
  ]);
  expect(gaps).toHaveLength(177);
  const others = await readTimeline(db.reader, { ...lastHours(3), brand: 'Kestrel', grain: 'minute', timeZone: 'UTC' }, now);
  expect(others.buckets[2]).toMatchObject({ volume: 1, unscored: 1, neutral: 0, netSentiment: null, meanScore: null });
});

test('what is still to come is no gap', async () => {
  const range = { from: new Date(now - hour), to: new Date(now + 2 * hour) };
  const { buckets, gaps } = await readTimeline(db.reader, { ...range, brand: '*', grain: 'hour', timeZone: 'UTC' }, now + 1);
  expect([buckets.length, gaps]).toEqual([1, [new Date(now).toISOString()]]);
});

test.each(['15m', 'hour', 'day', 'week', 'month'] as const)('a timeline by %s has every post once', async (grain) => {
  const { buckets } = await readTimeline(db.reader, { ...lastHours(24), brand: '*', grain, timeZone: 'Asia/Kathmandu' });
  expect(buckets.reduce((sum, { volume }) => sum + volume, 0)).toBe(6);
});

test('days, weeks and months are those of the time zone, summer time and all', async () => {
  const range = { from: new Date('2026-10-20T00:00:00Z'), to: new Date('2026-10-31T00:00:00Z'), brand: 'Heron', timeZone: 'Europe/Berlin' };
  expect(startsAndVolumes(await readTimeline(db.reader, { ...range, grain: 'day' }))).toEqual([
    ['2026-10-23T22:00:00.000Z', 1],
    ['2026-10-24T22:00:00.000Z', 2],
    ['2026-10-25T23:00:00.000Z', 1],
  ]);
  expect(startsAndVolumes(await readTimeline(db.reader, { ...range, grain: 'week' }))).toEqual([
    ['2026-10-18T22:00:00.000Z', 3],
    ['2026-10-25T23:00:00.000Z', 1],
  ]);
  expect(startsAndVolumes(await readTimeline(db.reader, { ...range, grain: 'month' }))).toEqual([['2026-09-30T22:00:00.000Z', 4]]);
});

test('a summary compares with the period before', async () => {
  expect(await readSummary(db.reader, { ...lastHours(2), brand: '*' }, now)).toMatchObject({
    current: { volume: 3, negative: 1, neutral: 1, positive: 0, unscored: 1, netSentiment: -50, negativeShare: 0.5, authors: 3 },
    previous: { volume: 3, negative: 1, neutral: 0, positive: 2, unscored: 0, netSentiment: 100 / 3, authors: 3 },
    changes: { volume: { difference: 0, significant: false }, netSentiment: { difference: -50 - 100 / 3, significant: false } },
  });
});

test('a period that the history does not cover is none to compare with; one without mentions is', async () => {
  const autumn = { from: new Date('2026-10-25T00:00:00Z'), to: new Date('2026-10-26T00:00:00Z') };
  expect(await readSummary(db.reader, { ...autumn, brand: 'Heron' }, now)).toMatchObject({
    current: { volume: 2 },
    previous: null,
    changes: null,
  });
  expect(await readSummary(db.reader, { ...lastHours(2), brand: "O'Hare" }, now)).toMatchObject({
    previous: { volume: 0, netSentiment: null },
    changes: { volume: { difference: 1 }, netSentiment: null },
  });
});

test('authors are counted for ranges of up to eight days', async () => {
  const authorsOver = async (days: number) =>
    (await readSummary(db.reader, { ...lastHours(24 * days), brand: 'Kestrel' }, now)).current.authors;
  expect([await authorsOver(8), await authorsOver(9)]).toEqual([4, null]);
});

test('a share of voice is of the brands that are compared; a post counts once for each', async () => {
  const { mentions, brands } = await compareBrands(db.reader, { ...lastHours(24), brands: ['Marlow', 'Kestrel', 'Nobody'] }, now);
  expect(mentions).toBe(6);
  expect(brands.map(({ brand, current }) => [brand, current.volume, current.shareOfVoice])).toEqual([
    ['Marlow', 2, 2 / 6],
    ['Kestrel', 4, 4 / 6],
    ['Nobody', 0, 0],
  ]);
});

test('a breakdown has the platforms and the languages of a brand, the largest first', async () => {
  const { platforms, languages } = await readBreakdown(db.reader, { ...lastHours(24), brand: 'Kestrel' });
  expect(platforms).toMatchObject([{ name: 'chirper', share: 1, volume: 4 }]);
  expect(languages.map(({ name, volume, share, unscored }) => [name, volume, share, unscored])).toEqual([
    ['en', 3, 0.75, 0],
    ['ja', 1, 0.25, 1],
  ]);
});

test('an empty range is refused', async () => {
  await expect(readSummary(db.reader, { from: new Date(now), to: new Date(now), brand: '*' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('the overview counts a post once for each brand it names', async () => {
  const brands = await listBrands(db.reader, lastHours(24), now);
  expect(brands.map(({ brand, volume, netSentiment }) => [brand, volume, netSentiment])).toEqual([
    ['*', 6, 0],
    ['Kestrel', 4, 100 / 3],
    ['Marlow', 2, -50],
    ["O'Hare", 1, -100],
  ]);
});
