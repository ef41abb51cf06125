export type Probabilities = readonly [negative: number, neutral: number, positive: number];

/**
 * Probabilities of the row of three logits at `at`, in the order negative, neutral, positive: softmax(z / T)
 * with the temperature T fitted on validation posts (temperature scaling, Guo et al. 2017, "On Calibration of
 * Modern Neural Networks"). T > 1 makes the model less sure of itself; the order of the classes never changes.
 */
export function calibrate(logits: ArrayLike<number>, at: number, temperature: number): Probabilities {
  const scaled = (offset: number): number => (logits[at + offset] ?? Number.NaN) / temperature;
  const [a, b, c] = [scaled(0), scaled(1), scaled(2)];
  // Softmax is the same after a shift; with the highest at 0 nothing overflows.
  const highest = Math.max(a, b, c);
  const [x, y, z] = [Math.exp(a - highest), Math.exp(b - highest), Math.exp(c - highest)];
  const total = x + y + z;
  return [x / total, y / total, z / total];
}
