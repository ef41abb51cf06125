import { availableParallelism } from 'node:os';
import type { Config } from '../config.ts';
import { bundledModelPath } from '../infer/model.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../infer/scorer.ts';
import type { Log } from '../log.ts';

/** The scorer that the config describes: one inference thread a core unless it says otherwise. */
export function openScorer(config: Config, log: Log, more: Partial<ScorerOptions> = {}): Promise<Scorer> {
  const { path = bundledModelPath, workers = availableParallelism(), cacheSize } = config.model;
  return createScorer({ modelPath: path, workers, cacheSize, log, ...more });
}
