import { join } from 'node:path';
import type { Prediction } from '../domain/post.ts';
import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { createYielder } from '../lib/yield-to-event-loop.ts';
import { loadModel, type ModelInfo } from './model/model.ts';
import { createPredictor, type Predictor } from './predict.ts';
import { createPreprocessor, type PreparedPost, type Preprocessor, type Scorable } from './preprocess.ts';
import { createScoreCache } from './score-cache.ts';
import { createLanguageDetector } from './text/language.ts';
import { loadTokenizer } from './text/tokenizer.ts';
import { WorkerPool } from './workers/worker-pool.ts';

export interface ScorerOptions {
  /** Model folder. */
  readonly modelPath: string;
  /** Number of inference threads. */
  readonly workers: number;
  /** Maximum number of cached texts; 0 disables the cache. */
  readonly cacheSize: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Skip language detection and score every text. */
  readonly assumeModelLanguage?: boolean;
  /** Maximum padded tokens per batch. */
  readonly tokenBudget?: number;
  /** Maximum posts per batch. */
  readonly maxBatch?: number;
}

export type Predictions = (Prediction | undefined)[];

export interface Scorer {
  readonly model: ModelInfo;
  /**
   * One prediction per post, in input order; undefined for a post that makes the model fail while others succeed.
   * Calls may overlap. Rejects with MODEL_FAILED.
   */
  score(posts: readonly Scorable[]): Promise<Predictions>;
  /** Describes missing inference threads; undefined while all of them run. */
  healthIssue(): string | undefined;
  /** Waits for calls in flight, then stops the threads. */
  close(): Promise<void>;
}

/** Posts prepared before their batches are planned: enough for batches of even length, few enough to start inference early. */
const windowSize = 512;

/** Milliseconds of preparing posts between two turns of the event loop. */
const yieldEveryMs = 4;

/**
 * Opens a model folder, verifies its files and starts the inference threads. The calling thread cleans and
 * tokenizes; the workers only run the model. Rejects with MODEL_MISSING, MODEL_CORRUPT or MODEL_FAILED.
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const model = await loadModel(options.modelPath);
  const tokenize = await loadTokenizer(model);
  const workerOptions = { weights: join(model.folder, model.weights), classes: model.labels.length };
  const pool = await WorkerPool.start(options.workers, workerOptions, options.log);
  const cache = options.cacheSize > 0 ? createScoreCache(options.cacheSize) : undefined;
  const detectLanguage = options.assumeModelLanguage ? undefined : createLanguageDetector(model.languages[0]);
  const preprocess = createPreprocessor({ model, tokenize, detectLanguage, cache });
  const predict = createPredictor({ pool, cache, calibration: model, probe: tokenize('a post').ids, ...options });
  const pending = new Set<Promise<Predictions>>();
  let isClosed = false;

  return {
    model,
    score: (posts) => {
      if (isClosed) return Promise.reject(new FeedpulseError('MODEL_FAILED', 'The scorer is closed.'));
      const call = scoreAll(posts, preprocess, predict);
      pending.add(call);
      return call.finally(() => pending.delete(call));
    },
    healthIssue: () => pool.healthIssue(),
    close: async () => {
      isClosed = true;
      await Promise.allSettled(pending);
      await pool.close();
    },
  };
}

/** Prepares one window of posts while the workers score the window before it. */
async function scoreAll(posts: readonly Scorable[], preprocess: Preprocessor, predict: Predictor): Promise<Predictions> {
  const yieldIfDue = createYielder(yieldEveryMs);
  const windows: Promise<Predictions>[] = [];
  for (let from = 0; from < posts.length; from += windowSize) {
    const prepared: PreparedPost[] = [];
    for (const post of posts.slice(from, from + windowSize)) {
      await yieldIfDue();
      prepared.push(preprocess(post));
    }
    const predictions = predict(prepared);
    predictions.catch(() => {}); // Promise.all below reports it, perhaps only after more posts have been prepared
    windows.push(predictions);
  }
  return (await Promise.all(windows)).flat();
}
