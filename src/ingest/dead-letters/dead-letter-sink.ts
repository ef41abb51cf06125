import type { Config } from '../../config/schema.ts';
import type { Position } from '../../domain/post.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { createDeadLetterLimit } from './dead-letter-limit.ts';
import type { DeadLetterReason } from './dead-letter-reason.ts';

/** A message that could not become a post, kept as it came. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  readonly position: Position;
  /** The message, unchanged; only its beginning when `truncatedFrom` says so. */
  readonly bytes: Buffer;
  readonly key?: Buffer;
  /** The feed's own time of the message, milliseconds since 1970. */
  readonly timestamp: number;
  /** When it was found to be no post, ISO 8601. */
  readonly at: string;
  /** The feedpulse that refused it: a later one may take it. */
  readonly version: string;
  /** Size in bytes of a message that was too large to be kept whole. */
  readonly truncatedFrom?: number;
}

/** Where dead letters go: a Kafka topic, or a file where there is no Kafka. */
export interface DeadLetterSink {
  /** Resolves when every letter is durable; only then may the offsets of these messages be committed. */
  put(letters: readonly DeadLetter[]): Promise<void>;
  /** Hears of every message, in the order of the feed, whether it became a post. */
  observe(isPost: boolean): void;
  close(): Promise<void>;
}

/**
 * Counts the letters of a sink, and stops a feed that does not look like posts any more: the `put` that holds
 * the letter too many still makes its letters durable, then rejects with TOO_MANY_DEAD_LETTERS.
 */
export function limited(sink: DeadLetterSink, limits: Config['deadLetters'], metrics: Pick<Metrics, 'deadLetters'>): DeadLetterSink {
  const limit = createDeadLetterLimit(limits);
  return {
    put: async (letters) => {
      await sink.put(letters);
      for (const { reason } of letters) {
        metrics.deadLetters.inc({ reason });
        if (reason === 'inference-failed' || reason === 'insert-rejected') limit.retract();
      }
      limit.check();
    },
    observe: (isPost) => limit.observe(isPost),
    close: () => sink.close(),
  };
}
