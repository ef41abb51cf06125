import type { Change, Interval } from '../../domain/brand-metrics.ts';

/** Confidence intervals of 95 %. Posts are taken for independent draws; where one answers another they are less sure than they say. */

/** The 97.5th percentile of the standard normal distribution. */
const z = 1.959963984540054;
const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
const around = (middle: number, reach: number, least: number, most: number): Interval => ({
  low: within(middle - reach, least, most),
  high: within(middle + reach, least, most),
});

/** Of a share `part / whole`, from 0 to 1: the score interval of Wilson (1927). Null where the whole is 0. */
export function wilsonInterval(part: number, whole: number): Interval | null {
  if (whole === 0) return null;
  const share = part / whole;
  const stretch = 1 + z ** 2 / whole;
  const reach = (z / stretch) * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2));
  return around((share + z ** 2 / (2 * whole)) / stretch, reach, 0, 1);
}

/** Of a count, as the rate of a Poisson process: the score interval, n + z²/2 ± z·√(n + z²/4) (Garwood's, nearly, in closed form). */
export function poissonInterval(count: number): Interval {
  return around(count + z ** 2 / 2, z * Math.sqrt(count + z ** 2 / 4), 0, Number.POSITIVE_INFINITY);
}

/**
 * Of net sentiment, 100 · (P − N) / (P + N + U). It is a difference of matched proportions, so this is the adjusted
 * interval of Agresti and Min (2005): half a post is added to each of the four cells of the matched table, which are
 * P, N and two that share U. Null where nothing is scored.
 */
export function netSentimentInterval(positive: number, negative: number, neutral: number): Interval | null {
  const scored = positive + negative + neutral;
  if (scored === 0) return null;
  const whole = scored + 2;
  const difference = positive - negative;
  const variance = (positive + negative + 1 - difference ** 2 / whole) / whole ** 2;
  return around((100 * difference) / whole, 100 * z * Math.sqrt(variance), -100, 100);
}

/** Of a mean of values within ±`most`, from their sums: Student's interval. Null for fewer than two values. */
export function meanInterval({ count, sum, squares }: { count: number; sum: number; squares: number }, most = 1): Interval | null {
  if (count < 2) return null;
  const mean = sum / count;
  const variance = Math.max(0, (squares - count * mean ** 2) / (count - 1));
  return around(mean, studentQuantile(count - 1) * Math.sqrt(variance / count), -most, most);
}

/** Sums of the weights of scored posts, by label, and of all their squares. */
export interface Weights {
  readonly positive: number;
  readonly negative: number;
  readonly neutral: number;
  readonly squares: number;
}

/**
 * Of a weighted net sentiment: that of as many posts as would say as much if all weighed the same, (Σw)² / Σw²
 * (Kish 1965). It takes weights and labels for unrelated, so it is an approximation. Null where nothing is scored.
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
 * Of a difference of two independent figures, from their own intervals: the square-and-add method, for proportions
 * of Newcombe (1998, method 10), in general of Zou and Donner (2008).
 */
export function differenceInterval(now: Estimate, before: Estimate): Change {
  const difference = now.value - before.value;
  const low = difference - Math.hypot(now.value - now.low, before.high - before.value);
  const high = difference + Math.hypot(now.high - now.value, before.value - before.low);
  return { difference, low, high, significant: low > 0 || high < 0 };
}

/** The 97.5th percentile of Student's distribution: exact for 1 and 2 degrees of freedom, else Abramowitz and Stegun 26.7.5. */
function studentQuantile(freedom: number): number {
  if (freedom === 1) return Math.tan(0.475 * Math.PI);
  if (freedom === 2) return 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1_482 * z ** 5 - 1_920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((quantile, term, index) => quantile + term / freedom ** (index + 1), z);
}
