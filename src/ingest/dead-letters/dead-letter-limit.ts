import type { Config } from '../../config/schema.ts';
import { FeedpulseError } from '../../lib/errors.ts';

/** The share of dead letters is taken over so many messages, once so many have been seen. */
const watched = 10_000;

/** Follows a feed's messages and tells when too many of them are no posts. Pure but for its own memory. */
export interface DeadLetterLimit {
  observe(isPost: boolean): void;
  /** One of the posts observed was refused later: it counts in the share, and in no row, since its place is not known. */
  retract(): void;
  /** Throws TOO_MANY_DEAD_LETTERS once a limit was passed, and from then on. */
  check(): void;
}

export function createDeadLetterLimit({ maxConsecutive, maxRatio }: Config['deadLetters']): DeadLetterLimit {
  /** The last messages as a ring, 1 for a dead letter. */
  const ring = new Uint8Array(watched);
  /** Messages seen in all. */
  let seen = 0;
  /** Dead letters in the ring. */
  let dead = 0;
  /** Dead letters since the last post. */
  let inARow = 0;
  /** What was passed, in words. */
  let passed: string | undefined;
  return {
    observe: (isPost) => {
      const slot = seen % watched;
      dead += (isPost ? 0 : 1) - (ring[slot] ?? 0);
      ring[slot] = isPost ? 0 : 1;
      seen += 1;
      inARow = isPost ? 0 : inARow + 1;
      if (inARow > maxConsecutive) passed ??= `${inARow} messages in a row were no posts`;
      if (seen >= watched && dead > maxRatio * watched) passed ??= `${dead} of the last ${watched} messages were no posts`;
    },
    retract: () => {
      for (let back = 1; back <= Math.min(seen, watched); back += 1) {
        const slot = (seen - back) % watched;
        if (ring[slot] === 1) continue;
        ring[slot] = 1;
        dead += 1;
        break;
      }
      if (seen >= watched && dead > maxRatio * watched) passed ??= `${dead} of the last ${watched} messages were no posts, or refused`;
    },
    check: () => {
      if (passed) throw new FeedpulseError('TOO_MANY_DEAD_LETTERS', `The feed was stopped: ${passed}.`);
    },
  };
}
