import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Calibrations, createCalibrations } from '../../../src/analytics/calibration/calibrations.ts';
import { storeHistories } from '../../../src/analytics/calibration/keep-histories.ts';
import type { Comparison, Summary } from '../../../src/domain/brand-metrics.ts';
import type { Calibration, CalibrationProgress } from '../../../src/domain/calibration.ts';
import type { Label } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import type { createInProcessApi } from '../../../src/server/http/in-process.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { applyCorrection } from '../../../src/sink/maintenance/corrections.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';
import { apiOn } from '../test-server.ts';

const minute = 60_000;
const now = Math.floor(Date.now() / (60 * minute)) * 60 * minute;
const posts = 600;
const path = '/api/v1/calibrations';
const model = { id: 'model@2.0.0', netSentiment: { slope: 1.4, slopeError: 0.1, levelError: 11 } };

/** Half of the posts are negative, and the model takes every third of them for neutral: counted −33.3 + 25 instead of −50 + 25. */
const truthOf = (index: number): Label => (index % 2 === 0 ? 'negative' : index % 4 === 1 ? 'positive' : 'neutral');
const saidOf = (index: number): Label => (index % 6 === 0 ? 'neutral' : truthOf(index));
const counted = -25 / 3;

let api: ReturnType<typeof createInProcessApi>;
let correctMissed: (label: Label | undefined) => Promise<void>;
let remove: () => Promise<void>;
let db: Database;
let calibrations: Calibrations;

beforeAll(async () => {
  const opened = await openTestDatabase();
  db = opened.db;
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write(
    Array.from({ length: posts }, (_, index) =>
      scoredPost({
        ...{ id: String(index), label: saidOf(index), brands: ['Kestrel'], modelVersion: model.id },
        text: `${saidOf(index) === truthOf(index) ? 'found' : 'missed'} ${index}`,
        createdAt: new Date(now - (index + 1) * minute).toISOString(),
      }),
    ),
  );
  const rollups = createRollups(shared);
  await rollups.catchUp();
  correctMissed = async (label) => {
    const missed = { from: now - 700 * minute, to: now, brand: '*', text: 'missed' };
    await applyCorrection(db, { posts: missed, label, by: 'Ines', reason: '' });
    await rollups.catchUp();
  };
  calibrations = createCalibrations({ reader: db.reader, model, clock: systemClock });
  api = apiOn(db, { brands: [{ name: 'Kestrel' }, { name: 'Heron' }] }, calibrations);
  remove = opened.remove;
});
afterAll(() => remove());

async function request<T>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object): Promise<T> {
  const { status, text } = await api({ method, path: url, ...(body && { body }) });
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text) as T; // the routes' schemas check it
}

const range = `from=${new Date(now - 700 * minute).toISOString()}&to=${new Date(now).toISOString()}`;
const readSummary = (brand: string) => request<Summary>('GET', `/api/v1/summary?brand=${encodeURIComponent(brand)}&${range}`);

interface Sample {
  readonly posts: readonly { readonly platform: string; readonly id: string; readonly text: string }[];
  readonly progress: CalibrationProgress;
}
const drawSample = (query: string) => request<Sample>('GET', `${path}/sample?brand=Kestrel&${range}&${query}`);

test('without labels the level is the counted one, with the usual error of the model', async () => {
  const { current, calibration } = await readSummary('Kestrel');
  expect(calibration).toMatchObject({ basis: 'history', labels: 0, modelVersion: model.id, slope: 1.4, levelError: 11 });
  expect(current.netSentiment).toBeCloseTo(counted);
  expect(current.calibratedNetSentiment).toBeCloseTo(counted);
  const { low = 0, high = 0 } = current.intervals.calibratedNetSentiment ?? {};
  expect((high - low) / 2).toBeGreaterThan(1.96 * 11);
  // A brand without posts has no value, and a known error.
  expect((await readSummary('Heron')).current.calibratedNetSentiment).toBeNull();
});

test('a sample is random, reproducible and without the labels of the model', async () => {
  const { posts: drawn, progress } = await drawSample('limit=200');
  expect(await drawSample('limit=200')).toMatchObject({ posts: drawn });
  expect((await drawSample('limit=200&seed=2')).posts).not.toEqual(drawn);
  expect(new Set(drawn.map(({ id }) => id)).size).toBe(200);
  const negative = drawn.filter(({ id }) => truthOf(Number(id)) === 'negative').length;
  expect(negative).toBeGreaterThan(75);
  expect(negative).toBeLessThan(125);
  expect(Object.keys(drawn[0] ?? {}).sort()).toEqual(['author', 'createdAt', 'id', 'lang', 'platform', 'text', 'url']);
  expect(progress).toMatchObject({ labels: 0, posts, counted: expect.closeTo(counted), level: null, labelsNeeded: null });
});

test('too few labels are not enough to calibrate', async () => {
  const { status, text } = await api({
    method: 'POST',
    path,
    body: { brand: 'Kestrel', from: new Date(now - 700 * minute).toISOString() },
  });
  expect([status, text]).toEqual([400, expect.stringContaining('At least 30 labeled posts are needed; there are 0')]);
});

test('300 labels of a sample mend the level, and change no count', async () => {
  const { posts: drawn } = await drawSample('limit=300');
  const given = drawn.map(({ platform, id }) => ({ platform, id, label: truthOf(Number(id)) }));
  const window = { brand: 'Kestrel', from: new Date(now - 700 * minute).toISOString(), to: new Date(now).toISOString() };
  const first = await request<{ progress: CalibrationProgress }>('POST', `${path}/labels`, { ...window, labels: given.slice(0, 100) });
  expect(first.progress).toMatchObject({ labels: 100, posts });
  expect(first.progress.labelsNeeded).toBeGreaterThan(0);
  // A label is taken back, and given again; an unknown post is left out.
  const taken = given.slice(0, 1).map((label) => ({ ...label, label: null }));
  const second = await request<{ progress: CalibrationProgress }>('POST', `${path}/labels`, { ...window, labels: taken });
  expect(second.progress.labels).toBe(99);
  const all = { ...window, labels: [...given, { platform: 'chirper', id: 'nowhere', label: 'neutral' }] };
  expect(await request('POST', `${path}/labels`, all)).toMatchObject({ saved: 300, unknown: 1, progress: { labels: 300 } });
  expect((await drawSample('limit=1000&unlabeled=true')).posts).toHaveLength(posts - 300);

  const fitted = await request<{ calibration: Calibration }>('POST', path, window);
  expect(fitted.calibration).toMatchObject({ basis: 'labels', labels: 300, countedLevel: expect.closeTo(counted) });
  const { current, calibration } = await readSummary('Kestrel');
  expect(calibration).toEqual(fitted.calibration);
  expect(current.netSentiment).toBeCloseTo(counted);
  expect(Math.abs((current.calibratedNetSentiment ?? 0) + 25)).toBeLessThan(4);
  const { low = 0, high = 0 } = current.intervals.calibratedNetSentiment ?? {};
  expect([low < -25, high > -25]).toEqual([true, true]);
  expect((high - low) / 2).toBeLessThan(14);
});

test('every response with net sentiment has the calibrated one', async () => {
  const near = (value: number | null | undefined) => Math.abs((value ?? 0) + 25) < 4;
  const { brands } = await request<Comparison>('GET', `/api/v1/share-of-voice?brands=Kestrel&${range}`);
  expect([brands[0]?.calibration.basis, near(brands[0]?.current.calibratedNetSentiment)]).toEqual(['labels', true]);
  const listed = await request<{ brand: string; calibratedNetSentiment: number; calibration: Calibration }[]>(
    'GET',
    `/api/v1/brands?${range}`,
  );
  expect(listed.map(({ brand, calibration }) => [brand, calibration.basis])).toEqual([
    ['*', 'history'],
    ['Kestrel', 'labels'],
    ['Heron', 'history'],
  ]);
  const breakdown = await request<{ platforms: { calibratedNetSentiment: number }[] }>('GET', `/api/v1/breakdown?brand=Kestrel&${range}`);
  expect(near(breakdown.platforms[0]?.calibratedNetSentiment)).toBe(true);
  const trends = await request<{ buckets: { calibratedNetSentiment: number; volume: number }[]; calibration: Calibration }>(
    'GET',
    `/api/v1/trends?brand=Kestrel&grain=day&${range}`,
  );
  expect(trends.calibration.basis).toBe('labels');
  const mean = trends.buckets.reduce((sum, { calibratedNetSentiment, volume }) => sum + (calibratedNetSentiment * volume) / posts, 0);
  expect(near(mean)).toBe(true);
});

test('corrected posts are not corrected twice', async () => {
  const before = (await readSummary('Kestrel')).current;
  await correctMissed('negative');
  const after = (await readSummary('Kestrel')).current;
  expect(after.netSentiment).toBeCloseTo(-25);
  expect(after.calibratedNetSentiment).toBeCloseTo(before.calibratedNetSentiment ?? 0);
  const trends = await request<{ buckets: { calibratedNetSentiment: number; volume: number }[] }>(
    'GET',
    `/api/v1/trends?brand=Kestrel&grain=hour&${range}`,
  );
  const mean = trends.buckets.reduce((sum, { calibratedNetSentiment, volume }) => sum + (calibratedNetSentiment * volume) / posts, 0);
  expect(mean).toBeCloseTo(before.calibratedNetSentiment ?? 0);
  // Without labels of all posts together, corrected posts count as corrected.
  const feed = (await readSummary('*')).current;
  expect(feed.calibratedNetSentiment ?? 0).toBeLessThan(-15);
  await correctMissed(undefined);
});

test('a table of other posts calibrates all brands, and is removed again', async () => {
  const empty = () => ({ negative: 0, neutral: 0, positive: 0 });
  const table = { negative: empty(), neutral: empty(), positive: empty() };
  for (let index = 0; index < 240; index += 1) table[truthOf(index)][saidOf(index)] += 1;
  await request('POST', path, { table });
  const { current, calibration } = await readSummary('Heron');
  expect(calibration).toMatchObject({ basis: 'feed-labels', labels: 240, window: null });
  expect(calibration.levelError).toBeGreaterThan(11); // a brand may differ from the feed
  expect(current.calibratedNetSentiment).toBeNull();
  expect((await readSummary('Kestrel')).calibration.basis).toBe('labels');
  const { calibrations } = await request<{ calibrations: { brand: string }[] }>('GET', path);
  expect(calibrations.map(({ brand }) => brand)).toEqual(['*', 'Kestrel']);
  expect(await request('DELETE', path)).toEqual({ removed: true });
  expect(await request('DELETE', path)).toEqual({ removed: false });
  expect((await readSummary('Heron')).calibration.basis).toBe('history');
});

test('the usual level of a brand is stored once its first four weeks are over', async () => {
  const old = { db, model, brands: () => ['Heron'] };
  expect(await storeHistories(old)).toBe(0);
  const day = 24 * 60 * minute;
  const post = (id: string, daysAgo: number, label: Label) =>
    scoredPost({ id, label, brands: ['Heron'], modelVersion: model.id, createdAt: new Date(now - daysAgo * day).toISOString() });
  const first = Array.from({ length: 500 }, (_, index) => post(`first${index}`, 40 - (index % 20), index < 100 ? 'positive' : 'neutral'));
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write([...first, post('later', 3, 'negative')]);
  await createRollups(shared).catchUp();
  // All posts together began as long ago.
  expect(await storeHistories(old)).toBe(2);
  expect(await storeHistories(old)).toBe(0);
  calibrations.reset(); // what another process stored is read within seconds
  const listed = await request<{ calibrations: { brand: string; basis: string; level: number; window: object }[] }>('GET', path);
  const heron = listed.calibrations.find(({ brand }) => brand === 'Heron');
  expect(heron).toMatchObject({ basis: 'history', level: expect.closeTo(20), labels: 0 });
  await createWriter(shared).write(
    first.slice(0, 50).map((earlier) => ({ ...earlier, label: 'negative', updatedAt: new Date(now).toISOString() })),
  );
  await createRollups(shared).catchUp();
  expect((await readSummary('Heron')).calibration.level).toBeCloseTo(20);
});
