import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.ts';
import { withBrandSentiment } from '../infer/brand-sentiment/brand-sentiment.ts';
import { bundledModelPath } from '../infer/model/model.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../infer/scorer.ts';
import type { BrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Log } from '../lib/log.ts';

/**
 * Opens the configured model, by default with one inference thread per core. If `brands` is set and
 * `model.targetSentiment` is on, posts also get a sentiment per brand.
 */
export async function openScorer(
  config: Config,
  log: Log,
  overrides: Partial<ScorerOptions> = {},
  brands?: Pick<BrandMatcher, 'match'>,
): Promise<Scorer> {
  const { path = bundledModelPath, workers = availableParallelism(), cacheSize, targetSentiment } = config.model;
  const scorer = await createScorer({ modelPath: path, workers, cacheSize, log, ...overrides });
  return brands && targetSentiment ? withBrandSentiment(scorer, brands.match) : scorer;
}
