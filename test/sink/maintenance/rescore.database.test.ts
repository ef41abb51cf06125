import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareModels, listModelVersions } from '../../../src/analytics/models/model-comparison.ts';
import type { Prediction, ScoredPost, StoredLabel } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { applyCorrection } from '../../../src/sink/maintenance/corrections.ts';
import { erase } from '../../../src/sink/maintenance/erase.ts';
import { activateScores, countToActivate, type Rescorer, rescore } from '../../../src/sink/maintenance/rescore.ts';
import { createRollups, type Rollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter, type Writer } from '../../../src/sink/writer/writer.ts';
import { countWrongGroups } from '../../support/rollup-oracle.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

const hour = 3_600_000;
const now = Math.floor(Date.now() / hour) * hour;
const whole = { from: 0, to: now / 1_000 + 60 };
const labels: readonly StoredLabel[] = ['negative', 'neutral', 'positive', 'unscored'];

let db: Database;
let writer: Writer;
let rollups: Rollups;
let remove: () => Promise<void>;
const nothing = () => {};

/** Another model: what it says hangs on the number in the text, and it fails on one post. */
function otherModel(seen: string[] = []): Rescorer {
  return {
    modelVersion: 'other@2',
    score: async (posts) =>
      posts.map(({ text, lang }): Prediction | undefined => {
        seen.push(text);
        const label = labels[Number(/\d+/.exec(text)) % 4] ?? 'neutral';
        const score = { negative: -0.5, neutral: 0, positive: 0.5, unscored: 0 }[label];
        const known = { lang, truncated: false, confidence: label === 'unscored' ? 0 : 0.5 };
        const negative = [{ brand: 'Kestrel', label: 'negative', negative: 0.75, neutral: 0.25, positive: 0 } as const];
        const brandSentiment = text.endsWith('5') ? { brandSentiment: negative } : {};
        return text.includes('poison')
          ? undefined
          : { ...known, ...brandSentiment, label, score, negative: 0.25, neutral: 0.25, positive: 0.5 };
      }),
  };
}

const post = (number: number, given: Partial<ScoredPost> = {}) => {
  const createdAt = new Date(now - (number % 20) * hour - number * 1_000).toISOString();
  const label = labels[number % 3] ?? 'neutral';
  const score = { negative: -0.6, neutral: 0, positive: 0.6, unscored: 0 }[label];
  return scoredPost({
    id: `${number}`,
    text: `post ${number}`,
    createdAt,
    updatedAt: createdAt,
    label,
    score,
    author: { id: `u${number % 7}` },
    ...(number % 10 === 4 && { brandSentiment: [{ brand: 'Kestrel', label: 'positive', negative: 0, neutral: 0.5, positive: 0.5 }] }),
    ...given,
  });
};

beforeAll(async () => {
  const opened = await openTestDatabase();
  ({ db, remove } = opened);
  const parts = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  writer = createWriter(parts);
  rollups = createRollups(parts);
  await writer.write([
    ...Array.from({ length: 600 }, (_, index) => post(index)),
    post(600, { text: 'poison 600' }),
    post(601, { deleted: true, text: '' }),
  ]);
  await rollups.catchUp();
});
afterAll(() => remove());

const ground = () => ({ db, clock: systemClock });
const active = () => queryRows(db, 'SELECT * EXCEPT (scored_at) FROM posts FINAL ORDER BY minute, platform, id');

test('stored posts are scored beside those that count, and volume is not counted twice', async () => {
  const before = await active();
  const progress: [number, number][] = [];
  const seen: string[] = [];
  expect(await rescore({ ...ground(), rescorer: otherModel(seen) }, whole, (...step) => progress.push(step))).toBe(600);
  expect(new Set(seen).size).toBe(601);
  expect(progress.at(-1)).toEqual([601, 601]);
  expect(progress.every(([done], index) => done >= (progress[index - 1]?.[0] ?? 0))).toBe(true);
  expect(await active()).toEqual(before);
  await rollups.catchUp();
  expect(
    await queryRows(db, "SELECT sum(negative + neutral + positive + unscored) AS posts FROM rollup_15m FINAL WHERE brand = '*'"),
  ).toEqual([{ posts: 601 }]);
  expect(await listModelVersions(db.reader)).toMatchObject([
    { version: 'm1', active: 601, inactive: 0 },
    { version: 'other@2', active: 0, inactive: 600 },
  ]);
});

test('a second run has nothing left to do but what the model failed on, and what was edited', async () => {
  await writer.write([post(7, { text: 'post 8', updatedAt: new Date(now).toISOString() })]);
  const seen: string[] = [];
  expect(await rescore({ ...ground(), rescorer: otherModel(seen) }, whole, nothing)).toBe(1);
  expect(seen.sort()).toEqual(['poison 600', 'post 8']);
});

test('an interrupted run resumes where it stopped', async () => {
  const rescorer: Rescorer = { ...otherModel(), modelVersion: 'cut@1' };
  const stop = new AbortController();
  const report = (done: number) => done > 100 && stop.abort();
  await expect(rescore({ ...ground(), rescorer }, whole, report, stop.signal)).rejects.toThrow();
  const count = async () =>
    Number((await queryRows<{ n: number }>(db, "SELECT count() AS n FROM scores FINAL WHERE model_version = 'cut@1'"))[0]?.n);
  const first = await count();
  expect(first).toBeGreaterThan(50);
  expect(first).toBeLessThan(600);
  expect(await rescore({ ...ground(), rescorer }, whole, nothing)).toBe(600 - first);
  expect(await count()).toBe(600);
});

test('the figures of both are compared over the posts that have both, corrected ones left out', async () => {
  const key = { platform: 'chirper', id: '3' };
  await applyCorrection(db, { posts: key, label: 'positive', by: 'somebody', reason: '' });
  const range = { from: new Date(now - 48 * hour), to: new Date(now + hour) };
  const found = await compareModels(db.reader, { ...range, brand: 'Kestrel', version: 'other@2' });
  const stored = await queryRows<{ active: StoredLabel; other: StoredLabel; a: number; b: number }>(
    db,
    `SELECT p.label AS active, s.label AS other, p.score AS a, s.score AS b FROM posts AS p FINAL
     JOIN (SELECT id, version, label, score FROM scores FINAL WHERE model_version = 'other@2') AS s ON s.id = p.id AND s.version = p.version
     WHERE p.id != '3'`,
  );
  const count = (side: 'active' | 'other', label: StoredLabel) => stored.filter((row) => row[side] === label).length;
  const differences = stored.flatMap(({ active, other }) =>
    active === 'unscored' || other === 'unscored' ? [] : [100 * (labels.indexOf(other) - labels.indexOf(active))],
  );
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
  // Student's quantile for some 400 posts.
  const reach = 1.966 * Math.sqrt(variance / differences.length);
  expect(found.posts).toBe(stored.length);
  expect(found.posts).toBe(599);
  for (const side of ['active', 'other'] as const)
    for (const label of labels) expect([side, label, found[side][label]]).toEqual([side, label, count(side, label)]);
  expect(found.agreement).toBeCloseTo(stored.filter(({ active, other }) => active === other).length / stored.length, 9);
  expect(found.netSentimentDifference).toMatchObject({
    difference: expect.closeTo(mean, 6),
    low: expect.closeTo(mean - reach, 1),
    high: expect.closeTo(mean + reach, 1),
  });
  expect(await compareModels(db.reader, { ...range, brand: 'Nobody', version: 'other@2' })).toMatchObject({
    posts: 0,
    agreement: null,
    netSentimentDifference: null,
  });
});

test('activated scores count, and activating those before brings everything back', async () => {
  const before = await active();
  const ask = <T>(query: string) => queryRows<T>(db, query.replace('posts FINAL', 'effective_posts'));
  expect(await countToActivate(db, 'other@2', whole)).toBe(600);
  expect(await activateScores(db, 'other@2', whole, nothing)).toBe(600);
  await rollups.catchUp();
  expect(await queryRows(db, 'SELECT model_version, count() AS posts FROM posts FINAL WHERE NOT deleted GROUP BY 1 ORDER BY 1')).toEqual([
    { model_version: 'm1', posts: 1 },
    { model_version: 'other@2', posts: 600 },
  ]);
  expect(await queryRows(db, "SELECT label, model_label, score FROM effective_posts WHERE id = '3'")).toEqual([
    { label: 'positive', model_label: 'unscored', score: 1 },
  ]);
  const apart = (id: string) => queryRows(db, `SELECT brand_sentiment_labels FROM posts FINAL WHERE id = '${id}'`);
  expect([await apart('4'), await apart('5')]).toEqual([[{ brand_sentiment_labels: [] }], [{ brand_sentiment_labels: ['negative'] }]]);
  expect(await countWrongGroups(ask, 'feedpulse')).toBe(0);
  expect(await activateScores(db, 'other@2', whole, nothing)).toBe(0);
  expect(await activateScores(db, 'm1', whole, nothing)).toBe(600);
  await rollups.catchUp();
  expect(await active()).toEqual(before);
  expect(await countWrongGroups(ask, 'feedpulse')).toBe(0);
});

test('a post that was edited since keeps its own scores, and an edit that comes meanwhile wins', async () => {
  await writer.write([post(11, { text: 'post 12', updatedAt: new Date(now + 1).toISOString() })]);
  expect(await activateScores(db, 'other@2', whole, nothing)).toBe(599);
  expect(await queryRows(db, "SELECT model_version, text FROM posts FINAL WHERE id = '11'")).toEqual([
    { model_version: 'm1', text: 'post 12' },
  ]);
  await writer.write([post(13, { text: 'post 14', updatedAt: new Date(now + 2).toISOString() })]);
  expect(await queryRows(db, "SELECT model_version, text FROM posts FINAL WHERE id = '13'")).toEqual([
    { model_version: 'm1', text: 'post 14' },
  ]);
});

test('an author who is erased leaves no scores behind', async () => {
  const left = () => queryRows(db, "SELECT count() AS rows FROM scores WHERE id IN (SELECT id FROM posts WHERE author_id = 'u5')");
  expect(Number(((await left())[0] as { rows: number }).rows)).toBeGreaterThan(80); // as the statement names it
  const ids = (await queryRows<{ id: string }>(db, "SELECT id FROM posts FINAL WHERE author_id = 'u5'")).map(({ id }) => id);
  await erase({ client: db.maintenance, clock: systemClock }, { kind: 'author', platform: 'chirper', id: 'u5' }, nothing);
  expect(await queryRows(db, `SELECT count() AS rows FROM scores WHERE has({ids:Array(String)}, id)`, { ids })).toEqual([{ rows: 0 }]);
});
