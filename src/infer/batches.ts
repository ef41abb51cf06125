export interface BatchLimits {
  /** Padded tokens a batch may hold: rows · longest row. A single row may exceed it. */
  readonly tokens: number;
  readonly rows: number;
}

/**
 * Splits texts into batches of similar length, so that little padding is computed: longest first, as many
 * rows as fit. Takes the token count of each text; answers with the indices of each batch. Longest first
 * also evens out the work: the short batches come last and fill the gaps.
 */
export function planBatches(lengths: readonly number[], limits: BatchLimits): number[][] {
  const order = lengths.map((length, index) => ({ length, index })).sort((a, b) => b.length - a.length);
  const batches: number[][] = [];
  let current: number[] = [];
  let longest = 0;
  for (const { length, index } of order) {
    const full = current.length >= limits.rows || (current.length + 1) * longest > limits.tokens;
    if (current.length === 0 || full) {
      current = [];
      longest = length;
      batches.push(current);
    }
    current.push(index);
  }
  return batches;
}
