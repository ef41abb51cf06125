import type { Position, Rejection } from '../../domain/post.ts';
import type { RawHeader } from '../message-headers.ts';

/** Why a message could not become a post: a stable code and its description. */
export const deadLetterReasons = {
  'not-json': 'The message is not JSON in valid UTF-8.',
  'not-an-object': 'The message, or an element that forEach finds, is JSON, but not an object.',
  'unknown-schema': 'The schema registry did not have the schema one minute after the message was sent.',
  'unsupported-schema': 'The schema is neither Avro nor JSON Schema, or cannot be read.',
  undecodable: 'The message does not match its schema.',
  'too-large': 'The message is larger than 256 KiB, or forEach finds more than 10,000 elements.',
  'too-deep': 'The elements that forEachNested finds nest deeper than 64 levels.',
  'missing-platform': 'The message has no platform, and the mapping sets none.',
  'missing-id': 'The post has no ID.',
  'bad-id': 'The platform or the ID is longer than 256 characters, contains NUL or invalid Unicode, or is a number with a fraction.',
  'missing-text': 'The post has no text, or only white space, and is not a deletion.',
  'wrong-type': 'The platform, the ID, the text or the deletion flag has the wrong type.',
  'bad-date': 'The date of the post is in none of the supported forms.',
  'too-old': 'The date of the post is before the year 2000.',
  'in-the-future': 'The date of the post is more than a day ahead of the clock.',
  'inference-failed': 'The model failed on this post.',
  'insert-rejected': 'ClickHouse rejected the row of this post.',
} as const satisfies Record<Rejection, string> & Record<string, string>;

export type DeadLetterReason = keyof typeof deadLetterReasons;

/** The meaning of a reason; undefined if this version does not know it. */
export function describeReason(reason: string): string | undefined {
  return Object.hasOwn(deadLetterReasons, reason) ? deadLetterReasons[reason as DeadLetterReason] : undefined; // checked just before
}

/** A message that could not become a post, kept unchanged. */
export interface DeadLetter {
  readonly reason: DeadLetterReason;
  readonly position: Position;
  /** The message, unchanged; only its beginning if `truncatedFrom` is set. */
  readonly bytes: Buffer;
  readonly key?: Buffer;
  /** Headers of the message, unchanged. */
  readonly rawHeaders?: readonly RawHeader[];
  /** Timestamp of the message in its source, in milliseconds since 1970. */
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
  write(deadLetters: readonly DeadLetter[]): Promise<void>;
  /** Called for every message, in source order. */
  observe(isPost: boolean): void;
  close(): Promise<void>;
}
