import { type Label, labels } from '../../domain/post.ts';
import { createRandom } from '../../lib/random.ts';

/** Counts of posts that only one of two models labels correctly. */
export interface DiscordantCounts {
  readonly onlyA: number;
  readonly onlyB: number;
}

/**
 * McNemar's test for equal accuracy of two models on the same posts: two-sided p-values from the binomial distribution of
 * the discordant posts with p = ½. `midP` counts half of the probability of the observed outcome. Prefer it, because the
 * exact test is conservative: Fagerland, Lydersen and Laake 2013, "The McNemar test for binary
 * matched-pairs data: mid-p and asymptotic are better than exact conditional".
 */
export function mcnemar({ onlyA, onlyB }: DiscordantCounts): { readonly exact: number; readonly midP: number } {
  const pairs = onlyA + onlyB;
  if (pairs === 0) return { exact: 1, midP: 1 };
  const smaller = Math.min(onlyA, onlyB);
  // In logarithms, because ½ to the power of a few thousand underflows to 0.
  let logProbability = -pairs * Math.LN2;
  let cumulative = Math.exp(logProbability);
  for (let count = 1; count <= smaller; count += 1) {
    logProbability += Math.log((pairs - count + 1) / count);
    cumulative += Math.exp(logProbability);
  }
  const probability = Math.exp(logProbability);
  const exact = Math.min(1, 2 * cumulative);
  return { exact, midP: onlyA === onlyB ? 1 - probability / 2 : exact - probability };
}

/** The true label of a post, and which of two models predict it. */
export interface PairedOutcome {
  readonly truth: Label;
  readonly isCorrectA: boolean;
  readonly isCorrectB: boolean;
}

export interface Difference {
  /** B − A; a fraction, like the bounds. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly resamples: number;
  readonly seed: number;
  /** True if the sample is too small for a reliable interval: the bootstrap underestimates the variance of small samples. */
  readonly isSampleTooSmall: boolean;
}

const resamples = 5_000;
const seed = 17;

/** Minimum posts of each class that occurs, and of discordant posts; with fewer, a bootstrap interval is too narrow. */
const minPosts = { perClass: 30, discordant: 10 };

/**
 * Difference of the macro recall of B and A, with a 95% interval from a paired percentile bootstrap: posts are resampled with
 * replacement together with both predictions, and the interval covers the middle 95% of the differences (Efron and
 * Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; Koehn 2004 for two models on the same texts).
 */
export function macroRecallDifference(posts: readonly PairedOutcome[]): Difference {
  const random = createRandom(seed);
  const kinds = Uint8Array.from(posts, toKind);
  const resampled = Array.from({ length: resamples }, () => {
    const counts = new Uint32Array(labels.length * 4);
    for (let draw = 0; draw < kinds.length; draw += 1) increment(counts, kinds[Math.floor(random() * kinds.length)]);
    return computeDifference(counts);
  }).sort((a, b) => a - b);
  const observed = new Uint32Array(labels.length * 4);
  for (const kind of kinds) increment(observed, kind);
  const tail = Math.floor(0.025 * resamples);
  return {
    difference: computeDifference(observed),
    low: resampled.at(tail) ?? 0,
    high: resampled.at(-1 - tail) ?? 0,
    resamples,
    seed,
    isSampleTooSmall: isTooSmall(posts),
  };
}

/** Macro recall depends only on the counts of twelve kinds of posts: label × A correct × B correct. */
function toKind({ truth, isCorrectA, isCorrectB }: PairedOutcome): number {
  return labels.indexOf(truth) * 4 + (isCorrectA ? 2 : 0) + (isCorrectB ? 1 : 0);
}

function increment(counts: Uint32Array, kind = 0): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

function isTooSmall(posts: readonly PairedOutcome[]): boolean {
  const discordant = posts.filter(({ isCorrectA, isCorrectB }) => isCorrectA !== isCorrectB).length;
  const sizes = labels.map((label) => posts.filter(({ truth }) => truth === label).length);
  return discordant < minPosts.discordant || sizes.some((size) => size > 0 && size < minPosts.perClass);
}

/** A class without posts counts as a difference of 0, as in the report. */
function computeDifference(counts: Uint32Array): number {
  const differences = labels.map((_, index) => {
    const [neither = 0, onlyB = 0, onlyA = 0, both = 0] = counts.subarray(index * 4, index * 4 + 4);
    const support = neither + onlyB + onlyA + both;
    return support === 0 ? 0 : (onlyB - onlyA) / support;
  });
  return differences.reduce((sum, difference) => sum + difference, 0) / labels.length;
}
