import type { Label } from '../../domain/post.ts';

export type Probabilities = readonly [negative: number, neutral: number, positive: number];

export interface Calibration {
  /** What each logit of a row stands for. */
  readonly labels: readonly Label[];
  readonly temperature: number;
}

/**
 * Probabilities of the row of logits at `at`, one logit a label: softmax(z / T) with the temperature T fitted on
 * validation posts (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks"). T > 1 makes
 * the model less sure of itself; the order of the classes never changes. A label that the model does not know has
 * the probability 0.
 */
export function calibrate(logits: ArrayLike<number>, at: number, { labels, temperature }: Calibration): Probabilities {
  const scaled = labels.map((_, offset) => (logits[at + offset] ?? Number.NaN) / temperature);
  // Softmax is the same after a shift; with the highest at 0 nothing overflows.
  const highest = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const of = (label: Label): number => (powers[labels.indexOf(label)] ?? 0) / total;
  return [of('negative'), of('neutral'), of('positive')];
}
