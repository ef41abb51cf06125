import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.ts';
import { withBrandSentiment } from '../infer/brand-sentiment/brand-sentiment.ts';
import { bundledModelPath } from '../infer/model/model.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Log } from '../lib/log.ts';

/**
 * Opens the configured model, by default with one inference thread per core. With `brands`, and where
 * `model.targetSentiment` is on, it also scores what a post says about each brand.
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
