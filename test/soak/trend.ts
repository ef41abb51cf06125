/** A straight line through samples: its slope and its 95% confidence interval. */
export interface Trend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** Pairs grow quadratically. */
const maxSamples = 300;
/** 97.5th percentile of the standard normal distribution. */
const z = 1.959964;

/**
 * Theil–Sen slope: the median of the slopes between all pairs, which is robust to outliers; with Sen's interval from
 * Kendall's variance without ties (P. K. Sen, J. Am. Stat. Assoc. 63, 1968). Samples are evenly downsampled to 300. In units
 * of y per unit of x; undefined for fewer than ten samples.
 */
export function theilSen(samples: readonly (readonly [x: number, y: number])[]): Trend | undefined {
  if (samples.length < 10) return undefined;
  const step = Math.max(1, samples.length / maxSamples);
  const sampled = Array.from({ length: Math.floor(samples.length / step) }, (_, index) => samples[Math.floor(index * step)] ?? [0, 0]);
  const slopes: number[] = [];
  for (const [later, [x, y]] of sampled.entries())
    for (const [earlierX, earlierY] of sampled.slice(0, later)) if (x > earlierX) slopes.push((y - earlierY) / (x - earlierX));
  slopes.sort((a, b) => a - b);
  const n = sampled.length;
  const halfWidth = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN;
  return { slope: at((slopes.length - 1) / 2), low: at((slopes.length - halfWidth) / 2), high: at((slopes.length + halfWidth) / 2) };
}
