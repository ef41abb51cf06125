import type { Prediction } from '../domain/post.ts';
import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { type BatchLimits, planBatches } from './batches.ts';
import { type Calibration, calibrate } from './model/calibrate.ts';
import { toPrediction, unscored } from './prediction.ts';
import type { PreparedPost, UncachedPost } from './preprocess.ts';
import type { RawPrediction, ScoreCache } from './score-cache.ts';
import { WorkerCrashed } from './workers/inference-thread.ts';
import type { WorkerPool } from './workers/worker-pool.ts';

/** Verdicts of readings, in order; none for one that the model fails on, though not on others. Rejects with MODEL_FAILED. */
export type Predictor = (readings: readonly PreparedPost[]) => Promise<(Prediction | undefined)[]>;

export interface PredictorParts {
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly workers: number;
  readonly cache: ScoreCache | undefined;
  readonly metrics?: Metrics;
  readonly log?: Log;
  readonly calibration: Calibration;
  /** Token ids of a plain text: a model that fails on it fails on everything. */
  readonly probe: readonly number[];
  readonly tokenBudget?: number;
  readonly maxBatch?: number;
}

/** Readings of the same text, which are judged once. */
type Same = readonly [UncachedPost, ...UncachedPost[]];

/** Sixteen posts of 25 tokens suit a core's caches; longer posts make smaller batches. */
const defaults = { tokenBudget: 768, maxBatch: 16 };

/** Asks the model about fresh readings, in batches of similar length; the rest is known already. */
export function createPredictor(parts: PredictorParts): Predictor {
  const {
    pool,
    cache,
    metrics,
    log,
    calibration,
    probe,
    workers,
    tokenBudget = defaults.tokenBudget,
    maxBatch = defaults.maxBatch,
  } = parts;

  const ask = async (batch: readonly Same[], judged: Map<PreparedPost, RawPrediction>): Promise<void> => {
    const logits = await pool.run(batch.map(([{ tokens }]) => tokens.ids));
    for (const [row, same] of batch.entries()) {
      const [{ text, tokens }] = same;
      const judgement = { probabilities: calibrate(logits, row * calibration.labels.length, calibration), truncated: tokens.truncated };
      cache?.set(text, judgement);
      for (const reading of same) judged.set(reading, judgement);
    }
  };

  /** Halves a batch that the model fails on, down to the posts that it fails on: those stay unjudged. */
  const askInParts = async (batch: readonly Same[], judged: Map<PreparedPost, RawPrediction>): Promise<void> => {
    try {
      await ask(batch, judged);
    } catch (thrown) {
      if (!isOfTheBatch(thrown)) throw thrown;
      // A broken model must stop the pipeline, not turn the feed into dead letters.
      await pool.run([probe]);
      const half = Math.ceil(batch.length / 2);
      if (batch.length > 1) await Promise.all([askInParts(batch.slice(0, half), judged), askInParts(batch.slice(half), judged)]);
      else log?.warn({ tokens: batch[0]?.[0].tokens.ids.length }, 'the model fails on a post');
    }
  };

  return async (readings) => {
    const fresh = readings.filter((reading) => reading.kind === 'fresh');
    const texts = cache ? groupByText(fresh) : fresh.map((reading): Same => [reading]);
    metrics?.cacheHits.inc(readings.filter(({ kind }) => kind === 'known').length + fresh.length - texts.length);
    const judged = new Map<PreparedPost, RawPrediction>();
    const limits = { tokens: tokenBudget, rows: Math.min(maxBatch, Math.ceil(texts.length / workers)) };
    await Promise.all(batchesOf(texts, limits).map((batch) => askInParts(batch, judged)));
    return readings.map((reading) => {
      if (reading.kind === 'unscored') return unscored(reading.lang);
      const judgement = reading.kind === 'known' ? reading.judgement : judged.get(reading);
      return judgement && toPrediction(judgement, reading.lang);
    });
  };
}

/** Whether the model itself refused a batch. A thread that died or hung says nothing about the posts. */
function isOfTheBatch(thrown: unknown): boolean {
  return thrown instanceof FeedpulseError && thrown.code === 'MODEL_FAILED' && !(thrown.cause instanceof WorkerCrashed);
}

function groupByText(fresh: readonly UncachedPost[]): Same[] {
  const groups = new Map<string, [UncachedPost, ...UncachedPost[]]>();
  for (const reading of fresh) {
    const group = groups.get(reading.text);
    if (group) group.push(reading);
    else groups.set(reading.text, [reading]);
  }
  return [...groups.values()];
}

function batchesOf(texts: readonly Same[], limits: BatchLimits): Same[][] {
  const plan = planBatches(
    texts.map(([{ tokens }]) => tokens.ids.length),
    limits,
  );
  // The plan's indices are those of the texts.
  return plan.map((indices) => indices.map((index) => texts[index] as Same));
}
