export type Probabilities = readonly [negative: number, neutral: number, positive: number];

/**
 * Probabilities of one row of logits, in the order negative, neutral, positive: softmax(z / T) with the
 * temperature T fitted on validation posts (temperature scaling, Guo et al. 2017, "On Calibration of Modern
 * Neural Networks"). T > 1 makes the model less sure of itself; the order of the classes never changes.
 */
export function calibrate(logits: ArrayLike<number>, at: number, temperature: number): Probabilities {
  const [a, b, c] = [0, 1, 2].map((offset) => (logits[at + offset] ?? Number.NaN) / temperature) as [number, number, number];
  const highest = Math.max(a, b, c);
  const [x, y, z] = [Math.exp(a - highest), Math.exp(b - highest), Math.exp(c - highest)];
  const total = x + y + z;
  return [x / total, y / total, z / total];
}
