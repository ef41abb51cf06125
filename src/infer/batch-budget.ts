/** How many padded tokens a batch may have. It follows the speed of the machine. */
export interface BatchBudget {
  readonly maxTokens: number;
  /** Records how long a batch ran, in milliseconds. */
  observe(tokens: number, ms: number): void;
}

/**
 * A batch should not take longer: posts of the next micro-batch wait for it. Larger batches would gain nothing: from 192 tokens on,
 * a post costs the same within two percent.
 */
const targetMs = 40;
const limits = { min: 96, max: 512 };

/** Weight of the latest batch in the moving average of the speed. */
const smoothing = 0.1;

/** Starts with the maximum. Small batches are not representative, and are not observed. */
export function createBatchBudget(): BatchBudget {
  let tokensPerMs = limits.max / targetMs;
  return {
    get maxTokens() {
      return Math.min(limits.max, Math.max(limits.min, Math.floor(tokensPerMs * targetMs)));
    },
    observe: (tokens, ms) => {
      if (tokens >= limits.min && ms > 0) tokensPerMs += smoothing * (tokens / ms - tokensPerMs);
    },
  };
}
