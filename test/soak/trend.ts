/** A straight line through samples: its slope, and the interval in which the slope lies with 95 % confidence. */
export interface Trend {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** Pairs grow with the square of the samples; so many samples are enough. */
const mostSamples = 300;
/** 97.5 % of the standard normal distribution lies below it. */
const z = 1.959964;

/**
 * Theil and Sen's slope: the median of the slopes between all pairs, which a few odd samples do not move; with
 * Sen's interval from Kendall's variance without ties (P. K. Sen, J. Am. Stat. Assoc. 63, 1968). Samples are
 * thinned out evenly to 300, in units of y per unit of x; undefined of fewer than ten.
 */
export function theilSen(samples: readonly (readonly [x: number, y: number])[]): Trend | undefined {
  if (samples.length < 10) return undefined;
  const step = Math.max(1, samples.length / mostSamples);
  const kept = Array.from({ length: Math.floor(samples.length / step) }, (_, index) => samples[Math.floor(index * step)] ?? [0, 0]);
  const slopes: number[] = [];
  for (const [later, [x, y]] of kept.entries())
    for (const [earlierX, earlierY] of kept.slice(0, later)) if (x > earlierX) slopes.push((y - earlierY) / (x - earlierX));
  slopes.sort((a, b) => a - b);
  const n = kept.length;
  const reach = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN;
  return { slope: at((slopes.length - 1) / 2), low: at((slopes.length - reach) / 2), high: at((slopes.length + reach) / 2) };
}
