import { type LabelCounts, organicCounts, scoredPosts } from '../../domain/label-counts.ts';
import { bucketMs, dayMs, hourMs } from '../../lib/duration.ts';
import { once } from '../../lib/once.ts';
import { selectQuantile } from '../../lib/statistics.ts';
import type { LabelSeries } from '../../sink/queries/alert-counts.ts';
import type { Measurement } from './rate-model.ts';
import { estimateTail, findPeaks, type Peaks, peakOfWindow, rarity, tailDeviation, tailShare, usualPeak } from './tail.ts';

/** A brand's net sentiment: what is expected, and how the means of windows vary. In points from −100 to 100. */
export interface SentimentModel {
  /** @param windowMs length of the window */
  measure(counts: LabelCounts, windowMs: number): Measurement;
}

/** How the means of windows of one length vary in one direction. Means are of polarities, −1 to 1. */
interface Spread {
  /** Variance beyond the sampling error of independent posts. */
  readonly excessVariance: number;
  /** Computed when first used: most moments need one direction only. */
  readonly far: () => { readonly tail: number; readonly peaks: Peaks };
}

interface Spreads {
  readonly up: Spread;
  readonly down: Spread;
  /** Posts of a typical window. */
  readonly typicalPosts: number;
}

/** Means of polarities, which are bounded, have no heavy tails. */
const maxTail = 0.5;
/** Lengths of the windows whose peaks say what is usual. */
const peakWindowsMs = [bucketMs, hourMs];
/** Half days a week that may be rarer than what is usual. */
const unusualPerWeek = 1;
/** Lower bound of the variance between windows: a standard deviation of one point. */
const minExcessVariance = 0.01 ** 2;
/** Variance assumed between the days of a new brand: a standard deviation of ten points, until a day has been seen. */
const unseenVariance = 0.1 ** 2;
/** Windows with fewer scored posts say nothing about the variance between windows. */
const minPosts = 4;
/** Windows more than this many standard deviations from the median are left out of the level. */
const maxDeviations = 3;
/** Moods last for hours: the level follows the posts of the last six. */
const moodBuckets = 24;
const bucketsPerHour = hourMs / bucketMs;
/** Two-sided 95%. */
const deviations95 = 1.96;
/** Converts the median absolute deviation of normal values to a standard deviation. */
const madToDeviation = 1.4826;

/**
 * Models a window's net sentiment as a mean of polarities (−1, 0, 1). Copies of one text are one opinion, so only organic
 * posts count. The expected value is that of all weeks, moved towards the last hours as far as moods of the past lasted.
 *
 * Posts about one story are not independent, so means vary more than their sampling error v / n. The excess is estimated
 * from the brand's own past windows. One half of it is taken to be a change of mood, which many posts do not average out;
 * the other half, posts that come in groups, which they do.
 * @param organic the posts without copies, in 15-minute buckets
 * @param first the first bucket of the brand
 */
export function createSentimentModel(organic: LabelSeries, first: number): SentimentModel {
  const sums = sumUp(organic);
  const level = estimateLevel(sums, first);
  const spreads = new Map<number, Spreads>();
  const spreadOf = (windowMs: number): Spreads => {
    const buckets = Math.max(1, Math.round(windowMs / bucketMs));
    const known = spreads.get(buckets) ?? estimateSpreads(sums, first, buckets, level);
    spreads.set(buckets, known);
    return known;
  };
  for (const windowMs of peakWindowsMs) spreadOf(windowMs);
  const peakOf = (direction: 'up' | 'down') => (): number => {
    const peaks = peakWindowsMs.map((windowMs) => spreadOf(windowMs)[direction].far().peaks);
    return usualPeak(peaks, Math.floor((2 * (sums.length - first) * bucketMs) / dayMs), unusualPerWeek);
  };
  const usualPeaks = { up: once(peakOf('up')), down: once(peakOf('down')) };
  const net = level.expectedAfter(sums.length);
  return {
    measure: (counts, windowMs) => {
      const posts = organicCounts(counts);
      const count = scoredPosts(posts);
      const expected = 100 * net;
      if (count === 0 || level.posts === 0)
        return { observed: expected, expected, low: -100, high: 100, z: 0, rarity: 0, usualPeak: () => 0 };
      const { up, down, typicalPosts } = spreadOf(windowMs);
      const burstiness = Math.sqrt(Math.max(1, bucketMs / windowMs));
      const deviationOf = ({ excessVariance }: Spread): number =>
        100 * Math.sqrt(windowVariance(level.variance, count, burstiness * excessVariance, typicalPosts));
      const difference = 100 * netOf(posts) - expected;
      const own = difference < 0 ? down : up;
      const z = difference / deviationOf(own);
      return {
        observed: 100 * netOf(counts),
        expected,
        low: Math.max(-100, expected - deviations95 * deviationOf(down)),
        high: Math.min(100, expected + deviations95 * deviationOf(up)),
        z,
        rarity: rarity(Math.abs(z), () => own.far().tail, hourMs / windowMs),
        usualPeak: () => peakOfWindow(usualPeaks[difference < 0 ? 'down' : 'up'](), windowMs),
      };
    },
  };
}

const netOf = (counts: LabelCounts): number => (counts.positive - counts.negative) / Math.max(1, scoredPosts(counts));

/** The variance of the mean polarity of a window. */
const windowVariance = (single: number, posts: number, excess: number, typicalPosts: number): number =>
  single / posts + (excess * (1 + typicalPosts / posts)) / 2;

/** Sums over the buckets before each index, so that those of any window are differences. */
interface RunningSums {
  readonly length: number;
  readonly posts: Float64Array;
  readonly polarity: Float64Array;
  /** Posts with a polarity. */
  readonly polar: Float64Array;
}

function sumUp({ negative, neutral, positive }: LabelSeries): RunningSums {
  const { length } = negative;
  const [posts, polarity, polar] = [new Float64Array(length + 1), new Float64Array(length + 1), new Float64Array(length + 1)];
  for (let index = 0; index < length; index += 1) {
    const [against, inFavor] = [negative[index] ?? 0, positive[index] ?? 0];
    polarity[index + 1] = (polarity[index] ?? 0) + inFavor - against;
    polar[index + 1] = (polar[index] ?? 0) + inFavor + against;
    posts[index + 1] = (posts[index] ?? 0) + inFavor + against + (neutral[index] ?? 0);
  }
  return { length, posts, polarity, polar };
}

const between = (sums: Float64Array, from: number, to: number): number => (sums[to] ?? 0) - (sums[Math.max(0, from)] ?? 0);

interface SentimentLevel {
  /** Scored posts of the history. */
  readonly posts: number;
  /** Variance of one post's polarity. */
  readonly variance: number;
  /** The expected mean after the buckets before an index. */
  expectedAfter(index: number): number;
}

/** The pooled polarity of all hours but those that lie far from the median, and how much of an hour's mood is still there later. */
function estimateLevel({ length, posts, polarity, polar }: RunningSums, first: number): SentimentLevel {
  const hours: { readonly posts: number; readonly polarity: number; readonly polar: number; readonly net: number }[] = [];
  for (let end = length; end - bucketsPerHour >= first; end -= bucketsPerHour) {
    const [count, sum] = [between(posts, end - bucketsPerHour, end), between(polarity, end - bucketsPerHour, end)];
    if (count >= minPosts) hours.push({ posts: count, polarity: sum, polar: between(polar, end - bucketsPerHour, end), net: sum / count });
  }
  const middle = medianOf(hours.map(({ net }) => net));
  const deviation = madToDeviation * medianOf(hours.map(({ net }) => Math.abs(net - middle)));
  const all = pool([
    { posts: between(posts, first, length), polarity: between(polarity, first, length), polar: between(polar, first, length) },
  ]);
  const isTypical = ({ net, posts: count }: (typeof hours)[number]): boolean =>
    Math.abs(net - middle) <= maxDeviations * Math.max(deviation, Math.sqrt(all.variance / count));
  const { net, variance, posts: pooled } = hours.length > 0 ? pool(hours.filter(isTypical)) : all;
  const moodVariance = Math.max(minExcessVariance, deviation ** 2 - variance * medianOf(hours.map((hour) => 1 / hour.posts)));
  return {
    posts: pooled,
    variance,
    expectedAfter: (index) => {
      const recent = between(posts, Math.max(first, index - moodBuckets), index);
      if (recent <= 0) return net;
      const mean = between(polarity, Math.max(first, index - moodBuckets), index) / recent;
      // The best linear prediction of a mood from posts with sampling variance v / n (empirical Bayes).
      return net + (moodVariance / (moodVariance + variance / recent)) * (mean - net);
    },
  };
}

const medianOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : selectQuantile(Float64Array.from(values), values.length, 0.5);

function pool(windows: readonly { readonly posts: number; readonly polarity: number; readonly polar: number }[]) {
  let [posts, polarity, polar] = [0, 0, 0];
  for (const window of windows) {
    posts += window.posts;
    polarity += window.polarity;
    polar += window.polar;
  }
  // One post of each label is added, so that the variance of a post's polarity is never zero.
  return { posts, net: polarity / Math.max(1, posts), variance: (polar + 2) / (posts + 3) - (polarity / (posts + 3)) ** 2 };
}

/** Differences between the observed and the expected mean of past windows with enough posts, and their counts of posts. */
function pastDifferences({ posts, polarity, length: total }: RunningSums, first: number, buckets: number, level: SentimentLevel) {
  const [ends, counts, differences] = [new Float64Array(total), new Float64Array(total), new Float64Array(total)];
  let length = 0;
  for (let end = first + buckets; end <= total; end += 1) {
    const count = between(posts, end - buckets, end);
    if (count < minPosts) continue;
    ends[length] = end - 1;
    counts[length] = count;
    differences[length] = between(polarity, end - buckets, end) / count - level.expectedAfter(end - buckets);
    length += 1;
  }
  return { ends, counts, differences, length, days: (length * bucketMs) / dayMs };
}

function estimateSpreads(sums: RunningSums, first: number, buckets: number, level: SentimentLevel): Spreads {
  const { counts, differences, length, days } = pastDifferences(sums, first, buckets, level);
  const scratch = counts.slice();
  const typicalPosts = Math.max(minPosts, length === 0 ? 0 : selectQuantile(scratch, length, 0.5));
  const estimate = (direction: 1 | -1): Spread => {
    for (let index = 0; index < length; index += 1) {
      const [signed, count] = [direction * (differences[index] ?? 0), counts[index] ?? 1];
      const excess = (signed / tailDeviation) ** 2 - level.variance / count;
      scratch[index] = signed > 0 ? (2 * excess) / (1 + typicalPosts / count) : -1;
    }
    const found = length === 0 ? minExcessVariance : Math.max(minExcessVariance, selectQuantile(scratch, length, 1 - tailShare));
    const unseen = unseenVariance * Math.max(0, 1 - days);
    const far = estimateFar({ sums, first, buckets, level, direction, excessVariance: found, typicalPosts });
    return { excessVariance: found + unseen, far };
  };
  return { up: estimate(1), down: estimate(-1), typicalPosts };
}

interface FarOptions {
  readonly sums: RunningSums;
  readonly first: number;
  readonly buckets: number;
  readonly level: SentimentLevel;
  readonly direction: 1 | -1;
  readonly excessVariance: number;
  readonly typicalPosts: number;
}

/** Computes the differences again, so that a model that waits for its first use does not hold them. */
const estimateFar = ({ sums, first, buckets, level, direction, excessVariance, typicalPosts }: FarOptions): Spread['far'] =>
  once(() => {
    const { ends, counts, differences, length, days } = pastDifferences(sums, first, buckets, level);
    const deviations = new Float64Array(length);
    for (let index = 0; index < length; index += 1) {
      const deviation = Math.sqrt(windowVariance(level.variance, counts[index] ?? 1, excessVariance, typicalPosts));
      deviations[index] = (direction * (differences[index] ?? 0)) / deviation;
    }
    const tail = estimateTail(deviations.slice(), length, days, maxTail);
    const rarityOf = (deviation: number): number => rarity(deviation, () => tail, bucketsPerHour / buckets);
    return { tail, peaks: findPeaks(deviations, rarityOf, ends, length, sums.length) };
  });
