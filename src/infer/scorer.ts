import { join } from 'node:path';
import type { Prediction } from '../domain/post.ts';
import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { createYielder } from '../lib/yield-to-event-loop.ts';
import { loadModel, type ModelInfo } from './model/model.ts';
import { createPredictor, type Predictor } from './predict.ts';
import { createPreprocessor, type PreparedPost, type Scorable } from './preprocess.ts';
import { createScoreCache } from './score-cache.ts';
import { createLanguageDetector } from './text/language.ts';
import { loadTokenizer } from './text/tokenizer.ts';
import { WorkerPool } from './workers/worker-pool.ts';

export interface ScorerOptions {
  readonly modelPath: string;
  /** Inference threads. */
  readonly workers: number;
  /** Texts whose scores are kept; 0 scores every text. */
  readonly cacheSize: number;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Score every text, whatever language it looks like. */
  readonly assumeModelLanguage?: boolean;
  /** Padded tokens a batch may hold. */
  readonly tokenBudget?: number;
  /** Posts a batch may hold. */
  readonly maxBatch?: number;
}

export type Predictions = (Prediction | undefined)[];

export interface Scorer {
  readonly model: ModelInfo;
  /**
   * One prediction a post, in order; none for a post that the model fails on, though not on others. Safe to call
   * again before the last call has ended. Rejects with MODEL_FAILED.
   */
  score(posts: readonly Scorable[]): Promise<Predictions>;
  /** What is wrong with the inference threads; undefined while all of them are at work. */
  healthIssue(): string | undefined;
  /** Waits for what is in flight. */
  close(): Promise<void>;
}

/** Posts read before their batches are planned: many enough for even lengths, few enough for the threads to start early. */
const window = 512;

/** Milliseconds of reading between two looks at the event loop. */
const breath = 4;

/**
 * Opens a model folder, checks its files and starts the inference threads. This thread cleans and tokenises, the
 * others do nothing but run the model. Rejects with MODEL_MISSING, MODEL_CORRUPT or MODEL_FAILED.
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const model = await loadModel(options.modelPath);
  const tokenize = await loadTokenizer(model);
  const facts = { weights: join(model.folder, model.weights), classes: model.labels.length };
  const pool = await WorkerPool.start(options.workers, facts, options.log);
  const cache = options.cacheSize > 0 ? createScoreCache(options.cacheSize) : undefined;
  const languageOf = options.assumeModelLanguage ? undefined : createLanguageDetector(model.languages[0]);
  const read = createPreprocessor({ model, tokenize, languageOf, cache });
  const judge = createPredictor({ pool, cache, calibration: model, probe: tokenize('a post').ids, ...options });
  /** Calls not yet answered. */
  const calls = new Set<Promise<Predictions>>();
  let closed = false;

  return {
    model,
    score: (posts) => {
      if (closed) return Promise.reject(new FeedpulseError('MODEL_FAILED', 'The scorer is closed.'));
      const call = scoreAll(posts, read, judge);
      calls.add(call);
      return call.finally(() => calls.delete(call));
    },
    healthIssue: () => pool.trouble(),
    close: async () => {
      closed = true;
      await Promise.allSettled(calls);
      await pool.close();
    },
  };
}

/** While the threads score one window, the next is read. */
async function scoreAll(posts: readonly Scorable[], read: (post: Scorable) => PreparedPost, judge: Predictor): Promise<Predictions> {
  const breathe = createYielder(breath);
  const judged: Promise<Predictions>[] = [];
  for (let from = 0; from < posts.length; from += window) {
    const readings: PreparedPost[] = [];
    for (const post of posts.slice(from, from + window)) {
      await breathe();
      readings.push(read(post));
    }
    const predictions = judge(readings);
    predictions.catch(() => {}); // reported by Promise.all below, which may come to it only after more reading
    judged.push(predictions);
  }
  return (await Promise.all(judged)).flat();
}
