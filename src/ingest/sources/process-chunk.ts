import { createAckableBatch, type Emit } from '../../domain/ackable-batch.ts';
import type { Position, Post, SourceRecord } from '../../domain/post.ts';
import type { Clock } from '../../lib/clock.ts';
import { version } from '../../lib/version.ts';
import type { DeadLetter, DeadLetterReason, DeadLetterSink } from '../dead-letters/dead-letter.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import { type CompiledMapping, type MessageContent, type ParsedMessage, parseMessage, type SkipReason } from '../mapping/parse-message.ts';
import type { RawHeader } from '../message-headers.ts';

/** A message as its source delivers it. */
export interface RawMessage extends MessageContent {
  readonly bytes: Buffer;
  readonly position: Position;
  /** As the producer set them, for the dead letters; `headers` holds what a mapping reads. */
  readonly rawHeaders?: readonly RawHeader[];
  /** Size in bytes where `bytes` holds only the beginning. */
  readonly truncatedFrom?: number;
}

/** Called for each message that is neither a post nor a dead letter. */
export type OnSkip = (reason: SkipReason) => void;

export interface ChunkDeps {
  readonly mapping: CompiledMapping;
  /** Used instead of `parseMessage` if messages may be Avro. */
  readonly parse?: ParseMessage;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Pick<Clock, 'now'>;
  readonly onSkip?: OnSkip;
  readonly emit: Emit<SourceRecord>;
}

const tooLarge: ParsedMessage = { posts: [], rejected: 'too-large' };

/** Messages of a chunk: enough to fill a micro-batch, few enough that a redelivery is cheap. */
export const chunkSize = 256;
/** Bytes of the messages of a chunk whose elements are posts: even the shortest are then at most a few thousand. */
const maxFanOutBytes = 65_536;

/**
 * How many of the first messages make the next chunk: `maxSize`, or fewer, but at least one, where each may hold thousands
 * of posts, because the posts of a chunk are in memory at once.
 * @param sizeOf bytes of a message
 */
export function countForChunk<M>(
  messages: readonly M[],
  sizeOf: (message: M) => number,
  { elements }: Pick<CompiledMapping, 'elements'>,
  maxSize = chunkSize,
): number {
  const first = messages.slice(0, maxSize);
  if (!elements) return first.length;
  let total = 0;
  const end = first.findIndex((message, index) => {
    total += sizeOf(message);
    return index > 0 && total > maxFanOutBytes;
  });
  return end === -1 ? first.length : end;
}

/**
 * Emits the posts among the messages as one batch and sends the other messages to the dead letters. Resolves once the
 * posts and the dead letters are durable; rejects if either cannot become durable.
 */
export async function processChunk(
  messages: readonly RawMessage[],
  { mapping, parse, deadLetters, clock, onSkip, emit }: ChunkDeps,
): Promise<void> {
  const now = clock.now();
  const items: SourceRecord[] = [];
  const rejected: DeadLetter[] = [];
  const parseOne: ParseMessage = parse ?? ((message) => parseMessage(message, mapping, now));
  const outcomes = messages.map((message) => (message.truncatedFrom === undefined ? parseOne(message, now) : tooLarge));
  // Awaited only if an outcome is pending, so that chunks stay in order. Otherwise none of them is a promise.
  const parsed = outcomes.some((outcome) => outcome instanceof Promise) ? await Promise.all(outcomes) : (outcomes as ParsedMessage[]);
  for (const [index, message] of messages.entries()) {
    const { posts, rejected: reason, skipped } = parsed[index] as ParsedMessage; // one outcome per message
    for (const post of posts) items.push(toRecord(post, message, { deadLetters, clock }));
    if (reason !== undefined) rejected.push(toDeadLetter(message, reason, now));
    if (skipped === undefined) deadLetters.observe(reason === undefined);
    else onSkip?.(skipped);
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
  const { headers: _, isTombstone: __, ...kept } = message;
  return { ...kept, reason, at: new Date(now).toISOString(), version };
}
