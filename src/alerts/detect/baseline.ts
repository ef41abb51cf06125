import { type Season, seasons } from '../../domain/alert.ts';
import { addCounts, emptyCounts, type LabelCounts, organicCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import { bucketMs, dayMs, minuteMs } from '../../lib/duration.ts';
import { median } from '../../lib/statistics.ts';
import { utcOffsetMs } from '../../lib/time-zone.ts';
import type { AlertCounts, CountsByBrand } from '../../sink/queries/alert-counts.ts';
import type { Brand } from '../rules.ts';

/** The rate of a count, and how much it varies beyond chance. */
export interface RateBaseline {
  /** Posts per minute. */
  readonly perMinute: number;
  /** Squared coefficient of variation beyond Poisson noise: variation of the rate itself plus the error of its estimate. */
  readonly overdispersion: number;
}

/** The mean polarity (−1, 0, 1) of single posts. */
export interface SentimentBaseline {
  readonly net: number;
  /** Variance of one post's polarity. */
  readonly variance: number;
  /** Variance of the means of windows beyond sampling error. */
  readonly betweenWindowVariance: number;
  /** Scored posts in the sample. */
  readonly posts: number;
}

/** Expected volume and sentiment of a brand at a time. */
export interface Baseline {
  readonly season: Season;
  /** Number of reference windows. */
  readonly windows: number;
  /** Range of the reference windows, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly volume: RateBaseline;
  readonly organicVolume: RateBaseline;
  readonly negative: RateBaseline;
  readonly sentiment: SentimentBaseline;
}

/** Minimum samples per season: weeks, days, or 15-minute windows. */
const minSamples: Readonly<Record<Season, number>> = { week: 4, day: 7, recent: 8 };
const bucketMinutes = bucketMs / minuteMs;
/** Converts the median absolute deviation of normal values to a standard deviation. */
const madToDeviation = 1.4826;
/** Lower bound of the overdispersion: a coefficient of variation of 10%. */
const minOverdispersion = 0.01;

/**
 * Computes the baseline from the best season that has enough samples. Returns undefined if none has.
 * @param isKnown whether any post arrived in a window; a window without posts is missing data, not a count of zero
 * @param countsOf the counts of the brand in a window
 */
export function computeBaseline(
  reference: ReferenceWindows,
  isKnown: (window: number) => boolean,
  countsOf: (window: number) => LabelCounts | undefined,
): Baseline | undefined {
  for (const season of seasons) {
    const groups = reference[season].map((group) => group.filter(isKnown));
    const windows = groups.flat();
    const available = season === 'recent' ? windows.length : groups.filter((group) => group.length >= 3).length;
    if (available < minSamples[season]) continue;
    const samples = windows.map((window) => countsOf(window) ?? emptyCounts);
    const diurnal = season === 'recent' ? diurnalVariance(windows.length) : 0;
    return {
      season,
      windows: windows.length,
      from: Math.min(...windows),
      to: Math.max(...windows) + bucketMs,
      volume: estimateRate(samples.map(totalPosts), diurnal),
      organicVolume: estimateRate(
        samples.map((sample) => totalPosts(organicCounts(sample))),
        diurnal,
      ),
      negative: estimateRate(
        samples.map(({ negative }) => negative),
        diurnal,
      ),
      sentiment: estimateSentiment(samples),
    };
  }
  return undefined;
}

/** Squared coefficient of variation of a source's volume over a day: nights are quieter than evenings. */
const fullDayVariance = 0.25;
const windowsPerDay = 96;

/** Diurnal variance not yet observed with less than a day of windows; without it, the first night of a source would alert. */
const diurnalVariance = (windows: number): number => fullDayVariance * Math.max(0, 1 - windows / windowsPerDay);

/** Median and median absolute deviation, minus Poisson noise. @param unseenVariance variance to add for hours not observed yet */
function estimateRate(values: readonly number[], unseenVariance: number): RateBaseline {
  const level = robustMean(values);
  const deviation = madToDeviation * (median(values.map((value) => Math.abs(value - level))) ?? 0);
  const mean = Math.max(level, 1 / values.length);
  const observedVariance = Math.max(minOverdispersion, (deviation ** 2 - level) / mean ** 2);
  // The variance of a median is π/2 that of a mean.
  const estimation = ((Math.PI / 2) * (observedVariance + 1 / Math.max(1, mean))) / values.length;
  return { perMinute: level / bucketMinutes, overdispersion: observedVariance + estimation + unseenVariance };
}

/** The median; for small counts, where it is too coarse, the 10% trimmed mean. */
function robustMean(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  if (middle >= 5) return middle;
  const cut = Math.floor(values.length / 10);
  const trimmed = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return trimmed.reduce((sum, value) => sum + value, 0) / Math.max(1, trimmed.length);
}

/** Minimum scored posts for a window to count towards the variance between windows. */
const minScored = 8;
/** Windows more than this many standard deviations from the median are excluded as outliers. */
const maxDeviations = 3;
/** Lower bound of the variance between windows: a standard deviation of one point. */
const minBetweenWindowVariance = 0.01 ** 2;

/** Pooled polarity of the windows without outliers, and the variance of their means beyond sampling error. */
function estimateSentiment(samples: readonly LabelCounts[]): SentimentBaseline {
  const pooled = pool(samples);
  const informative = samples.filter((sample) => scoredPosts(sample) >= minScored);
  const medianNet = median(informative.map(netSentiment)) ?? pooled.net;
  const spread = madToDeviation * (median(informative.map((sample) => Math.abs(netSentiment(sample) - medianNet))) ?? 0);
  const samplingVariance = median(informative.map((sample) => pooled.variance / scoredPosts(sample))) ?? 0;
  const betweenWindowVariance = Math.max(minBetweenWindowVariance, spread ** 2 - samplingVariance);
  const isTypical = (sample: LabelCounts): boolean => {
    const deviation = Math.sqrt(pooled.variance / Math.max(1, scoredPosts(sample)) + betweenWindowVariance);
    return scoredPosts(sample) < minScored || Math.abs(netSentiment(sample) - medianNet) <= maxDeviations * deviation;
  };
  return { ...pool(samples.filter(isTypical)), betweenWindowVariance };
}

const netSentiment = ({ positive, negative, ...rest }: LabelCounts): number =>
  (positive - negative) / Math.max(1, scoredPosts({ positive, negative, ...rest }));

function pool(samples: readonly LabelCounts[]): Omit<SentimentBaseline, 'betweenWindowVariance'> {
  const sum = addCounts(samples);
  return { net: netSentiment(sum), variance: polarityVariance(sum), posts: scoredPosts(sum) };
}

/** Variance of one post's polarity. One post of each label is added, so that it is never zero. */
function polarityVariance(counts: LabelCounts): number {
  const posts = scoredPosts(counts) + 3;
  return (counts.positive + counts.negative + 2) / posts - ((counts.positive - counts.negative) / posts) ** 2;
}

/** How far back a baseline reads, in ms. */
export const baselineLookbackMs = 57 * dayMs;
const maxWeeks = 8;
const maxDays = 14;
/** Bucket offsets: from two before to two after the same time of day, 75 minutes in total. */
const neighborOffsets = [-2, -1, 0, 1, 2];

/** Starts of 15-minute buckets (ms since 1970), grouped by the day or week they belong to. */
export type ReferenceWindows = Readonly<Record<Season, readonly (readonly number[])[]>>;

/**
 * Returns the buckets to compare a window with that ends at `end` (ms since 1970): around the same local time in past weeks
 * and on past days, and those of the last 24 hours. None of them overlaps the last `longestWindowMs`.
 */
export function referenceWindows(end: number, timeZone: string, longestWindowMs: number): ReferenceWindows {
  const isBefore = (start: number): boolean => start + bucketMs <= end - longestWindowMs;
  const last = Math.ceil(end / bucketMs) * bucketMs - bucketMs;
  const around = (days: number): number[] => {
    const then = last - days * dayMs;
    // A DST change in between shifts the UTC distance of the same local time.
    const start = then + utcOffsetMs(last, timeZone) - utcOffsetMs(then, timeZone);
    return neighborOffsets.map((step) => start + step * bucketMs).filter(isBefore);
  };
  const recent = Array.from({ length: dayMs / bucketMs }, (_, index) => last - (index + 1) * bucketMs).filter(isBefore);
  return {
    week: Array.from({ length: maxWeeks }, (_, week) => around(7 * (week + 1))),
    day: Array.from({ length: maxDays }, (_, day) => around(day + 1)),
    recent: [recent],
  };
}

export interface Baselines {
  /** Returns undefined if there is too little history. */
  get(brand: Brand): Baseline | undefined;
}

/**
 * Computes baselines of brands from the stored 15-minute buckets, once per bucket.
 * @param longestWindowMs the longest window of any rule
 */
export function createBaselines(
  counts: AlertCounts,
  brands: readonly Brand[],
  longestWindowMs: number,
): (end: number) => Promise<Baselines> {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  let cached: { readonly bucket: number; readonly baselines: Baselines } | undefined;
  return async (end) => {
    const bucket = Math.ceil(end / bucketMs);
    if (cached?.bucket === bucket) return cached.baselines;
    const reference = new Map(brands.map(({ timeZone }) => [timeZone, referenceWindows(end, timeZone, longestWindowMs)]));
    const starts = [...new Set([...reference.values()].flatMap(({ week, day, recent }) => [...week, ...day, ...recent].flat()))];
    const stored = await counts.readBuckets(names, starts);
    const firstBuckets = await counts.readFirstBuckets(names, end - baselineLookbackMs);
    const computed = new Map(
      brands.map((brand) => [brand.name, computeBrandBaseline(brand, reference.get(brand.timeZone), stored, firstBuckets)]),
    );
    const baselines: Baselines = { get: ({ name }) => computed.get(name) };
    // Not cached while some brand lacks a baseline, because its history still grows.
    cached = [...computed.values()].includes(undefined) ? undefined : { bucket, baselines };
    return baselines;
  };
}

function computeBrandBaseline(
  { name }: Brand,
  reference: ReferenceWindows | undefined,
  stored: CountsByBrand,
  firstBuckets: ReadonlyMap<string, number>,
): Baseline | undefined {
  const all = stored.get('*');
  const brandCounts = stored.get(name);
  // Before its first post the brand was not tracked.
  const since = firstBuckets.get(name);
  if (!reference || !all || since === undefined) return undefined;
  const isKnown = (bucket: number): boolean => {
    const counts = all.get(bucket);
    return bucket >= since && counts !== undefined && totalPosts(counts) > 0;
  };
  return computeBaseline(reference, isKnown, (bucket) => brandCounts?.get(bucket));
}
