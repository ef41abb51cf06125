import type { Config } from '../config/schema.ts';
import { withBrandSentiment } from '../infer/brand-sentiment/brand-sentiment.ts';
import { createScorer, type Scorer, type ScorerOptions } from '../infer/scorer.ts';
import { type BrandMatcher, brandTerms } from '../ingest/brands/brand-matcher.ts';
import { availableCpus, readMemoryLimit } from '../lib/cgroup.ts';
import type { Log } from '../lib/log.ts';
import { configuredModels } from './local-models.ts';

/**
 * Opens the configured models, by default with as many inference threads as the CPUs and the memory of the process allow. If
 * `brands` is set and `model.targetSentiment` is on, posts also get a sentiment per brand.
 */
export async function openScorer(
  config: Config,
  log: Log,
  overrides: Partial<ScorerOptions> = {},
  brands?: Pick<BrandMatcher, 'match'>,
): Promise<Scorer> {
  const { workers = defaultWorkers, cacheSize, earlyExit, targetSentiment } = config.model;
  const configuredNames = brandTerms('*', config.brands);
  const brandNames = () => configuredNames;
  const options = { models: configuredModels(config), workers, cacheSize, earlyExit: earlyExit === 'auto', log, brandNames };
  const scorer = await createScorer({ ...options, ...overrides });
  return brands && targetSentiment ? withBrandSentiment(scorer, brands.match) : scorer;
}

/** Resident bytes of a process without inference threads: Node.js, the embedded database with its caches, and queries. */
const baseBytes = 600 * 2 ** 20;
/** Resident bytes of an inference thread as a multiple of its weights: a packed copy of them, and the activations of a batch. */
const bytesPerWeightsByte = 2.5;

const defaultWorkers = (weightsBytes: number): number =>
  chooseWorkers({ cpus: availableCpus(), memoryLimit: readMemoryLimit(), weightsBytes });

/**
 * One inference thread per CPU, or fewer where a container limits the memory, but at least one.
 * @param limits CPUs such as 1.5, and bytes; `memoryLimit` is undefined without a limit
 */
export function chooseWorkers(limits: {
  readonly cpus: number;
  readonly memoryLimit: number | undefined;
  readonly weightsBytes: number;
}): number {
  const { cpus, memoryLimit = Number.POSITIVE_INFINITY, weightsBytes } = limits;
  const byMemory = (memoryLimit - baseBytes) / (bytesPerWeightsByte * weightsBytes);
  return Math.max(1, Math.floor(Math.min(cpus, byMemory)));
}
