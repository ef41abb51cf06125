import { type Calibrations, noCalibrations } from '../../analytics/calibration/calibrations.ts';
import type { Season } from '../../domain/alert.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { bucketMs, dayMs, hourMs } from '../../lib/duration.ts';
import { once } from '../../lib/once.ts';
import { createYielder } from '../../lib/yield-to-event-loop.ts';
import type { AlertCounts, BucketSeries, LabelSeries } from '../../sink/queries/alert-counts.ts';
import type { Brand, Rule } from '../rules.ts';
import { createRateModel, type RateModel } from './rate-model.ts';
import { createSentimentModel, type SentimentModel } from './sentiment-model.ts';
import { allBrands } from './window-counts.ts';

/** What is normal for a brand, from its 15-minute buckets of the last weeks. Models are computed when first used. */
export interface Baseline {
  readonly season: Season;
  /** Number of buckets with data. */
  readonly windows: number;
  /** Range of the buckets, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly volume: () => RateModel;
  readonly organicVolume: () => RateModel;
  readonly negative: () => RateModel;
  readonly sentiment: () => SentimentModel;
  /** From the counted net sentiment of `sentiment` to the calibrated one. */
  readonly calibration: Calibration;
}

export interface Baselines {
  /** Returns undefined if there is too little history. */
  get(brand: Brand): Baseline | undefined;
}

/** How far back a baseline reads, in ms: each weekday four times. */
export const baselineLookbackMs = 28 * dayMs;
/** A baseline is used for this long: it changes slowly, and computing it costs more than an evaluation. */
const lifetimeMs = hourMs;
/** Two hours. */
const minBuckets = 8;
/** Known buckets from which on the seasonal level follows the time of day, and the weekday. */
const minBucketsOfDay = 2 * (dayMs / bucketMs);
const minBucketsOfWeek = 14 * (dayMs / bucketMs);

/** Brands that are read with one query. The engine reads the next ones while the models of these are computed. */
const brandsPerQuery = 50;
/** How long the event loop waits at most, in ms. */
const maxBlockMs = 10;

/**
 * Computes baselines of brands from the stored 15-minute buckets, once per hour. Other work runs meanwhile.
 * @param metricsOf the metrics whose models are computed then and not when first used
 */
export function createBaselines(
  counts: Pick<AlertCounts, 'readHistory'>,
  brands: readonly Brand[],
  calibrations: Pick<Calibrations, 'readFor'> = noCalibrations,
  metricsOf: (brand: Brand) => Iterable<Rule['metric']> = () => [],
): (end: number) => Promise<Baselines> {
  const groups = Array.from({ length: Math.ceil(brands.length / brandsPerQuery) }, (_, index) =>
    brands.slice(index * brandsPerQuery, (index + 1) * brandsPerQuery),
  );
  let cached: { readonly to: number; readonly baselines: Baselines } | undefined;
  return async (end) => {
    const to = Math.floor(end / lifetimeMs) * lifetimeMs;
    if (cached?.to === to) return cached.baselines;
    const calibrationOf = await calibrations.readFor(brands.map(({ name }) => name));
    const known = new Map<string, Baseline | undefined>();
    const yieldIfDue = createYielder(maxBlockMs);
    const read = (group: readonly Brand[] = []): Promise<ReadonlyMap<string, BucketSeries>> => {
      const names = [...new Set([allBrands, ...group.map(({ name }) => name)])];
      const found = counts.readHistory(names, to - baselineLookbackMs, to);
      // An error is thrown where it is awaited.
      found.catch(() => {});
      return found;
    };
    let next = read(groups[0]);
    for (const [index, group] of groups.entries()) {
      const history = await next;
      if (index + 1 < groups.length) next = read(groups[index + 1]);
      for (const brand of group) {
        const baseline = computeBaseline(brand, history, calibrationOf(brand.name));
        if (baseline) for (const metric of metricsOf(brand)) modelOf[metric](baseline);
        known.set(brand.name, baseline);
        await yieldIfDue();
      }
    }
    const baselines: Baselines = { get: ({ name }) => known.get(name) };
    cached = { to, baselines };
    return baselines;
  };
}

const modelOf = {
  volume: ({ volume }) => volume(),
  organicVolume: ({ organicVolume }) => organicVolume(),
  negativeVolume: ({ negative }) => negative(),
  netSentiment: ({ sentiment }) => sentiment(),
} as const satisfies Record<Rule['metric'], (baseline: Baseline) => unknown>;

/** Returns undefined if there are less than two hours of history. */
function computeBaseline(
  { name, timeZone, country }: Brand,
  history: ReadonlyMap<string, BucketSeries>,
  calibration: Calibration,
): Baseline | undefined {
  const all = history.get(allBrands);
  const own = history.get(name);
  if (!all || !own) return undefined;
  const volume = totals(own.posts);
  // Before its first post the brand was not tracked.
  const first = volume.findIndex((posts) => posts > 0);
  if (first < 0) return undefined;
  const allPosts = totals(all.posts);
  const isKnown = new Uint8Array(allPosts.length);
  let windows = 0;
  for (let index = first; index < isKnown.length; index += 1) {
    if (allPosts[index] === 0) continue;
    isKnown[index] = 1;
    windows += 1;
  }
  if (windows < minBuckets) return undefined;
  const rateOf = (values: Float64Array) => once(() => createRateModel({ from: own.from, values, isKnown }, timeZone, country));
  return {
    season: windows >= minBucketsOfWeek ? 'week' : windows >= minBucketsOfDay ? 'day' : 'recent',
    windows,
    from: own.from + first * bucketMs,
    to: own.from + volume.length * bucketMs,
    volume: rateOf(volume),
    organicVolume: rateOf(totals(own.organic)),
    negative: rateOf(own.posts.negative),
    sentiment: once(() => createSentimentModel(own.organic, first)),
    calibration,
  };
}

function totals({ negative, neutral, positive, unscored }: LabelSeries): Float64Array {
  const sums = new Float64Array(negative.length);
  for (let index = 0; index < sums.length; index += 1)
    sums[index] = (negative[index] ?? 0) + (neutral[index] ?? 0) + (positive[index] ?? 0) + (unscored[index] ?? 0);
  return sums;
}
