import { isUtf8 } from 'node:buffer';
import type { Post } from '../../domain/post.ts';
import { dayMs } from '../../lib/duration.ts';
import { parseTime, toIso } from '../../lib/time.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';
import { type CompiledMapping, cleanText, getPath, parseAuthor, parseEngagement, parseId, parseLang, parseUrl } from './fields.ts';

export { type CompiledMapping, compileMapping } from './fields.ts';

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
  empty: 'The list that forEach names is empty.',
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
const maxNesting = 32;
const firstDate = Date.UTC(2000, 0, 1);
const byteOrderMark = '\ufeff';

/** Parses a JSON message. `now` is the time of the clock in milliseconds since 1970. Pure; never throws. */
export function parseMessage(message: MessageContent, mapping: CompiledMapping, now: number): ParsedMessage {
  return catchInvalid(() => buildPost(readObject(message.bytes), mapping, { from: firstDate, until: now + dayMs }, message.timestamp, now));
}

/** Like `parseMessage`, for a message whose value is decoded already. */
export function parseDecoded(value: unknown, message: Omit<MessageContent, 'bytes'>, mapping: CompiledMapping, now: number): ParsedMessage {
  return catchInvalid(() => buildPost(shallowObject(value), mapping, { from: firstDate, until: now + dayMs }, message.timestamp, now));
}

function catchInvalid(make: () => Post): ParsedMessage {
  try {
    return { posts: [make()] };
  } catch (thrown) {
    if (thrown instanceof InvalidMessage) return { posts: [], rejected: thrown.reason };
    throw thrown;
  }
}

interface Range {
  readonly from: number;
  readonly until: number;
}

function buildPost(root: object, mapping: CompiledMapping, range: Range, timestamp: number, now: number): Post {
  const { paths, platformName } = mapping;
  const platform = platformName ?? requiredId(getPath(root, paths.platform), 'missing-platform');
  const id = requiredId(getPath(root, paths.id), 'missing-id');
  const deleted = optionalBoolean(getPath(root, paths.deleted));
  const text = deleted ? '' : requiredText(getPath(root, paths.text));
  // A producer may set a nonsensical timestamp; the post is still valid.
  const messageTime = timestamp >= range.from && timestamp <= range.until ? timestamp : now;
  const readTime = deleted ? lenientTime : strictTime;
  const createdAt = readTime(getPath(root, paths.createdAt), range) ?? messageTime;
  const updatedAt = readTime(getPath(root, paths.updatedAt), range) ?? messageTime;
  return { platform, id, text, createdAt: toIso(createdAt), updatedAt: toIso(updatedAt), deleted, ...optionalFields(root, mapping) };
}

function optionalFields(root: object, mapping: CompiledMapping): Partial<Post> {
  const { paths } = mapping;
  const lang = parseLang(getPath(root, paths.lang));
  const author = parseAuthor(root, mapping);
  const url = parseUrl(getPath(root, paths.url));
  const engagement = parseEngagement(root, mapping);
  const inReplyTo = parseId(getPath(root, paths.inReplyTo));
  return {
    ...(lang === undefined ? {} : { lang }),
    ...(author === undefined ? {} : { author }),
    ...(url === undefined ? {} : { url }),
    ...(engagement === undefined ? {} : { engagement }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
  };
}

/** The message as a JSON object of limited size and depth. */
function readObject(message: Uint8Array | string): object {
  const size = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
  if (size > maxMessageBytes) throw new InvalidMessage('too-large');
  return shallowObject(parseJson(typeof message === 'string' ? message : decode(message)));
}

function shallowObject(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidMessage('not-an-object');
  if (nestsDeeper(value, maxNesting)) throw new InvalidMessage('too-deep');
  return value;
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new InvalidMessage('not-json');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch {
    throw new InvalidMessage('not-json');
  }
}

/** Whether `value` nests deeper than `levels`; the object itself is the first level. */
function nestsDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && nestsDeeper(inner, levels - 1)) return true;
  }
  return false;
}

function requiredId(value: unknown, missing: DeadLetterReason): string {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) throw new InvalidMessage(missing);
  if (typeof value !== 'string' && typeof value !== 'number') throw new InvalidMessage('wrong-type');
  const id = parseId(value);
  if (id === undefined) throw new InvalidMessage('bad-id');
  return id;
}

function requiredText(value: unknown): string {
  if (value === undefined || value === null) throw new InvalidMessage('missing-text');
  if (typeof value !== 'string') throw new InvalidMessage('wrong-type');
  if (value.trim() === '') throw new InvalidMessage('missing-text');
  return cleanText(value);
}

function optionalBoolean(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new InvalidMessage('wrong-type');
  return value;
}

function strictTime(value: unknown, { from, until }: Range): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = parseTime(value);
  if (time === undefined) throw new InvalidMessage('bad-date');
  if (time < from) throw new InvalidMessage('too-old');
  if (time > until) throw new InvalidMessage('in-the-future');
  return time;
}

/** A deletion needs no date, so an invalid one is ignored. */
function lenientTime(value: unknown, { from, until }: Range): number | undefined {
  const time = parseTime(value);
  return time !== undefined && time >= from && time <= until ? time : undefined;
}

/** Thrown inside this module when a message cannot become a post. */
class InvalidMessage extends Error {
  readonly reason: DeadLetterReason;

  constructor(reason: DeadLetterReason) {
    super(reason);
    this.name = 'InvalidMessage';
    this.reason = reason;
  }
}
