import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.ts';
import { withBrandSentiment } from '../infer/brand-sentiment/brand-sentiment.ts';
import { bundledModelPath } from '../infer/model/model.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Log } from '../lib/log.ts';

/**
 * The scorer that the config describes: one inference thread a core unless it says otherwise. Where `brands` tells brands
 * apart, it scores what is said of each as well.
 */
export async function openScorer(
  config: Config,
  log: Log,
  more: Partial<ScorerOptions> = {},
  brands?: Pick<BrandMatcher, 'match'>,
): Promise<Scorer> {
  const { path = bundledModelPath, workers = availableParallelism(), cacheSize, targetSentiment } = config.model;
  const scorer = await createScorer({ modelPath: path, workers, cacheSize, log, ...more });
  return brands && targetSentiment ? withBrandSentiment(scorer, brands.match) : scorer;
}
