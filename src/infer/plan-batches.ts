export interface BatchLimits {
  /** Padded tokens per batch: rows × longest row. A single longer row gets a batch of its own. */
  readonly maxTokens: number;
  readonly maxRows: number;
}

/** What a batch costs besides its padded tokens, in tokens: measured with 2 to 64 rows of 24 tokens. */
const batchOverhead = 15;

/**
 * Splits texts into batches so that padded tokens and overhead together are minimal. Once texts are sorted by length, each
 * batch is a run of neighbors, so the best split of the remaining texts is found from the shortest to the longest (dynamic
 * programming; time is texts × maxRows). Longest first, so that the short batches at the end even out the load of the workers.
 * @param lengths token count per text
 * @returns the indices of the texts of each batch, longest text first
 */
export function planBatches(lengths: readonly number[], { maxTokens, maxRows }: BatchLimits): number[][] {
  const order = [...lengths.keys()].sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  /** Cost of the best split of the texts from `first` on, and the size of its first batch. */
  const costs = new Float64Array(order.length + 1);
  const sizes = new Uint32Array(order.length);
  for (let first = order.length - 1; first >= 0; first -= 1) {
    const longest = lengths[order[first] ?? 0] ?? 0;
    const fitting = Math.max(1, Math.floor(maxTokens / longest));
    const maxSize = Math.min(maxRows, fitting, order.length - first);
    costs[first] = Number.POSITIVE_INFINITY;
    for (let size = 1; size <= maxSize; size += 1) {
      const cost = size * longest + batchOverhead + (costs[first + size] ?? 0);
      if (cost > (costs[first] ?? 0)) continue; // of equal splits, the one with the larger batch
      costs[first] = cost;
      sizes[first] = size;
    }
  }
  const batches: number[][] = [];
  for (let first = 0; first < order.length; first += sizes[first] ?? 1) batches.push(order.slice(first, first + (sizes[first] ?? 1)));
  return batches;
}
