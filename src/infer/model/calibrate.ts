import type { Label } from '../../domain/post.ts';

export type Probabilities = readonly [negative: number, neutral: number, positive: number];

export interface Calibration {
  /** The label of each logit of a row. */
  readonly labels: readonly Label[];
  readonly temperature: number;
}

/**
 * Calibrated probabilities of one row of logits, which starts at `offset`: softmax(z / T) with the temperature T fitted on
 * validation posts (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks"). T > 1 lowers
 * the confidence and keeps the order of the classes. A label that the model does not have gets probability 0.
 */
export function calibrate(logits: ArrayLike<number>, offset: number, { labels, temperature }: Calibration): Probabilities {
  const scaled = labels.map((_, index) => (logits[offset + index] ?? Number.NaN) / temperature);
  // Subtracting the maximum leaves the softmax unchanged and prevents overflow.
  const max = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - max));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const toProbability = (label: Label): number => (powers[labels.indexOf(label)] ?? 0) / total;
  return [toProbability('negative'), toProbability('neutral'), toProbability('positive')];
}
