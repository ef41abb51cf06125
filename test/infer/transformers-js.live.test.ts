import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { env, pipeline, type TextClassificationOutput } from '@huggingface/transformers';
import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../dist/infer/scorer.js';
import { labels } from '../../src/domain/post.ts';
import { readModel } from '../../src/infer/model/model.ts';
import { cleanForModel } from '../../src/infer/text/clean.ts';
import { createLog } from '../../src/lib/log.ts';
import { modelUnderTest } from './model-under-test.ts';
import { requirePredictions, samplePosts } from './sample-posts.ts';

const joinGraphs = fileURLToPath(new URL('../../scripts/join-graphs.mjs', import.meta.url));
let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer({ models: [{ path: modelUnderTest }], workers: 1, cacheSize: 0, earlyExit: false, log: createLog('silent') });
});
afterAll(() => scorer.close());

test('transformers.js loads the model, its two graphs joined, and predicts the same', async () => {
  const model = await readModel(modelUnderTest);
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-joined-'));
  if (model.format === 2) await promisify(execFile)(process.execPath, [joinGraphs, modelUnderTest, join(folder, model.name)]);
  else await symlink(modelUnderTest, join(folder, model.name));
  env.allowRemoteModels = false;
  env.localModelPath = `${folder}/`;
  const classify = await pipeline('text-classification', model.name, { dtype: 'q8', device: 'cpu' });
  await rm(folder, { recursive: true });
  const { temperature } = model;
  // One by one, because activations are quantized per batch and other posts would shift the score.
  for (const post of samplePosts(60)) {
    const [prediction] = requirePredictions(await scorer.score([{ ...post, lang: 'en' }]));
    const theirs = (await classify(cleanForModel(post.text), { top_k: labels.length })) as TextClassificationOutput;
    expect(theirs[0]?.label).toBe(prediction?.label);
    // It does not calibrate: the raw softmax is the calibrated one to the power of the temperature, normalized.
    const powers = labels.map((label) => (prediction?.[label] ?? Number.NaN) ** temperature);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [index, label] of labels.entries())
      expect(theirs.find((output) => output.label === label)?.score).toBeCloseTo((powers[index] ?? Number.NaN) / sum, 3);
  }
});
