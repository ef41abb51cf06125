import { type Season, seasons } from '../../domain/alert.ts';
import { addCounts, emptyCounts, type LabelCounts, scoredPosts, totalPosts } from '../../domain/sentiment-counts.ts';
import { utcOffsetMs } from '../../lib/time-zone.ts';
import type { AlertFigures, CountsByBrand } from '../../sink/queries/read-alert-figures.ts';
import type { Brand } from '../rules.ts';

/** The rate of a count, and how much it varies beyond chance. */
export interface RateBaseline {
  /** Posts a minute. */
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
  /** Number of scored posts behind it. */
  readonly posts: number;
}

/** What is expected of a brand at one time. */
export interface Baseline {
  readonly season: Season;
  readonly windows: number;
  readonly from: number;
  readonly to: number;
  readonly volume: RateBaseline;
  readonly negative: RateBaseline;
  readonly sentiment: SentimentBaseline;
}

/** The weeks, the days, or the 15-minute windows of the last day that a season needs. */
const minSamples: Readonly<Record<Season, number>> = { week: 4, day: 7, recent: 8 };
export const bucketMs = 900_000;
const bucketMinutes = bucketMs / 60_000;
/** Converts the median absolute deviation of normal values to a standard deviation. */
const madToDeviation = 1.4826;
/** No feed is steadier than this: a coefficient of variation of 10 %. */
const minOverdispersion = 0.01;

/**
 * Computes the baseline from the best season that has enough samples. Returns undefined if none has.
 * @param isKnown whether any post arrived in a window; windows without posts are unknown, not empty
 * @param countsOf the counts of the brand in a window
 */
export function baselineOf(
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
      volume: rateOf(samples.map(totalPosts), diurnal),
      negative: rateOf(
        samples.map(({ negative }) => negative),
        diurnal,
      ),
      sentiment: sentimentOf(samples),
    };
  }
  return undefined;
}

/** Squared coefficient of variation of a feed's volume over a day: nights are quiet, evenings are not. */
const fullDayVariance = 0.25;
const windowsPerDay = 96;

/** The part of it that less than a day of windows cannot show yet: the first night of a feed is not an incident. */
const diurnalVariance = (windows: number): number => fullDayVariance * Math.max(0, 1 - windows / windowsPerDay);

/** Median and median absolute deviation, minus Poisson noise. @param unseenVariance squared variation that the values do not show */
function rateOf(values: readonly number[], unseenVariance: number): RateBaseline {
  const level = centreOf(values);
  const deviation = madToDeviation * (median(values.map((value) => Math.abs(value - level))) ?? 0);
  const mean = Math.max(level, 1 / values.length);
  const ownVariance = Math.max(minOverdispersion, (deviation ** 2 - level) / mean ** 2);
  // The variance of a median is π/2 that of a mean.
  const estimation = ((Math.PI / 2) * (ownVariance + 1 / Math.max(1, mean))) / values.length;
  return { perMinute: level / bucketMinutes, overdispersion: ownVariance + estimation + unseenVariance };
}

/** The median; for small counts, whose median jumps, the mean of the middle 80 %. */
function centreOf(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  if (middle >= 5) return middle;
  const cut = Math.floor(values.length / 10);
  const kept = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / Math.max(1, kept.length);
}

/** A window with fewer scored posts says nothing about how sentiment varies. */
const minScored = 8;
/** Windows this many deviations off are incidents and are excluded. */
const maxDeviations = 3;
/** Net sentiment is never steadier than this: one point. */
const minBetweenWindowVariance = 0.01 ** 2;

/** The pooled polarity of the windows without outliers, and how much their means vary beyond sampling error. */
function sentimentOf(samples: readonly LabelCounts[]): SentimentBaseline {
  const first = pool(samples);
  const informative = samples.filter((sample) => scoredPosts(sample) >= minScored);
  const middle = median(informative.map(netOf)) ?? first.net;
  const spread = madToDeviation * (median(informative.map((sample) => Math.abs(netOf(sample) - middle))) ?? 0);
  const samplingVariance = median(informative.map((sample) => first.variance / scoredPosts(sample))) ?? 0;
  const betweenWindowVariance = Math.max(minBetweenWindowVariance, spread ** 2 - samplingVariance);
  const isTypical = (sample: LabelCounts): boolean => {
    const deviation = Math.sqrt(first.variance / Math.max(1, scoredPosts(sample)) + betweenWindowVariance);
    return scoredPosts(sample) < minScored || Math.abs(netOf(sample) - middle) <= maxDeviations * deviation;
  };
  return { ...pool(samples.filter(isTypical)), betweenWindowVariance };
}

const netOf = ({ positive, negative, ...rest }: LabelCounts): number =>
  (positive - negative) / Math.max(1, scoredPosts({ positive, negative, ...rest }));

function pool(samples: readonly LabelCounts[]): Omit<SentimentBaseline, 'betweenWindowVariance'> {
  const sum = addCounts(samples);
  return { net: netOf(sum), variance: polarityVariance(sum), posts: scoredPosts(sum) };
}

/** Variance of one post's polarity. One post of each label is added, so that it is never zero. */
function polarityVariance(counts: LabelCounts): number {
  const posts = scoredPosts(counts) + 3;
  return (counts.positive + counts.negative + 2) / posts - ((counts.positive - counts.negative) / posts) ** 2;
}

/** The median, or the mean of the two middle values; undefined for an empty list. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 || below === undefined || above === undefined ? above : (below + above) / 2;
}

const dayMs = 86_400_000;
/** How far back a baseline looks, in ms. */
export const baselineReachMs = 57 * dayMs;
const maxWeeks = 8;
const maxDays = 14;
/** The same time of another day, with two buckets before and two after it: an hour and a quarter. */
const neighbours = [-2, -1, 0, 1, 2];

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
    // If clocks changed in between, the same local time has another distance.
    const start = then + utcOffsetMs(last, timeZone) - utcOffsetMs(then, timeZone);
    return neighbours.map((step) => start + step * bucketMs).filter(isBefore);
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
  of(brand: Brand): Baseline | undefined;
}

/**
 * Computes baselines of brands from the stored 15-minute buckets, once per bucket.
 * @param longestWindowMs the longest window of any rule
 */
export function createBaselines(
  figures: AlertFigures,
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
    const [stored, first] = [await figures.buckets(names, starts), await figures.firstOf(names, end - baselineReachMs)];
    const computed = new Map(brands.map((brand) => [brand.name, baselineOfBrand(brand, reference.get(brand.timeZone), stored, first)]));
    const baselines = { of: ({ name }: Brand) => computed.get(name) };
    // While history is still filling up, it is read again.
    cached = [...computed.values()].includes(undefined) ? undefined : { bucket, baselines };
    return baselines;
  };
}

function baselineOfBrand(
  { name }: Brand,
  reference: ReferenceWindows | undefined,
  stored: CountsByBrand,
  first: ReadonlyMap<string, number>,
): Baseline | undefined {
  const all = stored.get('*');
  const own = stored.get(name);
  // Before its first post the brand was not tracked.
  const since = first.get(name);
  if (!reference || !all || since === undefined) return undefined;
  const isKnown = (bucket: number): boolean => {
    const counts = all.get(bucket);
    return bucket >= since && counts !== undefined && totalPosts(counts) > 0;
  };
  return baselineOf(reference, isKnown, (bucket) => own?.get(bucket));
}
