import type { Config } from '../../config/schema.ts';
import type { Position, Rejection } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Metrics } from '../../lib/metrics.ts';

/** Why a message could not become a post: a stable code and its meaning. */
export const deadLetterReasons = {
  'not-json': 'The message is not JSON in valid UTF-8.',
  'not-an-object': 'The message is JSON, but not an object.',
  'unknown-schema': 'The registry does not know the schema of the message, a minute after the message was sent.',
  'unsupported-schema': 'The schema of the message is neither Avro nor JSON Schema, or cannot be read.',
  undecodable: 'The message does not match its schema.',
  'too-large': 'The message is larger than 256 KiB.',
  'too-deep': 'The message nests deeper than 32 levels.',
  'missing-platform': 'The message has no platform, and the mapping sets none.',
  'missing-id': 'The post has no id.',
  'bad-id': 'The platform or the id is longer than 256 characters, contains NUL or invalid Unicode, or is a number too large to be exact.',
  'missing-text': 'The post has no text, or only white space, and is not a deletion.',
  'wrong-type': 'The platform, the id, the text or the deletion flag has the wrong type.',
  'bad-date': 'A date is neither ISO 8601 nor seconds or milliseconds since 1970.',
  'too-old': 'A date is before the year 2000.',
  'in-the-future': 'A date is more than a day ahead of the clock.',
  'inference-failed': 'The model fails on this post, though not on others.',
  'insert-rejected': 'ClickHouse rejects the row of this post, though not those of others.',
} as const satisfies Record<Rejection, string> & Record<string, string>;

export type DeadLetterReason = keyof typeof deadLetterReasons;

/** A message that could not become a post, kept unchanged. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  readonly position: Position;
  /** The message, unchanged; only its beginning if `truncatedFrom` is set. */
  readonly bytes: Buffer;
  readonly key?: Buffer;
  /** The message's timestamp from its feed, in milliseconds since 1970. */
  readonly timestamp: number;
  /** When it was dead-lettered, ISO 8601. */
  readonly at: string;
  /** The version of feedpulse that could not parse it; a later one may. */
  readonly version: string;
  /** The full size in bytes, if the message was too large to be kept whole. */
  readonly truncatedFrom?: number;
}

/** Where dead letters are written: a Kafka topic, or a file if there is no Kafka. */
export interface DeadLetterSink {
  /** Resolves when every dead letter is durable; only then may the offsets of these messages be committed. */
  put(letters: readonly DeadLetter[]): Promise<void>;
  /** Called for every message, in the order of the feed. */
  observe(isPost: boolean): void;
  close(): Promise<void>;
}

/**
 * Counts the dead letters of a sink and stops a feed that holds too many. The `put` that passes a limit still writes
 * its dead letters, then rejects with TOO_MANY_DEAD_LETTERS.
 */
export function limited(sink: DeadLetterSink, limits: Config['deadLetters'], metrics: Pick<Metrics, 'deadLetters'>): DeadLetterSink {
  const limit = createDeadLetterLimit(limits);
  return {
    put: async (letters) => {
      await sink.put(letters);
      for (const { reason } of letters) {
        metrics.deadLetters.inc({ reason });
        if (reason === 'inference-failed' || reason === 'insert-rejected') limit.reclassify();
      }
      limit.check();
    },
    observe: (isPost) => limit.observe(isPost),
    close: () => sink.close(),
  };
}

/** Messages over which the ratio of dead letters is taken, once that many have been seen. */
const windowSize = 10_000;

/** Follows the messages of a feed and detects when too many of them are dead letters. Pure apart from its own state. */
export interface DeadLetterLimit {
  observe(isPost: boolean): void;
  /** A message observed as a post was rejected later. It counts in the ratio, not in the run, since its place is unknown. */
  reclassify(): void;
  /** Throws TOO_MANY_DEAD_LETTERS once a limit has been exceeded. */
  check(): void;
}

export function createDeadLetterLimit({ maxConsecutive, maxRatio }: Config['deadLetters']): DeadLetterLimit {
  /** The last messages as a ring buffer, 1 for a dead letter. */
  const ring = new Uint8Array(windowSize);
  /** Messages seen in all. */
  let seen = 0;
  /** Dead letters in the ring. */
  let dead = 0;
  /** Dead letters since the last post. */
  let consecutive = 0;
  /** The first limit that was exceeded, in words. */
  let exceeded: string | undefined;
  const checkRatio = (): void => {
    if (seen >= windowSize && dead > maxRatio * windowSize)
      exceeded ??= `${dead} of the last ${windowSize} messages were dead letters (deadLetters.maxRatio is ${maxRatio})`;
  };
  return {
    observe: (isPost) => {
      const slot = seen % windowSize;
      dead += (isPost ? 0 : 1) - (ring[slot] ?? 0);
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
        dead += 1;
        break;
      }
      checkRatio();
    },
    check: () => {
      if (exceeded) throw new FeedpulseError('TOO_MANY_DEAD_LETTERS', `Pipeline stopped: ${exceeded}.`);
    },
  };
}
