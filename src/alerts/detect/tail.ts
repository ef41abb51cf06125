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
 * @param tail mean excess, see `estimateTail`
 * @param windowsPerHour windows of this length in an hour
 */
export function rarity(deviation: number, tail: number, windowsPerHour: number): number {
  const decades =
    deviation > tailDeviation
      ? -Math.log10(tailShare) + (deviation - tailDeviation) / (tail * Math.LN10)
      : Math.max(0, deviation) / tailDeviation;
  return decades - Math.log10(windowsPerHour);
}
