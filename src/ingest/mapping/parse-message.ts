import { isUtf8 } from 'node:buffer';
import type { Post } from '../../domain/post.ts';
import { dayMs } from '../../lib/duration.ts';
import { toIso } from '../../lib/time.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';
import type { CompiledMapping } from './compile-mapping.ts';
import { findElements } from './elements.ts';
import { parseExactJson } from './exact-json.ts';
import {
  type DateRange,
  findDate,
  findDeletion,
  parseAuthor,
  parseEngagement,
  parseId,
  parseOptional,
  requireDate,
  requireId,
} from './fields.ts';
import { InvalidMessage } from './invalid-message.ts';
import { MessageContext, parseEmbeddedJson, type Scope } from './scope.ts';
import { requireText } from './text.ts';

export { type CompiledMapping, compileMapping } from './compile-mapping.ts';

/** A message as its source delivers it. */
export interface MessageContent {
  readonly bytes: Uint8Array | string;
  /** A Kafka message without a value. */
  readonly isTombstone?: true;
  readonly key?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; the default for missing dates. */
  readonly timestamp: number;
}

/** Why a message is neither a post nor an error: a stable code and its description. */
export const skipReasons = {
  filtered: 'The mapping excludes it (onlyWhen, skipWhen).',
  empty: 'It is null, or the list that forEach names is empty.',
  tombstone: 'It has no value, and its key names no post.',
} as const;

export type SkipReason = keyof typeof skipReasons;

/** What a message becomes: posts, a dead letter, both (some items of a list may be invalid), or nothing. */
export interface ParsedMessage {
  readonly posts: readonly Post[];
  /** Why the message goes to the dead letters. */
  readonly rejected?: DeadLetterReason;
  /** Why the message is left out and only counted. */
  readonly skipped?: SkipReason;
}

/** Maximum message size in bytes. */
export const maxMessageBytes = 256 * 1_024;
const firstDate = Date.UTC(2000, 0, 1);

/** Parses a JSON message. `now` is the time of the clock in milliseconds since 1970. Pure; never throws. */
export function parseMessage(message: MessageContent, mapping: CompiledMapping, now: number): ParsedMessage {
  if (message.isTombstone) return parseTombstone(message, mapping, now);
  return catchInvalid(() => parseValue(readJson(message.bytes), message, mapping, now));
}

/** Like `parseMessage`, for a message whose value is decoded already. */
export function parseDecoded(value: unknown, message: Omit<MessageContent, 'bytes'>, mapping: CompiledMapping, now: number): ParsedMessage {
  return catchInvalid(() => parseValue(value, message, mapping, now));
}

function catchInvalid(parse: () => ParsedMessage): ParsedMessage {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof InvalidMessage) return { posts: [], rejected: thrown.reason };
    throw thrown;
  }
}

/** The message as JSON of limited size. */
function readJson(message: Uint8Array | string): unknown {
  const size = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
  if (size > maxMessageBytes) throw new InvalidMessage('too-large');
  try {
    return parseExactJson(typeof message === 'string' ? message : decode(message));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw new InvalidMessage('not-json');
    throw thrown;
  }
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new InvalidMessage('not-json');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

type Beside = Omit<MessageContent, 'bytes'>;

interface Clocks {
  readonly range: DateRange;
  /** The message's timestamp, for posts without a date. */
  readonly messageTime: number;
}

/** A producer may set a nonsensical timestamp; the post is still valid. */
function clocksOf(timestamp: number, now: number): Clocks {
  const range = { from: firstDate, until: now + dayMs };
  return { range, messageTime: timestamp >= range.from && timestamp <= range.until ? timestamp : now };
}

function parseValue(value: unknown, message: Beside, mapping: CompiledMapping, now: number): ParsedMessage {
  const clocks = clocksOf(message.timestamp, now);
  const context = openContext(value, message, clocks);
  // What some APIs return for an item that does not exist.
  if (context.message === null) return { posts: [], skipped: 'empty' };
  if (mapping.elements) return parseElements(findElements(context, mapping.elements), mapping, clocks);
  const post = parseElement({ element: context.message, context }, mapping, clocks);
  return post ? { posts: [post] } : { posts: [], skipped: 'filtered' };
}

/** A message may be a string that holds the JSON. */
function openContext(value: unknown, message: Beside, { messageTime }: Clocks): MessageContext {
  return new MessageContext(typeof value === 'string' ? parseEmbeddedJson(value) : value, message, messageTime);
}

/**
 * The elements of a message, for reports on a mapping.
 * @throws InvalidMessage if the message cannot be read
 */
export function findScopes(message: MessageContent, mapping: CompiledMapping, now: number): readonly Scope[] {
  const context = openContext(readJson(message.bytes), message, clocksOf(message.timestamp, now));
  return mapping.elements ? findElements(context, mapping.elements) : [{ element: context.message, context }];
}

/** Valid elements become posts even beside invalid ones; the first problem is the reason of the dead letter. */
function parseElements(scopes: readonly Scope[], mapping: CompiledMapping, clocks: Clocks): ParsedMessage {
  if (scopes.length === 0) return { posts: [], skipped: 'empty' };
  const posts: Post[] = [];
  let rejected: DeadLetterReason | undefined;
  for (const scope of scopes) {
    try {
      const post = parseElement(scope, mapping, clocks);
      if (post) posts.push(post);
    } catch (thrown) {
      if (!(thrown instanceof InvalidMessage)) throw thrown;
      rejected ??= thrown.reason;
    }
  }
  if (rejected !== undefined) return { posts, rejected };
  return posts.length === 0 ? { posts, skipped: 'filtered' } : { posts };
}

/** Undefined if the mapping excludes the element. @throws InvalidMessage */
function parseElement(scope: Scope, mapping: CompiledMapping, clocks: Clocks): Post | undefined {
  const { element } = scope;
  if (typeof element !== 'object' || element === null || Array.isArray(element)) throw new InvalidMessage('not-an-object');
  if (mapping.onlyWhen?.(scope) === false || mapping.skipWhen?.(scope) === true) return undefined;
  const { fields, platformName } = mapping;
  const platform = platformName ?? requireId(fields.platform, scope, 'missing-platform');
  if (mapping.deletesAuthorWhen?.(scope)) return buildAuthorDeletion(platform, scope, mapping, clocks);
  const id = requireId(fields.id, scope, 'missing-id');
  const isDeletion = mapping.deletedWhen?.(scope) === true;
  const deletion = isDeletion ? (findDate(fields.deleted, scope, clocks.range) ?? true) : findDeletion(fields.deleted, scope, clocks.range);
  const deleted = deletion !== false;
  const text = deleted ? '' : requireText(mapping, scope);
  return { platform, id, text, ...findDates(scope, mapping, clocks, deletion), deleted, ...parseRest(id, scope, mapping) };
}

/**
 * `updatedAt` is the version of the post. All versions are ordered by the clock of the platform, so the date of the post
 * stands in for that of a version that has none, and the feed's timestamp only where there is neither. A deletion needs
 * no date, so an invalid one is ignored; the date of the deletion is that of its version.
 */
function findDates(scope: Scope, { fields }: CompiledMapping, { range, messageTime }: Clocks, deletion: boolean | number) {
  const createdAt = deletion === false ? requireDate(fields.createdAt, scope, range) : findDate(fields.createdAt, scope, range);
  const changedAt = findDate(fields.updatedAt, scope, range) ?? createdAt;
  const updatedAt = typeof deletion === 'number' ? Math.max(deletion, changedAt ?? deletion) : (changedAt ?? messageTime);
  return { createdAt: toIso(createdAt ?? messageTime), updatedAt: toIso(updatedAt) };
}

function parseRest(id: string, scope: Scope, mapping: CompiledMapping): Partial<Post> {
  const { lang, url, inReplyTo, otherIds, rating } = parseOptional(mapping, scope);
  const others = [...new Set(otherIds)].filter((other) => other !== id);
  const author = parseAuthor(mapping, scope);
  const engagement = parseEngagement(mapping, scope);
  return {
    ...(lang === undefined ? {} : { lang }),
    ...(author === undefined ? {} : { author }),
    ...(url === undefined ? {} : { url }),
    ...(engagement === undefined ? {} : { engagement }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(others.length === 0 ? {} : { otherIds: others }),
    ...(rating === undefined ? {} : { rating }),
  };
}

/** Deletes every stored post of the author. */
function buildAuthorDeletion(platform: string, scope: Scope, mapping: CompiledMapping, clocks: Clocks): Post {
  const author = parseAuthor(mapping, scope);
  if (!author) throw new InvalidMessage('missing-id');
  const dates = findDates(scope, mapping, clocks, true);
  return { platform, id: `author:${author.id}`, text: '', ...dates, deleted: true, deletesAuthor: true, author };
}

/**
 * A Kafka message without a value deletes the post that its key names: `platform:id`, or whatever the mapping makes of
 * `$key`. Keys of other kinds are common, so a message with one is skipped.
 */
function parseTombstone(message: MessageContent, mapping: CompiledMapping, now: number): ParsedMessage {
  const { messageTime } = clocksOf(message.timestamp, now);
  const context = new MessageContext(undefined, message, messageTime);
  const named = mappedKey({ element: undefined, context }, mapping) ?? splitKey(context.key, mapping.platformName);
  if (!named) return { posts: [], skipped: 'tombstone' };
  const at = toIso(messageTime);
  return { posts: [{ ...named, text: '', createdAt: at, updatedAt: at, deleted: true }] };
}

type PostKey = Pick<Post, 'platform' | 'id'>;

function mappedKey(scope: Scope, { platformName, fields }: CompiledMapping): PostKey | undefined {
  try {
    return {
      platform: platformName ?? requireId(fields.platform, scope, 'missing-platform'),
      id: requireId(fields.id, scope, 'missing-id'),
    };
  } catch (thrown) {
    if (thrown instanceof InvalidMessage) return undefined;
    throw thrown;
  }
}

function splitKey(key: string | undefined, platformName: string | undefined): PostKey | undefined {
  // A key in JSON names no post.
  if (key === undefined || /^[{["]/.test(key)) return undefined;
  const platform = platformName ?? key.slice(0, Math.max(key.indexOf(':'), 0));
  if (parseId(platform) === undefined || !key.startsWith(`${platform}:`)) return undefined;
  const id = parseId(key.slice(platform.length + 1));
  return id === undefined ? undefined : { platform, id };
}
