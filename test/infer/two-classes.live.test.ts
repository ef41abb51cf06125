import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer } from '../../dist/infer/scorer.js';
import { bundledModelPath } from '../../src/infer/model/model.ts';
import { createLog } from '../../src/lib/log.ts';
import { twoClassModel } from '../support/altered-model.ts';
import { requirePredictions, samplePosts } from './sample-posts.ts';

const options = { workers: 1, cacheSize: 0, log: createLog('silent'), assumeModelLanguage: true };
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-two-classes-'));
  await twoClassModel(join(dir, 'model'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a model without a neutral class gives all probability to negative and positive', async () => {
  const posts = samplePosts(40);
  const three = await createScorer({ models: [{ path: bundledModelPath }], earlyExit: false, ...options });
  const two = await createScorer({ models: [{ path: join(dir, 'model') }], ...options });
  const full = requirePredictions(await three.score(posts));
  const polar = requirePredictions(await two.score(posts));
  await Promise.all([three.close(), two.close()]);
  expect(two.models[0].info).toMatchObject({ labels: ['negative', 'positive'], weights: 'onnx/model_quantized.onnx' });
  for (const [index, { negative, neutral, positive, label }] of polar.entries()) {
    // The same logits without the middle one, so the odds of the other two stay the same.
    const before = full[index];
    expect(neutral).toBe(0);
    expect(negative + positive).toBeCloseTo(1, 9);
    expect(positive / negative).toBeCloseTo((before?.positive ?? 0) / (before?.negative ?? 1), 3);
    expect(label).toBe(negative >= positive ? 'negative' : 'positive');
  }
  expect(new Set(polar.map(({ label }) => label)).size).toBe(2);
});
