import type { Metrics } from '../metrics.ts';
import type { Verdict } from '../post.ts';
import { type BatchLimits, planBatches } from './batches.ts';
import { calibrate } from './calibrate.ts';
import type { Fresh, Reading } from './reader.ts';
import type { Judgement, ScoreCache } from './score-cache.ts';
import { unscored, verdictOf } from './verdict.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Verdicts of readings, in order. Rejects with MODEL_FAILED. */
export type Judge = (readings: readonly Reading[]) => Promise<Verdict[]>;

export interface JudgeParts {
  readonly pool: Pick<WorkerPool, 'run'>;
  readonly workers: number;
  readonly cache: ScoreCache | undefined;
  readonly metrics?: Metrics;
  readonly temperature: number;
  readonly tokenBudget?: number;
  readonly maxBatch?: number;
}

/** Readings of the same text, which are judged once. */
type Same = readonly [Fresh, ...Fresh[]];

/** Sixteen posts of 25 tokens suit a core's caches; longer posts make smaller batches. */
const defaults = { tokenBudget: 768, maxBatch: 16 };

/** Asks the model about fresh readings, in batches of similar length; the rest is known already. */
export function createJudge(parts: JudgeParts): Judge {
  const { pool, cache, metrics, temperature, workers, tokenBudget = defaults.tokenBudget, maxBatch = defaults.maxBatch } = parts;

  const ask = async (batch: readonly Same[], judged: Map<Reading, Judgement>): Promise<void> => {
    const logits = await pool.run(batch.map(([{ tokens }]) => tokens.ids));
    for (const [row, same] of batch.entries()) {
      const [{ text, tokens }] = same;
      const judgement = { probabilities: calibrate(logits, row * 3, temperature), truncated: tokens.truncated };
      cache?.set(text, judgement);
      for (const reading of same) judged.set(reading, judgement);
    }
  };

  return async (readings) => {
    const fresh = readings.filter((reading) => reading.kind === 'fresh');
    const texts = cache ? groupByText(fresh) : fresh.map((reading): Same => [reading]);
    metrics?.cacheHits.inc(readings.filter(({ kind }) => kind === 'known').length + fresh.length - texts.length);
    const judged = new Map<Reading, Judgement>();
    const limits = { tokens: tokenBudget, rows: Math.min(maxBatch, Math.ceil(texts.length / workers)) };
    await Promise.all(batchesOf(texts, limits).map((batch) => ask(batch, judged)));
    return readings.map((reading) => {
      const judgement = reading.kind === 'known' ? reading.judgement : judged.get(reading);
      return judgement ? verdictOf(judgement, reading.lang) : unscored(reading.lang);
    });
  };
}

function groupByText(fresh: readonly Fresh[]): Same[] {
  const groups = new Map<string, [Fresh, ...Fresh[]]>();
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
