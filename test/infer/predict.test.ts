import { expect, test } from 'vitest';
import { createPredictor, toPrediction, unscoredPrediction } from '../../src/infer/predict.ts';
import type { PreparedPost } from '../../src/infer/preprocess.ts';
import { createScoreCache } from '../../src/infer/score-cache.ts';
import { WorkerCrashed } from '../../src/infer/workers/inference-thread.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

const probe = [101, 7, 102];

/** P(positive) grows with the second token of each row; P(neutral) is the rest. One post per batch exits. Records row lengths. */
function fakePool() {
  const batches: number[][] = [];
  const run = async (rows: readonly (readonly number[])[]) => {
    batches.push(rows.map(({ length }) => length));
    const probabilities = Float64Array.from(rows.flatMap(([_, id = 0]) => [0, 1 / (1 + 2 * id), (2 * id) / (1 + 2 * id)]));
    return { probabilities, exits: 1, ms: 1 };
  };
  return { run, batches };
}

const uncached = (text: string, length = 5): PreparedPost => ({
  kind: 'uncached',
  lang: 'en',
  text,
  tokens: { ids: [101, text.length, ...Array<number>(length - 3).fill(9), 102], truncated: false },
});

test('predictions come in input order, whatever the batches', async () => {
  const pool = fakePool();
  const predict = createPredictor({ pool, workers: 1, cache: undefined, probe });
  const predictions = await predict([uncached('a', 4), { kind: 'skipped', lang: 'ja' }, uncached('bbb', 90), uncached('cc', 6)]);
  expect(pool.batches).toEqual([[90], [6, 4]]);
  expect(predictions.map((prediction) => [prediction?.lang, Math.round(100 * (prediction?.positive ?? 0))])).toEqual([
    ['en', 67],
    ['ja', 0],
    ['en', 86],
    ['en', 80],
  ]);
});

test('a few posts are spread over all workers', async () => {
  const pool = fakePool();
  const predict = createPredictor({ pool, workers: 2, cache: undefined, probe });
  await predict(['a', 'b', 'c', 'd'].map((text) => uncached(text)));
  expect(pool.batches).toEqual([
    [5, 5],
    [5, 5],
  ]);
});

test('with a cache, duplicate texts are scored once and count as cache hits', async () => {
  const pool = fakePool();
  const metrics = createMetrics();
  const predict = createPredictor({ pool, workers: 1, cache: createScoreCache(10), metrics, probe });
  const predictions = await predict([uncached('same'), uncached('other one'), uncached('same')]);
  expect(pool.batches.flat()).toHaveLength(2);
  expect(predictions[2]).toEqual(predictions[0]);
  expect((await metrics.cacheHits.get()).values[0]?.value).toBe(1);
  expect((await metrics.modelPosts.get()).values[0]?.value).toBe(2);
  expect((await metrics.earlyExits.get()).values[0]?.value).toBe(pool.batches.length);
});

test('without a cache, every text is scored', async () => {
  const pool = fakePool();
  const predict = createPredictor({ pool, workers: 1, cache: undefined, probe });
  await predict([uncached('same'), uncached('same')]);
  expect(pool.batches.flat()).toHaveLength(2);
});

const poisoned = 13;

/** A pool whose model fails on every batch with a text of thirteen letters. */
function failingPool() {
  const pool = fakePool();
  return {
    run: (rows: readonly (readonly number[])[]) =>
      rows.some((ids) => ids[1] === poisoned) ? Promise.reject(new FeedpulseError('MODEL_FAILED', 'rejected')) : pool.run(rows),
  };
}

test('a post that makes the model fail gets no prediction, and the rest of its batch does', async () => {
  const predict = createPredictor({ pool: failingPool(), workers: 1, cache: undefined, probe });
  const texts = ['a', 'bb', 'x'.repeat(poisoned), 'ccc', 'dddd'];
  const predictions = await predict(texts.map((text) => uncached(text)));
  expect(predictions.map((prediction) => prediction?.label)).toEqual(['positive', 'positive', undefined, 'positive', 'positive']);
});

test('a model that fails on every input rejects the call', async () => {
  const pool = { run: () => Promise.reject(new FeedpulseError('MODEL_FAILED', 'broken')) };
  const predict = createPredictor({ pool, workers: 1, cache: undefined, probe });
  await expect(predict([uncached('a'), uncached('bb')])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test('a batch lost in a worker crash rejects the call', async () => {
  const lost = new FeedpulseError('MODEL_FAILED', 'lost', { cause: new WorkerCrashed('killed') });
  const pool = { run: (rows: readonly unknown[]) => (rows.length > 1 ? Promise.reject(lost) : fakePool().run([[101, 1, 102]])) };
  const predict = createPredictor({ pool, workers: 1, cache: undefined, probe });
  await expect(predict([uncached('a'), uncached('bb')])).rejects.toBe(lost);
});

test('label and confidence come from the highest probability; the score is P(positive) − P(negative)', () => {
  expect(toPrediction({ probabilities: [0.125, 0.25, 0.625], truncated: true }, 'en')).toEqual({
    negative: 0.125,
    neutral: 0.25,
    positive: 0.625,
    label: 'positive',
    score: 0.5,
    confidence: 0.625,
    lang: 'en',
    truncated: true,
  });
});

test('ties go to the more cautious label', () => {
  const label = (...probabilities: [number, number, number]) => toPrediction({ probabilities, truncated: false }, 'en').label;
  expect(label(0.4, 0.4, 0.2)).toBe('neutral');
  expect(label(0.2, 0.4, 0.4)).toBe('neutral');
  expect(label(0.45, 0.1, 0.45)).toBe('negative');
});

test('an unscored prediction is all zeros', () => {
  expect(unscoredPrediction('ja')).toEqual({
    negative: 0,
    neutral: 0,
    positive: 0,
    label: 'unscored',
    score: 0,
    confidence: 0,
    lang: 'ja',
    truncated: false,
  });
});
