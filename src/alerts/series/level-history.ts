import type { Sample } from './sample.ts';

/** Remembers when each level was last reached. */
export interface LevelHistory {
  /** When a value of at least `level` was last seen (ms since 1970); undefined when never. */
  lastReached(level: number): number | undefined;
  push(sample: Sample): void;
}

/**
 * Only samples that no later one has topped can answer a question, and those fall in value from the oldest to the
 * newest: a stack, searched by halves. A push costs constant time on average, a question the logarithm of the length.
 */
export function createLevelHistory(): LevelHistory {
  const untopped: Sample[] = [];
  return {
    lastReached: (level) => {
      let low = 0;
      let high = untopped.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((untopped[middle]?.value ?? 0) >= level) low = middle + 1;
        else high = middle;
      }
      return untopped[low - 1]?.time;
    },
    push: (sample) => {
      for (let last = untopped.at(-1); last && last.value <= sample.value; last = untopped.at(-1)) untopped.pop();
      untopped.push(sample);
    },
  };
}
