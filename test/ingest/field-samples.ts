import type { DeadLetter, DeadLetterSink } from '../../src/ingest/dead-letters/dead-letter.ts';

export { defaultMapping } from '../../src/config/mapping.ts';

/** 2026-06-15, noon UTC. */
export const now = Date.UTC(2026, 5, 15, 12);

/** Keeps letters in memory, for tests that look at them. */
export function collectLetters(): DeadLetterSink & { readonly letters: DeadLetter[]; readonly observed: boolean[] } {
  const letters: DeadLetter[] = [];
  const observed: boolean[] = [];
  return {
    letters,
    observed,
    write: async (more) => void letters.push(...more),
    observe: (isPost) => void observed.push(isPost),
    close: async () => {},
  };
}
