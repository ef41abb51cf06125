import { basename, dirname } from 'node:path';
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

let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer({ modelPath: modelUnderTest, workers: 1, cacheSize: 0, log: createLog('silent') });
});
afterAll(() => scorer.close());

test('transformers.js loads the model directory unchanged and predicts the same', async () => {
  env.allowRemoteModels = false;
  env.localModelPath = `${dirname(modelUnderTest)}/`;
  const classify = await pipeline('text-classification', basename(modelUnderTest), { dtype: 'q8', device: 'cpu' });
  const { temperature } = await readModel(modelUnderTest);
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
