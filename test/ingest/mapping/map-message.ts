import type { MappingInput } from '../../../src/config/mapping.ts';
import type { Post } from '../../../src/domain/post.ts';
import { compileMapping, type MessageContent, type ParsedMessage, parseMessage } from '../../../src/ingest/mapping/parse-message.ts';
import { now } from '../field-samples.ts';

/** The timestamp of messages in tests: two seconds before `now`. */
const timestamp = now - 2_000;

/** What a message becomes; text and bytes are taken as they are, anything else as JSON. */
export function mapMessage(message: unknown, mapping: MappingInput = {}, beside: Partial<MessageContent> = {}): ParsedMessage {
  const bytes = typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message);
  return parseMessage({ bytes, timestamp, ...beside }, compileMapping(mapping), now);
}

/** The only post of a message. @throws if the message is something else */
export function mapPost(message: unknown, mapping?: MappingInput, beside?: Partial<MessageContent>): Post {
  const { posts, rejected, skipped } = mapMessage(message, mapping, beside);
  const [post] = posts;
  if (!post || posts.length > 1) throw new Error(`${posts.length} posts, rejected: ${rejected}, skipped: ${skipped}`);
  return post;
}
