import { type LabelCounts, organicCounts, scoredPosts } from '../../domain/label-counts.ts';
import { bucketMs, dayMs, hourMs } from '../../lib/duration.ts';
import { selectQuantile } from '../../lib/statistics.ts';
import type { BucketSeries } from '../../sink/queries/alert-counts.ts';
import type { Measurement } from './rate-model.ts';
import { estimateTail, rarity, tailDeviation, tailShare } from './tail.ts';

/** A brand's net sentiment: what is expected, and how the means of windows vary. In points from −100 to 100. */
export interface SentimentModel {
  /** @param windowMs length of the window */
  measure(counts: LabelCounts, windowMs: number): Measurement;
}

/** How the means of windows of one length vary in one direction. Means are of polarities, −1 to 1. */
interface Spread {
  /** Variance beyond the sampling error of independent posts. */
  readonly excessVariance: number;
  /** Effective posts of a typical window. */
  readonly typicalPosts: number;
  readonly tail: number;
}

/** Means of polarities, which are bounded, have no heavy tails. */
const maxTail = 0.5;
/** Lower bound of the variance between windows: a standard deviation of one point. */
const minExcessVariance = 0.01 ** 2;
/** Variance assumed between the days of a new brand: a standard deviation of ten points, until a day has been seen. */
const unseenVariance = 0.1 ** 2;
/** Windows with fewer scored posts say nothing about the variance between windows. */
const minPosts = 4;
/** Windows more than this many standard deviations from the median are left out of the level. */
const maxDeviations = 3;
/** Two-sided 95%. */
const deviations95 = 1.96;

/** The number of opinions among the scored posts of a window: copies of one text are one opinion. */
const effectivePosts = (counts: LabelCounts): number => scoredPosts(organicCounts(counts));

/**
 * Models a window's net sentiment as a mean of polarities (−1, 0, 1). Posts about one story are not independent, so means
 * vary more than their sampling error v / n. The excess is estimated from the brand's own past windows. One half of it is
 * taken to be a change of mood, which many posts do not average out; the other half, posts that come in groups, which they do.
 */
export function createSentimentModel(history: BucketSeries, first: number): SentimentModel {
  const single = windowsOf(history, first, 1);
  const { net, variance, posts } = estimateLevel(single);
  const spreads = new Map<number, { readonly up: Spread; readonly down: Spread }>();
  const spreadOf = (windowMs: number) => {
    const buckets = Math.max(1, Math.round(windowMs / bucketMs));
    const known = spreads.get(buckets) ?? estimateSpreads(buckets === 1 ? single : windowsOf(history, first, buckets), net, variance);
    spreads.set(buckets, known);
    return known;
  };
  return {
    measure: (counts, windowMs) => {
      const count = effectivePosts(counts);
      const expected = 100 * net;
      if (count === 0 || posts === 0) return { observed: expected, expected, low: -100, high: 100, z: 0, rarity: 0 };
      const observed = 100 * netSentiment(counts);
      const spread = spreadOf(windowMs);
      const burstiness = Math.sqrt(Math.max(1, bucketMs / windowMs));
      const deviationOf = ({ excessVariance, typicalPosts }: Spread): number =>
        100 * Math.sqrt(variance * (1 / count + 1 / posts) + (burstiness * excessVariance * (1 + typicalPosts / count)) / 2);
      const own = observed < expected ? spread.down : spread.up;
      const z = (observed - expected) / deviationOf(own);
      return {
        observed,
        expected,
        low: Math.max(-100, expected - deviations95 * deviationOf(spread.down)),
        high: Math.min(100, expected + deviations95 * deviationOf(spread.up)),
        z,
        rarity: rarity(Math.abs(z), own.tail, hourMs / windowMs),
      };
    },
  };
}

const netSentiment = (counts: LabelCounts): number => (counts.positive - counts.negative) / Math.max(1, scoredPosts(counts));

/** Windows with enough scored posts, one per bucket. Arrays, since this runs for every brand and hour. */
interface Windows {
  readonly length: number;
  readonly scored: Float64Array;
  /** Positive minus negative posts, and positive plus negative ones. */
  readonly balance: Float64Array;
  readonly polar: Float64Array;
  /** See `effectivePosts`. */
  readonly effective: Float64Array;
}

function windowsOf({ negative, neutral, positive, scoredCopies }: BucketSeries, first: number, buckets: number): Windows {
  const capacity = Math.max(0, positive.length - first);
  const found = { scored: new Float64Array(capacity), balance: new Float64Array(capacity), polar: new Float64Array(capacity) };
  const effective = new Float64Array(capacity);
  let length = 0;
  let [down, middle, up, copies] = [0, 0, 0, 0];
  const add = (index: number, sign: 1 | -1): void => {
    down += sign * (negative[index] ?? 0);
    middle += sign * (neutral[index] ?? 0);
    up += sign * (positive[index] ?? 0);
    copies += sign * (scoredCopies[index] ?? 0);
  };
  for (let index = first; index < positive.length; index += 1) {
    add(index, 1);
    if (index - buckets >= first) add(index - buckets, -1);
    const scored = down + middle + up;
    if (index - first + 1 < buckets || scored - copies < minPosts) continue;
    found.scored[length] = scored;
    found.balance[length] = up - down;
    found.polar[length] = up + down;
    effective[length] = scored - copies;
    length += 1;
  }
  return { length, ...found, effective };
}

const netOf = ({ balance, scored }: Windows, index: number): number => (balance[index] ?? 0) / (scored[index] ?? 1);

/** The pooled polarity of all windows but those that lie far from the median. */
function estimateLevel(windows: Windows) {
  const { length, scored } = windows;
  const nets = new Float64Array(length);
  for (let index = 0; index < length; index += 1) nets[index] = netOf(windows, index);
  const middle = selectQuantile(nets, length, 0.5);
  for (let index = 0; index < length; index += 1) nets[index] = Math.abs(netOf(windows, index) - middle);
  const spread = selectQuantile(nets, length, 0.5);
  const { variance } = pool(windows, () => true);
  return pool(
    windows,
    (index) => Math.abs(netOf(windows, index) - middle) <= maxDeviations * Math.max(spread, Math.sqrt(variance / (scored[index] ?? 1))),
  );
}

function pool({ length, scored, balance, polar }: Windows, isIncluded: (index: number) => boolean) {
  let [posts, sum, squares] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    if (!isIncluded(index)) continue;
    posts += scored[index] ?? 0;
    sum += balance[index] ?? 0;
    squares += polar[index] ?? 0;
  }
  // One post of each label is added, so that the variance of a post's polarity is never zero.
  const mean = sum / (posts + 3);
  return { net: sum / Math.max(1, posts), variance: (squares + 2) / (posts + 3) - mean ** 2, posts };
}

function estimateSpreads(windows: Windows, net: number, variance: number) {
  const { length, effective } = windows;
  const days = (length * bucketMs) / dayMs;
  const scratch = effective.slice(0, length);
  const typicalPosts = Math.max(minPosts, length === 0 ? 0 : selectQuantile(scratch, length, 0.5));
  const unseen = unseenVariance * Math.max(0, 1 - days);
  const estimate = (direction: 1 | -1): Spread => {
    for (let index = 0; index < length; index += 1) {
      const signed = direction * (netOf(windows, index) - net);
      const posts = effective[index] ?? 1;
      const excess = (signed / tailDeviation) ** 2 - variance / posts;
      scratch[index] = signed > 0 ? (2 * excess) / (1 + typicalPosts / posts) : -1;
    }
    const found = length === 0 ? minExcessVariance : Math.max(minExcessVariance, selectQuantile(scratch, length, 1 - tailShare));
    for (let index = 0; index < length; index += 1) {
      const posts = effective[index] ?? 1;
      const deviation = Math.sqrt(variance / posts + (found * (1 + typicalPosts / posts)) / 2);
      scratch[index] = (direction * (netOf(windows, index) - net)) / deviation;
    }
    return { excessVariance: found + unseen, typicalPosts, tail: estimateTail(scratch, length, days, maxTail) };
  };
  return { up: estimate(1), down: estimate(-1) };
}
