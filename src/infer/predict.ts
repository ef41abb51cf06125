import type { Label, Prediction } from '../domain/post.ts';
import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { createBatchBudget } from './batch-budget.ts';
import { planBatches } from './plan-batches.ts';
import type { PreparedPost, UncachedPost } from './preprocess.ts';
import type { RawPrediction, ScoreCache } from './score-cache.ts';
import { WorkerCrashed } from './workers/inference-thread.ts';
import type { WorkerPool } from './workers/worker-pool.ts';

/**
 * Predictions for prepared posts, in input order. A post on which the model fails by itself gets undefined.
 * @throws MODEL_FAILED when the model fails on every input or a worker crashes
 */
export type Predictor = (posts: readonly PreparedPost[]) => Promise<(Prediction | undefined)[]>;

export interface PredictorDeps {
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly workers: number;
  readonly cache: ScoreCache | undefined;
  readonly metrics?: Metrics;
  readonly log?: Log;
  /** Token ids of a plain text. If the model fails on it, the model is broken, not a post. */
  readonly probe: readonly number[];
}

/** Posts with the same cleaned text: scored once. */
type DuplicateGroup = readonly [UncachedPost, ...UncachedPost[]];

const maxRows = 32;

/** Creates a predictor that runs the model on uncached posts, in batches of similar length. */
export function createPredictor(deps: PredictorDeps): Predictor {
  const { pool, cache, metrics, log, probe, workers } = deps;
  const budget = createBatchBudget();

  const predict = async (batch: readonly DuplicateGroup[], results: Map<PreparedPost, RawPrediction>): Promise<void> => {
    const rows = batch.map(([{ tokens }]) => tokens.ids);
    const { probabilities, exits, ms } = await pool.run(rows);
    budget.observe(rows.length * Math.max(...rows.map(({ length }) => length)), ms);
    metrics?.modelPosts.inc(batch.length);
    metrics?.earlyExits.inc(exits);
    for (const [row, group] of batch.entries()) {
      const [{ text, tokens }] = group;
      const [negative = 0, neutral = 0, positive = 0] = probabilities.subarray(3 * row);
      const prediction: RawPrediction = { probabilities: [negative, neutral, positive], truncated: tokens.truncated };
      cache?.set(text, prediction);
      for (const post of group) results.set(post, prediction);
    }
  };

  /** Halves a failing batch until each text that makes the model fail is alone. Those texts get no result. */
  const bisectFailures = async (batch: readonly DuplicateGroup[], results: Map<PreparedPost, RawPrediction>): Promise<void> => {
    try {
      await predict(batch, results);
    } catch (thrown) {
      if (!isCausedByBatch(thrown)) throw thrown;
      // A broken model must stop the pipeline instead of sending every post to the dead letters.
      await pool.run([probe]);
      const half = Math.ceil(batch.length / 2);
      if (batch.length > 1) await Promise.all([bisectFailures(batch.slice(0, half), results), bisectFailures(batch.slice(half), results)]);
      else log?.warn({ tokens: batch[0]?.[0].tokens.ids.length }, 'inference failed on a single post');
    }
  };

  return async (posts) => {
    const uncached = posts.filter((post) => post.kind === 'uncached');
    const groups = cache ? groupByText(uncached) : uncached.map((post): DuplicateGroup => [post]);
    metrics?.cacheHits.inc(posts.filter(({ kind }) => kind === 'cached').length + uncached.length - groups.length);
    const results = new Map<PreparedPost, RawPrediction>();
    const limits = { maxTokens: budget.maxTokens, maxRows: Math.min(maxRows, Math.ceil(groups.length / workers)) };
    const lengths = groups.map(([{ tokens }]) => tokens.ids.length);
    // planBatches returns indices of `groups`.
    const batches = planBatches(lengths, limits).map((indices) => indices.map((index) => groups[index] as DuplicateGroup));
    await Promise.all(batches.map((batch) => bisectFailures(batch, results)));
    return posts.map((post) => {
      if (post.kind === 'skipped') return unscoredPrediction(post.lang);
      const prediction = post.kind === 'cached' ? post.prediction : results.get(post);
      return prediction && toPrediction(prediction, post.lang);
    });
  };
}

/** Whether the model rejected this batch. A crashed or hung worker says nothing about the posts. */
function isCausedByBatch(thrown: unknown): boolean {
  return thrown instanceof FeedpulseError && thrown.code === 'MODEL_FAILED' && !(thrown.cause instanceof WorkerCrashed);
}

function groupByText(posts: readonly UncachedPost[]): DuplicateGroup[] {
  const groups = new Map<string, [UncachedPost, ...UncachedPost[]]>();
  for (const post of posts) {
    const group = groups.get(post.text);
    if (group) group.push(post);
    else groups.set(post.text, [post]);
  }
  return [...groups.values()];
}

/** Label, score and confidence from probabilities. Ties go to the more cautious label: neutral, then negative. */
export function toPrediction({ probabilities, truncated }: RawPrediction, lang: string): Prediction {
  const [negative, neutral, positive] = probabilities;
  const confidence = Math.max(negative, neutral, positive);
  const label: Label = neutral === confidence ? 'neutral' : negative === confidence ? 'negative' : 'positive';
  return { negative, neutral, positive, label, score: positive - negative, confidence, lang, truncated };
}

/** The prediction for an empty text, or for a language that the model does not support. */
export function unscoredPrediction(lang: string): Prediction {
  return { negative: 0, neutral: 0, positive: 0, label: 'unscored', score: 0, confidence: 0, lang, truncated: false };
}
