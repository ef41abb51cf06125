import type { MappingInput } from '../../../../src/config/mapping.ts';
import type { Post } from '../../../../src/domain/post.ts';
import { compileMapping, type MessageContent, parseMessage } from '../../../../src/ingest/mapping/parse-message.ts';

/** The clock of the tests, and the timestamp of their messages. */
export const receivedAt = '2026-11-28T12:00:00.000Z';
const now = Date.parse(receivedAt);

/** The posts of a message; or `skipped: …`, or the reason of its dead letter. */
export function mapWith(mapping: MappingInput, message: unknown, beside: Partial<MessageContent> = {}): readonly Post[] | string {
  const bytes = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  const { posts, rejected, skipped } = parseMessage({ bytes, timestamp: now, ...beside }, compileMapping(mapping), now);
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return rejected ?? posts;
}

/** The single post of a message. */
export function postOf(mapping: MappingInput, message: unknown, beside: Partial<MessageContent> = {}): Post {
  const mapped = mapWith(mapping, message, beside);
  const [post] = mapped;
  if (typeof mapped === 'string' || typeof post !== 'object' || mapped.length !== 1)
    throw new Error(`Expected one post, not ${JSON.stringify(mapped)}`);
  return post;
}
