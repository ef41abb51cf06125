import type { Prediction } from '../domain/post.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { createYielder } from '../lib/yield-to-event-loop.ts';
import { onnxFiles } from './model/manifest.ts';
import { loadModel, type ModelInfo } from './model/model.ts';
import { createPredictor, type Predictor } from './predict.ts';
import { createPreprocessor, type PreparedPost, type Preprocessor, type ScorableText } from './preprocess.ts';
import { createScoreCache } from './score-cache.ts';
import { createLanguageDetector } from './text/language.ts';
import { loadTokenizer } from './text/tokenizer.ts';
import { scorerClosedError, WorkerPool } from './workers/worker-pool.ts';
import { toWorkerOptions } from './workers/worker-protocol.ts';

export interface ScorerOptions {
  /** Model directory. */
  readonly modelPath: string;
  /** Number of inference threads, or how to choose it for the size of the weights in bytes. */
  readonly workers: number | ((weightsBytes: number) => number);
  /** Maximum number of cached texts; 0 disables the cache. */
  readonly cacheSize: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Skip language detection and score every text. */
  readonly assumeModelLanguage?: boolean;
  /** Let posts leave at the early exit, if the model has one; true by default. */
  readonly earlyExit?: boolean;
  /** Names of brands, from which no language is detected. */
  readonly brandNames?: readonly string[];
}

export type Predictions = (Prediction | undefined)[];

export interface Scorer {
  readonly model: ModelInfo;
  /**
   * One prediction per post, in input order; undefined for a post on which the model fails by itself.
   * Calls may overlap.
   * @throws MODEL_FAILED
   */
  score(posts: readonly ScorableText[]): Promise<Predictions>;
  /** Describes missing inference threads; undefined while all of them run. */
  healthIssue(): string | undefined;
  /** Waits for calls in flight, then stops the threads. */
  close(): Promise<void>;
}

/** Posts preprocessed per window: enough for batches of even length, few enough to start inference early. */
const windowSize = 512;

/** Maximum preprocessing time (ms) between two yields to the event loop. */
const yieldEveryMs = 4;

/**
 * Opens a model directory, verifies its files and starts the inference threads. The calling thread cleans and
 * tokenizes; the workers only run the model.
 * @throws MODEL_MISSING, MODEL_CORRUPT or MODEL_FAILED
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const model = await loadModel(options.modelPath);
  const tokenize = await loadTokenizer(model);
  const weightsBytes = onnxFiles(model).reduce((sum, file) => sum + (model.files[file]?.bytes ?? 0), 0);
  const workers = typeof options.workers === 'number' ? options.workers : options.workers(weightsBytes);
  const pool = await WorkerPool.start(workers, toWorkerOptions(model, options.earlyExit ?? true), options.log);
  const cache = options.cacheSize > 0 ? createScoreCache(options.cacheSize) : undefined;
  const detectLanguage = options.assumeModelLanguage ? undefined : createLanguageDetector(model.languages[0], options.brandNames);
  const preprocess = createPreprocessor({ model, tokenize, detectLanguage, cache });
  const predict = createPredictor({ pool, cache, probe: tokenize('a post').ids, ...options, workers });
  const pending = new Set<Promise<Predictions>>();
  let isClosed = false;

  return {
    model,
    score: (posts) => {
      if (isClosed) return Promise.reject(scorerClosedError());
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

/** Preprocesses one window of posts while the workers score the previous one. */
async function scoreAll(posts: readonly ScorableText[], preprocess: Preprocessor, predict: Predictor): Promise<Predictions> {
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
