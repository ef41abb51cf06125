import { createAckableBatch, type Emit } from '../../domain/ackable-batch.ts';
import type { Position, Post, SourceRecord } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { version } from '../../lib/version.ts';
import type { DeadLetter, DeadLetterReason, DeadLetterSink } from '../dead-letters/dead-letter.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import { type CompiledMapping, type ParsedPost, parsePost } from '../mapping/parse-post.ts';

/** A message as its source delivers it. */
export interface RawMessage {
  readonly bytes: Buffer;
  readonly key?: Buffer;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly position: Position;
  /** Size in bytes where `bytes` holds only the beginning. */
  readonly truncatedFrom?: number;
}

export interface ChunkDeps {
  readonly mapping: CompiledMapping;
  /** Used instead of `parsePost` if messages may be Avro. */
  readonly parse?: ParseMessage;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Pick<Clock, 'now'>;
  readonly emit: Emit<SourceRecord>;
}

/** Messages of a chunk: enough to fill a micro-batch, few enough that a redelivery is cheap. */
export const chunkSize = 256;

/**
 * Emits the posts among the messages as one batch and sends the other messages to the dead letters. Resolves once the
 * posts and the dead letters are durable; rejects if either cannot become durable.
 */
export async function processChunk(
  messages: readonly RawMessage[],
  { mapping, parse, deadLetters, clock, emit }: ChunkDeps,
): Promise<void> {
  const now = clock.now();
  const items: SourceRecord[] = [];
  const rejected: DeadLetter[] = [];
  const parseMessage = parse ?? ((bytes, timestamp) => parsePost(bytes, mapping, timestamp, now));
  const outcomes = messages.map(({ bytes, timestamp, truncatedFrom }) =>
    truncatedFrom === undefined ? parseMessage(bytes, timestamp, now) : ({ reason: 'too-large' } as const),
  );
  // Awaited only if an outcome is pending, so that chunks stay in order. Otherwise none of them is a promise.
  const parsedPosts = outcomes.some((outcome) => outcome instanceof Promise) ? await Promise.all(outcomes) : (outcomes as ParsedPost[]);
  for (const [index, message] of messages.entries()) {
    const parsed = parsedPosts[index] as ParsedPost; // one outcome per message
    if ('post' in parsed) items.push(toRecord(parsed.post, message, { deadLetters, clock }));
    else rejected.push(toDeadLetter(message, parsed.reason, now));
    deadLetters.observe('post' in parsed);
  }
  const durable: Promise<void>[] = [];
  if (rejected.length > 0) durable.push(deadLetters.write(rejected));
  if (items.length > 0) {
    const { batch, acked } = createAckableBatch(items);
    durable.push(acked);
    emit(batch);
  }
  await Promise.all(durable);
}

/** Wraps a post so that its original message can still be dead-lettered. */
export function toRecord(post: Post, message: RawMessage, { deadLetters, clock }: Pick<ChunkDeps, 'deadLetters' | 'clock'>): SourceRecord {
  return {
    post,
    position: message.position,
    rejectToDeadLetters: (reason) => deadLetters.write([toDeadLetter(message, reason, clock.now())]),
  };
}

function toDeadLetter(message: RawMessage, reason: DeadLetterReason, now: number): DeadLetter {
  return { ...message, reason, at: new Date(now).toISOString(), version };
}
