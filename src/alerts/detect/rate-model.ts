import { bucketMs, dayMs, hourMs } from '../../lib/duration.ts';
import { once } from '../../lib/once.ts';
import { selectQuantile } from '../../lib/statistics.ts';
import { type BucketValues, estimateSeasonalLevel } from './seasonal-level.ts';
import { estimateTail, findPeaks, type Peaks, peakOfWindow, rarity, tailDeviation, tailShare, usualPeak } from './tail.ts';

/** A measured value compared with what was expected, and how rare that is. */
export interface Measurement {
  readonly observed: number;
  readonly expected: number;
  /** 95% prediction interval. */
  readonly low: number;
  readonly high: number;
  /** Signed distance from the expected value in standard deviations. */
  readonly z: number;
  /** See `rarity` of tail.ts; of the direction of `z`. */
  readonly rarity: number;
  /** See `usualPeak` of tail.ts; of the direction of `z`. Computed when called: only the rarest window needs it. */
  readonly usualPeak: () => number;
}

/** The count of a brand's posts, or of its negative ones: what is expected, and how it varies. */
export interface RateModel {
  /** @param observed posts in the window; `from`, `to` in ms since 1970 */
  measure(observed: number, from: number, to: number): Measurement;
}

/** How windows of one length vary in one direction. */
interface Spread {
  /** Squared coefficient of variation beyond Poisson noise. */
  readonly overdispersion: number;
  /** Computed when first used: most moments need one direction only. */
  readonly far: () => { readonly tail: number; readonly peaks: Peaks };
}

interface Spreads {
  readonly up: Spread;
  readonly down: Spread;
  /** Days of history, times two. */
  readonly halfDays: number;
}

/** Half days a week that may be rarer than what is usual. */
const unusualPerWeek = 2;
/** Lengths of the windows whose peaks say what is usual. */
const peakWindowsMs = [bucketMs, 4 * bucketMs];

/** Of the real brand feeds with the heaviest bursts. */
const maxTail = 0.8;
/** Lower bound of the overdispersion: a coefficient of variation of 10%. */
const minOverdispersion = 0.01;
/** Overdispersion added for the times of day that a new brand has not been seen at; a full day has a coefficient of variation of 50%. */
const unseenOverdispersion = 0.25;
const unseenDays = 2;
/** Two-sided 95%. */
const deviations95 = 1.96;
/** Makes the square root of a Poisson count nearly normal, with a standard deviation of one half (Anscombe 1948). */
const anscombe = 3 / 8;

/**
 * Models counts as negative binomial: variance L + φL² at level L. A window's deviation is the difference of the square
 * roots of observed and expected count in units of its standard deviation √(1 + φL) / 2 (delta method): steep enough for
 * a large burst to stand out, and with the same spread at night and in the evening.
 *
 * φ and the tail are estimated separately for rises and drops, from the brand's own past windows of the same length. They
 * are quantiles, so a few days of trouble do not move them.
 */
export function createRateModel(history: BucketValues, timeZone: string, country?: string): RateModel {
  const level = estimateSeasonalLevel(history, timeZone, country);
  const spreads = new Map<number, Spreads>();
  const spreadOf = (windowMs: number) => {
    const buckets = Math.max(1, Math.round(windowMs / bucketMs));
    const known = spreads.get(buckets) ?? estimateSpreads(history, level.ofHistory, buckets);
    spreads.set(buckets, known);
    return known;
  };
  for (const windowMs of peakWindowsMs) spreadOf(windowMs);
  const peakOf = (direction: 'up' | 'down') => (): number => {
    const all = peakWindowsMs.map(spreadOf);
    const peaks = all.map((one) => one[direction].far().peaks);
    return usualPeak(peaks, Math.floor(all[0]?.halfDays ?? 0), unusualPerWeek);
  };
  const usualPeaks = { up: once(peakOf('up')), down: once(peakOf('down')) };
  return {
    measure: (observed, from, to) => {
      const expected = sumLevel(level.at, from, to);
      const { up, down } = spreadOf(to - from);
      const burstiness = Math.sqrt(Math.max(1, bucketMs / (to - from)));
      const deviationOf = ({ overdispersion }: Spread): number => Math.sqrt(1 + overdispersion * burstiness * (expected + anscombe));
      const root = Math.sqrt(expected + anscombe);
      const difference = 2 * (Math.sqrt(observed + anscombe) - root);
      const spread = difference < 0 ? down : up;
      const z = difference / deviationOf(spread);
      const bound = (deviations: number): number => Math.max(0, root + deviations / 2) ** 2 - anscombe;
      return {
        observed,
        expected,
        low: Math.max(0, bound(-deviations95 * deviationOf(down))),
        high: bound(deviations95 * deviationOf(up)),
        z,
        rarity: rarity(Math.abs(z), () => spread.far().tail, hourMs / (to - from)),
        usualPeak: () => peakOfWindow(usualPeaks[difference < 0 ? 'down' : 'up'](), to - from),
      };
    },
  };
}

/** The expected count between two times; a bucket counts by the share of it that lies between them. */
function sumLevel(levelAt: (time: number) => number, from: number, to: number): number {
  let sum = 0;
  for (let start = Math.floor(from / bucketMs) * bucketMs; start < to; start += bucketMs)
    sum += (levelAt(start) * (Math.min(to, start + bucketMs) - Math.max(from, start))) / bucketMs;
  return sum;
}

/** Past windows of a number of buckets, one per bucket, without those that contain a bucket of missing data. */
function pastWindows({ values, isKnown }: BucketValues, expectedCounts: Float64Array, buckets: number) {
  const ends = new Float64Array(values.length);
  const observed = new Float64Array(values.length);
  const expected = new Float64Array(values.length);
  let length = 0;
  let [count, level, known] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    count += values[index] ?? 0;
    level += expectedCounts[index] ?? 0;
    known += isKnown[index] ?? 0;
    if (index >= buckets) {
      count -= values[index - buckets] ?? 0;
      level -= expectedCounts[index - buckets] ?? 0;
      known -= isKnown[index - buckets] ?? 0;
    }
    if (known < buckets) continue;
    observed[length] = Math.max(0, count);
    expected[length] = Math.max(0, level);
    ends[length] = index;
    length += 1;
  }
  return { observed, expected, ends, length };
}

/** Differences between the square roots of observed and expected counts of past windows, in standard deviations of chance. */
function pastDifferences(history: BucketValues, expectedCounts: Float64Array, buckets: number) {
  const { observed, expected, ends, length } = pastWindows(history, expectedCounts, buckets);
  const differences = new Float64Array(length);
  for (let index = 0; index < length; index += 1)
    differences[index] = 2 * (Math.sqrt((observed[index] ?? 0) + anscombe) - Math.sqrt((expected[index] ?? 0) + anscombe));
  return { differences, expected, ends, length, days: (length * bucketMs) / dayMs };
}

function estimateSpreads(history: BucketValues, expectedCounts: Float64Array, buckets: number): Spreads {
  const { differences, expected, length, days } = pastDifferences(history, expectedCounts, buckets);
  const unseen = unseenOverdispersion * Math.max(0, 1 - days / unseenDays);
  const scratch = new Float64Array(length);
  const estimate = (direction: 1 | -1): Spread => {
    // The overdispersion at which a window would lie exactly at the tail's 90% quantile; a tenth of the windows exceed it.
    for (let index = 0; index < length; index += 1) {
      const signed = direction * (differences[index] ?? 0);
      scratch[index] = signed > 0 ? ((signed / tailDeviation) ** 2 - 1) / ((expected[index] ?? 0) + anscombe) : -1;
    }
    const found = length === 0 ? minOverdispersion : Math.max(minOverdispersion, selectQuantile(scratch, length, 1 - tailShare));
    return { overdispersion: found + unseen, far: estimateFar({ history, expectedCounts, buckets, direction, overdispersion: found }) };
  };
  return { up: estimate(1), down: estimate(-1), halfDays: 2 * days };
}

interface FarOptions {
  readonly history: BucketValues;
  readonly expectedCounts: Float64Array;
  readonly buckets: number;
  readonly direction: 1 | -1;
  readonly overdispersion: number;
}

/** Computes the differences again, so that a model that waits for its first use does not hold them. */
const estimateFar = ({ history, expectedCounts, buckets, direction, overdispersion }: FarOptions): Spread['far'] =>
  once(() => {
    const { differences, expected, ends, length, days } = pastDifferences(history, expectedCounts, buckets);
    const deviations = new Float64Array(length);
    for (let index = 0; index < length; index += 1)
      deviations[index] = (direction * (differences[index] ?? 0)) / Math.sqrt(1 + overdispersion * ((expected[index] ?? 0) + anscombe));
    const tail = estimateTail(deviations.slice(), length, days, maxTail);
    const rarityOf = (deviation: number): number => rarity(deviation, () => tail, hourMs / (buckets * bucketMs));
    return { tail, peaks: findPeaks(deviations, rarityOf, ends, length, history.values.length) };
  });
