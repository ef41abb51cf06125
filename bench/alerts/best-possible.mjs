import { calmVariance } from './month.mjs';

/** With one wrong alert a week of 1,008 times ten minutes, one-sided. */
const onceAWeek = 3.09;
/** Of the posts, those that are scored. */
const read = 0.92;

/**
 * The share of incidents that the most powerful test finds (Neyman–Pearson, normal approximation) in a stretch in which
 * so many posts were expected and so many came, their net sentiment so many points off: one that knows when the incident
 * began and how large it is, and is wrong once a week.
 */
export function bestPossible({ expected, posts, points }) {
  const ofVolume = 2 * (Math.sqrt(posts) - Math.sqrt(expected));
  const ofMood = Math.sqrt((read * posts) / calmVariance) * (points / 100);
  return normalShare(Math.hypot(ofVolume, ofMood) - onceAWeek);
}

/** The normal distribution function (Abramowitz and Stegun 26.2.17; within 1e-7). */
function normalShare(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
