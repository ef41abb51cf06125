import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { WorkerPool } from '../workers/worker-pool.ts';
import { toWorkerOptions } from '../workers/worker-protocol.ts';
import { loadModel, type ModelInfo } from './model.ts';

/**
 * Scores a short post and one of maximum length in one batch. Verifies that tokenizer, weights and labels are compatible,
 * that batches may have several padded rows, and that the model has enough positions.
 * @throws MODEL_FAILED, MODEL_MISSING or MODEL_CORRUPT
 */
export async function smokeTest(dir: string, log: Log): Promise<void> {
  const model = await loadModel(dir);
  try {
    await scoreTwoPosts(model, log);
  } catch (thrown) {
    throw new FeedpulseError('MODEL_FAILED', `The smoke test of the model failed. ${asError(thrown).message}`, { cause: thrown });
  }
}

async function scoreTwoPosts(model: ModelInfo, log: Log): Promise<void> {
  const tokenize = await loadTokenizer(model);
  const rows = ['a lovely morning', 'good, '.repeat(model.maxLength)].map((text) => tokenize(text).ids);
  // The pool rather than a scorer, which would retry a failing batch post by post.
  const pool = await WorkerPool.start(1, toWorkerOptions(model, false), log);
  try {
    const { probabilities } = await pool.run(rows);
    for (const [row, { length }] of rows.entries()) {
      if (!probabilities.subarray(3 * row, 3 * row + 3).every(Number.isFinite))
        throw new Error(`The probabilities of a post of ${length} tokens are not finite.`);
    }
  } finally {
    await pool.close();
  }
}
