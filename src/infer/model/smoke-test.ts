import { join } from 'node:path';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import { WorkerPool } from '../workers/worker-pool.ts';
import { calibrate } from './calibrate.ts';
import { loadModel, type ModelInfo } from './model.ts';

/**
 * Scores two posts in one batch, a short one and one as long as the model may read: its tokenizer, its weights and its
 * classes go together, rows may be many and padded, and its positions suffice. Rejects with MODEL_FAILED, which says why,
 * MODEL_MISSING or MODEL_CORRUPT.
 */
export async function smokeTest(folder: string, log: Log): Promise<void> {
  const model = await loadModel(folder);
  try {
    await scoreTwo(model, log);
  } catch (thrown) {
    throw new FeedpulseError('MODEL_FAILED', `A trial of the model failed. ${asError(thrown).message}`, { cause: thrown });
  }
}

async function scoreTwo(model: ModelInfo, log: Log): Promise<void> {
  const tokenize = await loadTokenizer(model);
  const rows = ['a lovely morning', 'good, '.repeat(model.maxLength)].map((text) => tokenize(text).ids);
  const classes = model.labels.length;
  // Not by a scorer, which would give the model each post alone once both together fail.
  const pool = await WorkerPool.start(1, { weights: join(model.folder, model.weights), classes }, log);
  try {
    const logits = await pool.run(rows);
    for (const [row, { length }] of rows.entries()) {
      const probabilities = calibrate(logits, row * classes, model);
      if (!probabilities.every(Number.isFinite)) throw new Error(`It gives a post of ${length} tokens no probabilities.`);
    }
  } finally {
    await pool.close();
  }
}
