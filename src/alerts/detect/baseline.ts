import { type Calibrations, noCalibrations } from '../../analytics/calibration/calibrations.ts';
import type { Season } from '../../domain/alert.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { bucketMs, dayMs, hourMs } from '../../lib/duration.ts';
import { once } from '../../lib/once.ts';
import type { AlertCounts, BucketSeries, LabelSeries } from '../../sink/queries/alert-counts.ts';
import type { Brand } from '../rules.ts';
import { createRateModel, type RateModel } from './rate-model.ts';
import { createSentimentModel, type SentimentModel } from './sentiment-model.ts';

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

/** Computes baselines of brands from the stored 15-minute buckets, once per hour. */
export function createBaselines(
  counts: Pick<AlertCounts, 'readHistory'>,
  brands: readonly Brand[],
  calibrations: Pick<Calibrations, 'readFor'> = noCalibrations,
): (end: number) => Promise<Baselines> {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  let cached: { readonly to: number; readonly baselines: Baselines } | undefined;
  return async (end) => {
    const to = Math.floor(end / lifetimeMs) * lifetimeMs;
    if (cached?.to === to) return cached.baselines;
    const history = await counts.readHistory(names, to - baselineLookbackMs, to);
    const calibrationOf = await calibrations.readFor(names);
    const known = new Map(brands.map((brand) => [brand.name, computeBaseline(brand, history, calibrationOf(brand.name))]));
    const baselines: Baselines = { get: ({ name }) => known.get(name) };
    cached = { to, baselines };
    return baselines;
  };
}

/** Returns undefined if there are less than two hours of history. */
function computeBaseline(
  { name, timeZone, country }: Brand,
  history: ReadonlyMap<string, BucketSeries>,
  calibration: Calibration,
): Baseline | undefined {
  const all = history.get('*');
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
