import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer } from '../../dist/infer/scorer.js';
import { createLog } from '../../src/lib/log.ts';
import { createTinyModel } from './tiny-model.ts';

const options = { workers: 1, cacheSize: 0, log: createLog('silent') };
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-tiny-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the tiny model predicts by its lexicon, and alone as in a batch', async () => {
  const scorer = await createScorer({ models: [{ path: await createTinyModel(join(dir, 'model')) }], ...options });
  const posts = ['I love it', 'The worst day, I hate it', 'the shop opens at nine', 'ok'].map((text) => ({ text, lang: 'en' }));
  const predictions = await scorer.score(posts);
  expect(predictions.map((prediction) => prediction?.label)).toEqual(['positive', 'negative', 'neutral', 'neutral']);
  expect(await Promise.all(posts.map(async (post) => (await scorer.score([post]))[0]))).toEqual(predictions);
  await scorer.close();
});

test('the tiny model fails on the given words only', async () => {
  const modelPath = await createTinyModel(join(dir, 'failing'), { failingWords: ['kettle'] });
  const scorer = await createScorer({ models: [{ path: modelPath }], ...options });
  const predictions = await scorer.score(['love', 'a kettle', 'hate'].map((text) => ({ text, lang: 'en' })));
  expect(predictions.map((prediction) => prediction?.label)).toEqual(['positive', undefined, 'negative']);
  await scorer.close();
});
