import { expect, test } from 'vitest';
import { labels } from '../../src/domain/post.ts';
import { createPredictor } from '../../src/infer/predict.ts';
import type { PreparedPost } from '../../src/infer/preprocess.ts';
import { createScoreCache } from '../../src/infer/score-cache.ts';
import { WorkerCrashed } from '../../src/infer/workers/inference-thread.ts';
import { FeedpulseError } from '../../src/lib/errors.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

const probe = [101, 7, 102];
const calibration = { labels, temperature: 1 };

/** Answers with logits that lean to positive by the second token of each row, and counts the rows it saw. */
function fakePool() {
  const batches: number[][] = [];
  const run = async (rows: readonly (readonly number[])[]) => {
    batches.push(rows.map(({ length }) => length));
    return Float32Array.from(rows.flatMap((ids) => [0, 0, ids[1] ?? 0]));
  };
  return { run, batches };
}

const fresh = (text: string, length = 5): PreparedPost => ({
  kind: 'fresh',
  lang: 'en',
  text,
  tokens: { ids: [101, text.length, ...Array<number>(length - 3).fill(9), 102], truncated: false },
});

test('answers in the order it was asked, whatever the batches', async () => {
  const pool = fakePool();
  const judge = createPredictor({ pool, workers: 1, cache: undefined, calibration, probe, maxBatch: 2 });
  const verdicts = await judge([fresh('a', 4), { kind: 'unscored', lang: 'ja' }, fresh('bbb', 9), fresh('cc', 6)]);
  expect(pool.batches).toEqual([[9, 6], [4]]);
  expect(verdicts.map((verdict) => [verdict?.lang, Math.round(100 * (verdict?.positive ?? 0))])).toEqual([
    ['en', 58],
    ['ja', 0],
    ['en', 91],
    ['en', 79],
  ]);
});

test('spreads a few posts over the threads', async () => {
  const pool = fakePool();
  const judge = createPredictor({ pool, workers: 2, cache: undefined, calibration, probe });
  await judge(['a', 'b', 'c', 'd'].map((text) => fresh(text)));
  expect(pool.batches).toEqual([
    [5, 5],
    [5, 5],
  ]);
});

test('with a cache, the same text is asked once and counted as a hit', async () => {
  const pool = fakePool();
  const metrics = createMetrics();
  const judge = createPredictor({ pool, workers: 1, cache: createScoreCache(10), metrics, calibration, probe });
  const verdicts = await judge([fresh('same'), fresh('other one'), fresh('same')]);
  expect(pool.batches.flat()).toHaveLength(2);
  expect(verdicts[2]).toEqual(verdicts[0]);
  expect((await metrics.cacheHits.get()).values[0]?.value).toBe(1);
});

test('without a cache, every text is asked', async () => {
  const pool = fakePool();
  const judge = createPredictor({ pool, workers: 1, cache: undefined, calibration, probe });
  await judge([fresh('same'), fresh('same')]);
  expect(pool.batches.flat()).toHaveLength(2);
});

const poisoned = 13;

/** A pool whose model fails on every batch that holds a text of thirteen letters. */
function failingPool() {
  const pool = fakePool();
  return {
    run: (rows: readonly (readonly number[])[]) =>
      rows.some((ids) => ids[1] === poisoned) ? Promise.reject(new FeedpulseError('MODEL_FAILED', 'refused')) : pool.run(rows),
  };
}

test('a post that the model fails on gets no verdict, and its neighbours get theirs', async () => {
  const judge = createPredictor({ pool: failingPool(), workers: 1, cache: undefined, calibration, probe });
  const texts = ['a', 'bb', 'x'.repeat(poisoned), 'ccc', 'dddd'];
  const verdicts = await judge(texts.map((text) => fresh(text)));
  expect(verdicts.map((verdict) => verdict?.label)).toEqual(['positive', 'positive', undefined, 'positive', 'positive']);
});

test('a model that fails on everything blames no post', async () => {
  const pool = { run: () => Promise.reject(new FeedpulseError('MODEL_FAILED', 'broken')) };
  const judge = createPredictor({ pool, workers: 1, cache: undefined, calibration, probe });
  await expect(judge([fresh('a'), fresh('bb')])).rejects.toMatchObject({ code: 'MODEL_FAILED' });
});

test('a batch lost with its thread is not blamed on a post', async () => {
  const lost = new FeedpulseError('MODEL_FAILED', 'lost', { cause: new WorkerCrashed('killed') });
  const pool = { run: (rows: readonly unknown[]) => (rows.length > 1 ? Promise.reject(lost) : fakePool().run([[101, 1, 102]])) };
  const judge = createPredictor({ pool, workers: 1, cache: undefined, calibration, probe });
  await expect(judge([fresh('a'), fresh('bb')])).rejects.toBe(lost);
});
