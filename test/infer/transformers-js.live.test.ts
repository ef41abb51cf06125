import { basename, dirname } from 'node:path';
import { env, pipeline, type TextClassificationOutput } from '@huggingface/transformers';
import { afterAll, beforeAll, expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { createScorer, type Scorer } from '../../dist/infer/scorer.js';
import { labels } from '../../src/domain/post.ts';
import { readModel } from '../../src/infer/model/model.ts';
import { clean } from '../../src/infer/text/clean.ts';
import { createLog } from '../../src/lib/log.ts';
import { everyVerdict } from './every-verdict.ts';
import { modelUnderTest } from './model-under-test.ts';
import { samplePosts } from './sample-posts.ts';

let scorer: Scorer;

beforeAll(async () => {
  scorer = await createScorer({ modelPath: modelUnderTest, workers: 1, cacheSize: 0, log: createLog('silent') });
});
afterAll(() => scorer.close());

test('transformers.js reads the model folder as it is, and says the same of each post', async () => {
  env.allowRemoteModels = false;
  env.localModelPath = `${dirname(modelUnderTest)}/`;
  const classify = await pipeline('text-classification', basename(modelUnderTest), { dtype: 'q8', device: 'cpu' });
  const { temperature } = await readModel(modelUnderTest);
  // One by one: a post's neighbours in a batch move its score, as activations are quantised over a batch.
  for (const post of samplePosts(60)) {
    const [verdict] = everyVerdict(await scorer.score([{ ...post, lang: 'en' }]));
    const theirs = (await classify(clean(post.text), { top_k: labels.length })) as TextClassificationOutput;
    expect(theirs[0]?.label).toBe(verdict?.label);
    // It does not calibrate: a softmax of logits is the calibrated one to the power of the temperature.
    const powers = labels.map((label) => (verdict?.[label] ?? Number.NaN) ** temperature);
    const sum = powers.reduce((total, power) => total + power, 0);
    for (const [index, label] of labels.entries())
      expect(theirs.find((one) => one.label === label)?.score).toBeCloseTo((powers[index] ?? Number.NaN) / sum, 3);
  }
});
