import type { Change, Interval } from '../../domain/brand-metrics.ts';

/** 95% confidence intervals. They assume independent posts; replies and duplicates are correlated, so the true uncertainty is larger. */

/** The 97.5th percentile of the standard normal distribution. */
export const z95 = 1.959963984540054;
const z = z95;
const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const clampedInterval = (middle: number, halfWidth: number, min: number, max: number): Interval => ({
  low: clamp(middle - halfWidth, min, max),
  high: clamp(middle + halfWidth, min, max),
});

/** The score interval of Wilson (1927) for the share `part / whole`, a fraction. Null if the whole is 0. */
export function wilsonInterval(part: number, whole: number): Interval | null {
  if (whole === 0) return null;
  const share = part / whole;
  const scale = 1 + z ** 2 / whole;
  const halfWidth = (z / scale) * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2));
  return clampedInterval((share + z ** 2 / (2 * whole)) / scale, halfWidth, 0, 1);
}

/** The score interval of a Poisson count, n + z²/2 ± z·√(n + z²/4): close to Garwood's exact interval, in closed form. */
export function poissonInterval(count: number): Interval {
  return clampedInterval(count + z ** 2 / 2, z * Math.sqrt(count + z ** 2 / 4), 0, Number.POSITIVE_INFINITY);
}

/**
 * The interval of net sentiment, 100 · (P − N) / (P + N + U), in [−100, 100]. Net sentiment is a difference of matched
 * proportions, so this is the adjusted interval of Agresti and Min (2005), which adds half a post to each of the four
 * cells of the matched table: P, N, and two that share U. Null if no post is scored.
 */
export function netSentimentInterval(positive: number, negative: number, neutral: number): Interval | null {
  const scored = positive + negative + neutral;
  if (scored === 0) return null;
  const whole = scored + 2;
  const difference = positive - negative;
  const variance = (positive + negative + 1 - difference ** 2 / whole) / whole ** 2;
  return clampedInterval((100 * difference) / whole, 100 * z * Math.sqrt(variance), -100, 100);
}

/** Student's t interval of a mean of values in [−max, max], from their sums. Null for fewer than two values. */
export function meanInterval({ count, sum, squares }: { count: number; sum: number; squares: number }, max = 1): Interval | null {
  if (count < 2) return null;
  const mean = sum / count;
  const variance = Math.max(0, (squares - count * mean ** 2) / (count - 1));
  return clampedInterval(mean, studentQuantile(count - 1) * Math.sqrt(variance / count), -max, max);
}

/** Sums of the weights of scored posts by label, and the sum of all squared weights. */
export interface Weights {
  readonly positive: number;
  readonly negative: number;
  readonly neutral: number;
  readonly squares: number;
}

/**
 * The interval of weighted net sentiment: that of net sentiment for the effective sample size (Σw)² / Σw² (Kish 1965).
 * An approximation, because it assumes that weights and labels are independent. Null if no post is scored.
 */
export function weightedNetInterval({ positive, negative, neutral, squares }: Weights): Interval | null {
  const whole = positive + negative + neutral;
  if (whole === 0 || squares === 0) return null;
  const perWeight = whole / squares;
  return netSentimentInterval(positive * perWeight, negative * perWeight, neutral * perWeight);
}

interface Estimate extends Interval {
  readonly value: number;
}

/**
 * The interval of a difference of two independent estimates, from their intervals, by the square-and-add method: Newcombe
 * (1998, method 10) for proportions, Zou and Donner (2008) in general.
 */
export function differenceInterval(now: Estimate, before: Estimate): Change {
  const difference = now.value - before.value;
  const low = difference - Math.hypot(now.value - now.low, before.high - before.value);
  const high = difference + Math.hypot(now.high - now.value, before.value - before.low);
  return { difference, low, high, significant: low > 0 || high < 0 };
}

/** The 97.5th percentile of Student's t distribution: exact for 1 and 2 degrees of freedom, else Abramowitz and Stegun 26.7.5. */
export function studentQuantile(degreesOfFreedom: number): number {
  if (degreesOfFreedom === 1) return Math.tan(0.475 * Math.PI);
  if (degreesOfFreedom === 2) return 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1_482 * z ** 5 - 1_920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((quantile, term, index) => quantile + term / degreesOfFreedom ** (index + 1), z);
}
