import { expect, test } from 'vitest';
// From dist/: a worker thread can't load TypeScript.
import { WorkerPool } from '../../dist/infer/workers/worker-pool.js';
import { loadModel } from '../../src/infer/model/model.ts';
import { cleanForModel } from '../../src/infer/text/clean.ts';
import { loadTokenizer } from '../../src/infer/text/tokenizer.ts';
import { toWorkerOptions } from '../../src/infer/workers/worker-protocol.ts';
import { createLog } from '../../src/lib/log.ts';
import { createRandom } from '../../src/lib/random.ts';
import { modelUnderTest } from './model-under-test.ts';
import { samplePosts } from './sample-posts.ts';

const tolerance = 1e-6;

test('1,000 posts get the same label and score alone, in any order, and in batches of 1 to 64', async () => {
  const model = await loadModel(modelUnderTest);
  const tokenize = await loadTokenizer(model);
  const rows = samplePosts(1_000).map(({ text }) => tokenize(cleanForModel(text)).ids);
  const pool = await WorkerPool.start(2, toWorkerOptions(model, true), createLog('silent'));

  /** Probabilities of each post, in the order of the posts. */
  const score = async (order: readonly number[], sizeOf: (batch: number) => number): Promise<number[][]> => {
    const probabilities: number[][] = [];
    const batches: Promise<void>[] = [];
    for (let at = 0; at < order.length; ) {
      const indices = order.slice(at, at + sizeOf(batches.length));
      at += indices.length;
      const scored = pool.run(indices.map((index) => rows[index] ?? []));
      batches.push(
        scored.then((result) => {
          for (const [row, index] of indices.entries()) probabilities[index] = [...result.probabilities.subarray(3 * row, 3 * row + 3)];
        }),
      );
    }
    await Promise.all(batches);
    return probabilities;
  };

  const inOrder = [...rows.keys()];
  const random = createRandom(7);
  const shuffled = inOrder
    .map((index) => ({ index, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ index }) => index);
  const alone = await score(inOrder, () => 1);
  for (const order of [inOrder, [...inOrder].reverse(), shuffled]) {
    const together = await score(order, (batch) => 1 + ((batch * 37) % 64));
    const differences = together.map((values, index) =>
      Math.max(...values.map((value, label) => Math.abs(value - (alone[index]?.[label] ?? Number.NaN)))),
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
    expect(together.map(labelOf)).toEqual(alone.map(labelOf));
  }
  await pool.close();
}, 120_000);

const labelOf = (values: readonly number[]): number => values.indexOf(Math.max(...values));
