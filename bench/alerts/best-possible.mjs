import { calmVariance } from './month.mjs';

/** One-sided critical value for one false alert a week, which has 1,008 periods of ten minutes. */
const criticalZ = 3.09;
/** Share of the posts that are scored. */
const scoredShare = 0.92;

/**
 * The power of the most powerful test (Neyman–Pearson, normal approximation) at one false alert a week. The test knows
 * the start and the size of the incident, so no detector can be better.
 * @param expected, posts expected and observed posts in the period
 * @param points change of net sentiment in points
 * @returns the probability of detection, 0 to 1
 */
export function bestPossible({ expected, posts, points }) {
  const volumeZ = 2 * (Math.sqrt(posts) - Math.sqrt(expected));
  const sentimentZ = Math.sqrt((scoredShare * posts) / calmVariance) * (points / 100);
  return normalCdf(Math.hypot(volumeZ, sentimentZ) - criticalZ);
}

/** The standard normal distribution function (Abramowitz and Stegun 26.2.17; within 1e-7). */
function normalCdf(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
