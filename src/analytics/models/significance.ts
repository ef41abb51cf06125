import { type Label, labels } from '../../domain/post.ts';
import { createRandom } from '../../lib/random.ts';

/** Posts on which two models differ in being right. */
export interface Discordant {
  readonly onlyA: number;
  readonly onlyB: number;
}

/**
 * McNemar's test of whether two models are right equally often on the same posts: two-sided p-values from the binomial
 * distribution of the discordant posts with p = ½. `midP` counts half of the probability of what was seen, and is the
 * one to go by: the exact one is too careful. Fagerland, Lydersen and Laake 2013, "The McNemar test for binary
 * matched-pairs data: mid-p and asymptotic are better than exact conditional".
 */
export function mcnemar({ onlyA, onlyB }: Discordant): { readonly exact: number; readonly midP: number } {
  const pairs = onlyA + onlyB;
  if (pairs === 0) return { exact: 1, midP: 1 };
  const fewer = Math.min(onlyA, onlyB);
  // In logarithms, since ½ to the power of a few thousand is 0.
  let logPoint = -pairs * Math.LN2;
  let upToFewer = Math.exp(logPoint);
  for (let count = 1; count <= fewer; count += 1) {
    logPoint += Math.log((pairs - count + 1) / count);
    upToFewer += Math.exp(logPoint);
  }
  const point = Math.exp(logPoint);
  const exact = Math.min(1, 2 * upToFewer);
  return { exact, midP: onlyA === onlyB ? 1 - point / 2 : exact - point };
}

/** A post's true label, and which of two models say it. */
export interface Paired {
  readonly truth: Label;
  readonly rightA: boolean;
  readonly rightB: boolean;
}

export interface Difference {
  /** Of B less A; a fraction, as the bounds are. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly resamples: number;
  readonly seed: number;
  /** The interval is not to be gone by: what a few posts have in common, every draw of them has. */
  readonly tooFew: boolean;
}

const resamples = 5_000;
const seed = 17;

/** Of each class that occurs, and of posts on which one model alone is right; below that an interval from draws is too narrow. */
const fewest = { ofClass: 30, discordant: 10 };

/**
 * How much more macro recall B has than A, with a 95 % interval: posts are drawn with replacement, each with what both
 * models say of it, and the interval holds the middle 95 % of the differences (paired percentile bootstrap: Efron and
 * Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; Koehn 2004 for two models on the same texts).
 */
export function macroRecallDifference(posts: readonly Paired[]): Difference {
  const random = createRandom(seed);
  const kinds = Uint8Array.from(posts, kindOf);
  const drawn = Array.from({ length: resamples }, () => {
    const counts = new Uint32Array(labels.length * 4);
    for (let draw = 0; draw < kinds.length; draw += 1) count(counts, kinds[Math.floor(random() * kinds.length)]);
    return differenceOf(counts);
  }).sort((one, other) => one - other);
  const seen = new Uint32Array(labels.length * 4);
  for (const kind of kinds) count(seen, kind);
  const tail = Math.floor(0.025 * resamples);
  return {
    difference: differenceOf(seen),
    low: drawn.at(tail) ?? 0,
    high: drawn.at(-1 - tail) ?? 0,
    resamples,
    seed,
    tooFew: areTooFew(posts),
  };
}

/** Macro recall depends on how many posts there are of each of twelve kinds: label, A right, B right. */
function kindOf({ truth, rightA, rightB }: Paired): number {
  return labels.indexOf(truth) * 4 + (rightA ? 2 : 0) + (rightB ? 1 : 0);
}

function count(counts: Uint32Array, kind = 0): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

function areTooFew(posts: readonly Paired[]): boolean {
  const discordant = posts.filter(({ rightA, rightB }) => rightA !== rightB).length;
  const sizes = labels.map((label) => posts.filter(({ truth }) => truth === label).length);
  return discordant < fewest.discordant || sizes.some((size) => size > 0 && size < fewest.ofClass);
}

/** A class without posts counts as nothing, as in the report. */
function differenceOf(counts: Uint32Array): number {
  const differences = labels.map((_, index) => {
    const [neither = 0, onlyB = 0, onlyA = 0, both = 0] = counts.subarray(index * 4, index * 4 + 4);
    const support = neither + onlyB + onlyA + both;
    return support === 0 ? 0 : (onlyB - onlyA) / support;
  });
  return differences.reduce((sum, difference) => sum + difference, 0) / labels.length;
}
