import type { Rejection } from '../../domain/post.ts';

/** Why a message could not become a post: a stable code and what it means. */
export const deadLetterReasons = {
  'not-json': 'The message is not JSON in valid UTF-8.',
  'not-an-object': 'The message is JSON, but no object.',
  'unknown-schema': 'The message names a schema that the registry does not know, a minute after it was sent.',
  'unsupported-schema': 'The message names a schema that is neither Avro nor JSON Schema, or cannot be read.',
  undecodable: 'The message does not fit the schema that it names.',
  'too-large': 'The message is larger than 256 KiB.',
  'too-deep': 'The message nests deeper than 32 levels.',
  'missing-platform': 'The message names no platform, and the mapping fixes none.',
  'missing-id': 'The post has no id.',
  'bad-id': 'The platform or the id is longer than 256 characters, holds NUL or broken Unicode, or is a number too large to be exact.',
  'missing-text': 'The post has no text, or only white space, and is no deletion.',
  'wrong-type': 'The platform, the id, the text or the deletion flag has a type that it cannot have.',
  'bad-date': 'A date is neither ISO 8601 nor seconds or milliseconds since 1970.',
  'too-old': 'A date lies before the year 2000.',
  'in-the-future': 'A date lies more than a day ahead of the clock.',
  'inference-failed': 'The model fails on the post, though not on others.',
  'insert-rejected': 'ClickHouse refuses the row of the post, though not those of others.',
} as const satisfies Record<Rejection, string> & Record<string, string>;

export type DeadLetterReason = keyof typeof deadLetterReasons;
