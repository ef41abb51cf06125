import { type Emit, openAckableBatch } from '../../domain/ackable-batch.ts';
import type { Position, Post, SourceRecord } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { version } from '../../lib/version.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter-reason.ts';
import type { DeadLetter, DeadLetterSink } from '../dead-letters/dead-letter-sink.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import { type CompiledMapping, type ParsedPost, parsePost } from '../mapping/parse-post.ts';

/** A message as a feed delivers it. */
export interface RawMessage {
  readonly bytes: Buffer;
  readonly key?: Buffer;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly position: Position;
  /** Size in bytes where `bytes` holds only the beginning. */
  readonly truncatedFrom?: number;
}

export interface SliceParts {
  readonly mapping: CompiledMapping;
  /** How messages are read where they are not all JSON. */
  readonly parse?: ParseMessage;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Pick<Clock, 'now'>;
  readonly offer: Emit<SourceRecord>;
}

/** Messages of a slice: enough to fill a micro-batch, few enough that a re-delivery costs little. */
export const sliceSize = 256;

/**
 * Offers the posts among the messages as one envelope and puts the others to the dead letters. Resolves when
 * the posts are durable and the letters acknowledged; rejects when either never will be.
 */
export async function processChunk(
  messages: readonly RawMessage[],
  { mapping, parse, deadLetters, clock, offer }: SliceParts,
): Promise<void> {
  const now = clock.now();
  const items: SourceRecord[] = [];
  const letters: DeadLetter[] = [];
  const read = parse ?? ((bytes, timestamp) => parsePost(bytes, mapping, timestamp, now));
  const outcomes = messages.map(({ bytes, timestamp, truncatedFrom }) =>
    truncatedFrom === undefined ? read(bytes, timestamp, now) : ({ reason: 'too-large' } as const),
  );
  // Awaited only where something is to be waited for, so that slices stay in order.
  const known = outcomes.some((outcome) => outcome instanceof Promise) ? await Promise.all(outcomes) : (outcomes as ParsedPost[]);
  for (const [index, message] of messages.entries()) {
    // One outcome a message.
    const parsed = known[index] as ParsedPost;
    if ('post' in parsed) items.push(toRecord(parsed.post, message, { deadLetters, clock }));
    else letters.push(letterOf(message, parsed.reason, now));
    deadLetters.observe('post' in parsed);
  }
  const waits: Promise<void>[] = [];
  if (letters.length > 0) waits.push(deadLetters.put(letters));
  if (items.length > 0) {
    const { envelope, settled } = openAckableBatch(items);
    waits.push(settled);
    offer(envelope);
  }
  await Promise.all(waits);
}

/** A post of a feed, which goes to the dead letters as the message it came in. */
export function toRecord(post: Post, message: RawMessage, { deadLetters, clock }: Pick<SliceParts, 'deadLetters' | 'clock'>): SourceRecord {
  return { post, position: message.position, rejectToDeadLetters: (reason) => deadLetters.put([letterOf(message, reason, clock.now())]) };
}

function letterOf(message: RawMessage, reason: DeadLetterReason, now: number): DeadLetter {
  return { ...message, reason, at: new Date(now).toISOString(), version };
}
