import type { Config } from '../../config/schema.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { DeadLetterSink } from './dead-letter.ts';

/**
 * Counts the dead letters of a source and stops it when there are too many. The `write` that exceeds a limit still writes
 * its dead letters, then rejects with TOO_MANY_DEAD_LETTERS.
 */
export function withDeadLetterLimits(
  sink: DeadLetterSink,
  { limits, source, metrics }: { limits: Config['deadLetters']; source: string; metrics: Pick<Metrics, 'deadLetters'> },
): DeadLetterSink {
  const limit = createDeadLetterLimit(limits);
  return {
    write: async (deadLetters) => {
      await sink.write(deadLetters);
      for (const { reason } of deadLetters) {
        metrics.deadLetters.inc({ source, reason });
        if (reason === 'inference-failed' || reason === 'insert-rejected') limit.reclassify();
      }
      limit.check();
    },
    observe: (isPost) => limit.observe(isPost),
    close: () => sink.close(),
  };
}

/** Window of `maxRatio`, in messages; the ratio is checked once that many have been seen. */
const windowSize = 10_000;

/** Detects when too many messages are dead letters. */
export interface DeadLetterLimit {
  observe(isPost: boolean): void;
  /** A message observed as a post was rejected later. It counts towards `maxRatio` but not `maxConsecutive`, because its position is unknown. */
  reclassify(): void;
  /** Throws TOO_MANY_DEAD_LETTERS once a limit has been exceeded. */
  check(): void;
}

export function createDeadLetterLimit({ maxConsecutive, maxRatio }: Config['deadLetters']): DeadLetterLimit {
  /** The last messages as a ring buffer, 1 for a dead letter. */
  const ring = new Uint8Array(windowSize);
  /** Messages seen so far. */
  let seen = 0;
  /** Dead letters in the ring. */
  let deadLetters = 0;
  /** Dead letters since the last post. */
  let consecutive = 0;
  /** Description of the first exceeded limit. */
  let exceeded: string | undefined;
  const checkRatio = (): void => {
    if (seen >= windowSize && deadLetters > maxRatio * windowSize)
      exceeded ??= `${deadLetters} of the last ${windowSize} messages were dead letters (deadLetters.maxRatio is ${maxRatio})`;
  };
  return {
    observe: (isPost) => {
      const slot = seen % windowSize;
      deadLetters += (isPost ? 0 : 1) - (ring[slot] ?? 0);
      ring[slot] = isPost ? 0 : 1;
      seen += 1;
      consecutive = isPost ? 0 : consecutive + 1;
      if (consecutive > maxConsecutive)
        exceeded ??= `${consecutive} consecutive messages were dead letters (deadLetters.maxConsecutive is ${maxConsecutive})`;
      checkRatio();
    },
    reclassify: () => {
      for (let back = 1; back <= Math.min(seen, windowSize); back += 1) {
        const slot = (seen - back) % windowSize;
        if (ring[slot] === 1) continue;
        ring[slot] = 1;
        deadLetters += 1;
        break;
      }
      checkRatio();
    },
    check: () => {
      if (exceeded) throw new FeedpulseError('TOO_MANY_DEAD_LETTERS', `The source stopped: ${exceeded}.`);
    },
  };
}
