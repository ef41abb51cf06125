import { bucketMs } from '../../lib/duration.ts';
import { selectQuantile } from '../../lib/statistics.ts';

/** The share of past windows beyond which the tail is extrapolated, and its quantile of the standard normal distribution. */
export const tailShare = 0.1;
export const tailDeviation = 1.2816;
/** The tail's length is read off between `tailShare` and this share: far enough, yet a day of trouble a month does not reach it. */
const farShare = 0.03;

/** Lower bound of a tail's length: that of a normal distribution beyond its 90% quantile. */
const minLength = 0.33;
/** Length between the two shares of a normal distribution. */
const normalLength = 0.5;
/** Days of history that weigh as much as the assumption of the longest tail. */
const priorDays = 3;

/**
 * Estimates the mean excess of deviations (standard deviations) beyond `tailDeviation`, as if they were exponential there.
 * A normal tail gets shorter further out, so a length is scaled by its square: 0.5, measured on normal values, is 0.33.
 * @param deviations of past windows, in the direction of the tail; reordered
 * @param days of history they come from
 * @param maxLength the longest tail of this metric: assumed without history, and a bound, so that past incidents do not make
 *   a brand numb
 */
export function estimateTail(deviations: Float64Array, length: number, days: number, maxLength: number): number {
  const near = selectQuantile(deviations, length, 1 - tailShare);
  const far = selectQuantile(deviations, length, 1 - farShare);
  const measured = length === 0 ? maxLength : (far - near) / Math.log(tailShare / farShare);
  const bounded = Math.min(maxLength, (minLength * measured ** 2) / normalLength ** 2);
  return Math.max(minLength, (days * bounded + priorDays * maxLength) / (days + priorDays));
}

/**
 * How rare a deviation is: the negative decimal logarithm of the expected number of windows per hour that deviate as far.
 * 0 or less is usual; 4 would come once in 10,000 hours if the tail were exponential.
 * @param deviation in standard deviations, in the direction of the tail
 * @param tail mean excess, see `estimateTail`; called for deviations beyond `tailDeviation`
 * @param windowsPerHour windows of this length in an hour
 */
export function rarity(deviation: number, tail: () => number, windowsPerHour: number): number {
  const decades =
    deviation > tailDeviation
      ? -Math.log10(tailShare) + (deviation - tailDeviation) / (tail() * Math.LN10)
      : Math.max(0, deviation) / tailDeviation;
  return decades - Math.log10(windowsPerHour);
}

/** Half a day: about one story. */
const peakBuckets = 48;
const peakDays = 14;
const maxPeaks = (peakDays * 96) / peakBuckets;
const minPeaks = maxPeaks / 2;

/** Rarities of a window length in the last two weeks: the highest of each half day, the newest first. */
export type Peaks = Float64Array;

/**
 * @param deviations of past windows, in standard deviations
 * @param rarityOf the rarity of a deviation; it does not decrease
 * @param ends index of the last bucket of each window, ascending
 * @param buckets number of buckets in the history
 */
export function findPeaks(
  deviations: Float64Array,
  rarityOf: (deviation: number) => number,
  ends: Float64Array,
  length: number,
  buckets: number,
): Peaks {
  const peaks = new Float64Array(Math.min(maxPeaks, Math.floor(buckets / peakBuckets)));
  for (let index = length - 1; index >= 0; index -= 1) {
    const peak = Math.floor((buckets - 1 - (ends[index] ?? 0)) / peakBuckets);
    if (peak >= peaks.length) break;
    peaks[peak] = Math.max(peaks[peak] ?? 0, deviations[index] ?? 0);
  }
  return peaks.map((deviation) => Math.max(0, rarityOf(deviation)));
}

/**
 * The rarity that the brand itself exceeds some times a week: less is no news about it, whatever the model of its tail says.
 * 0 with less than a week of history.
 * @param known number of half days of history
 * @param perWeek half days a week that may be rarer
 */
export function usualPeak(all: readonly Peaks[], known: number, perWeek: number): number {
  const length = Math.min(known, ...all.map((peaks) => peaks.length));
  if (length < minPeaks) return 0;
  const highest = Array.from({ length }, (_, index) => Math.max(...all.map((peaks) => peaks[index] ?? 0))).sort((a, b) => b - a);
  const rank = Math.max(1, Math.round((perWeek * length * peakBuckets) / (7 * 96)));
  return highest[rank - 1] ?? 0;
}

/**
 * The usual peak of windows of a length. The history has buckets of 15 minutes: posts that all come within a shorter window
 * of one are rarer there, by up to about the square root of the ratio of lengths.
 */
export const peakOfWindow = (peak: number, windowMs: number): number => peak * Math.max(1, bucketMs / windowMs) ** 0.5;
