import type { Author, Engagement } from '../../domain/post.ts';
import type { DeadLetterReason } from '../dead-letters/dead-letter.ts';
import { type CompiledMapping, type CompiledSource, isThere, joinText, type MappedField } from './compile-mapping.ts';
import { parseDate } from './dates.ts';
import { exactNumber, objectId } from './exact-json.ts';
import { InvalidMessage } from './invalid-message.ts';
import type { Scope } from './scope.ts';
import { cleanText, decodeEntities } from './text.ts';

/** In UTF-16 code units. */
const maxIdLength = 256;
const maxNameLength = 256;
const maxUrlLength = 2_048;
/** Counts are stored in 32 bits. */
const maxCount = 0xffff_ffff;
const nul = '\u0000';

/** Milliseconds since 1970; dates outside are not believed. */
export interface DateRange {
  readonly from: number;
  readonly until: number;
}

/** Optional fields: a value of the wrong type or format is dropped, not the post, and the next source is tried. */
function firstUsable<T>(sources: readonly CompiledSource[], scope: Scope, parse: (value: unknown) => T | undefined): T | undefined {
  for (const { read } of sources) {
    const value = read(scope);
    const parsed = isThere(value) ? parse(value) : undefined;
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/** The platform or the ID. @throws InvalidMessage `missing` without a value, else wrong-type or bad-id */
export function requireId(sources: readonly CompiledSource[], scope: Scope, missing: DeadLetterReason): string {
  let problem: DeadLetterReason = missing;
  for (const { read } of sources) {
    const value = read(scope);
    if (!isThere(value) || (typeof value === 'string' && value.trim() === '')) continue;
    const id = parseId(value);
    if (id !== undefined) return id;
    if (problem === missing) problem = isIdType(value) ? 'bad-id' : 'wrong-type';
  }
  throw new InvalidMessage(problem);
}

const isIdType = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || exactNumber(value) !== undefined || objectId(value) !== undefined;

/** An identifier as a string, or undefined. Nothing is repaired: two different ids must never become equal. */
export function parseId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  const digits = exactNumber(value);
  if (digits !== undefined) return /^-?\d{1,40}$/.test(digits) ? digits : undefined;
  const id = objectId(value) ?? value;
  if (typeof id !== 'string' || id.trim() === '' || id.length > maxIdLength) return undefined;
  return id.isWellFormed() && !id.includes(nul) ? id : undefined;
}

/** More are not read: a post has a handful of versions. */
const maxOtherIds = 100;

/** An ID, or an array of them, of which invalid ones are left out; undefined without a valid one. */
function parseIds(value: unknown): readonly string[] | undefined {
  const ids = (Array.isArray(value) ? value.slice(0, maxOtherIds) : [value]).flatMap((id) => parseId(id) ?? []);
  return ids.length === 0 ? undefined : ids;
}

/**
 * Whether the post was deleted, by a flag, also in text or as 0 or 1; or when, by the date of the deletion in
 * milliseconds since 1970.
 * @throws InvalidMessage wrong-type
 */
export function findDeletion(sources: readonly CompiledSource[], scope: Scope, range: DateRange): boolean | number {
  for (const { read } of sources) {
    const value = read(scope);
    if (!isThere(value) || value === '') continue;
    const deletion = flags.get(typeof value === 'string' ? value.toLowerCase() : value) ?? parseDateIn(value, range);
    if (deletion === undefined) throw new InvalidMessage('wrong-type');
    return deletion;
  }
  return false;
}

const flags: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['false', false],
]);

/** The first valid date, or undefined. */
export function findDate(sources: readonly CompiledSource[], scope: Scope, range: DateRange): number | undefined {
  return firstUsable(sources, scope, (value) => parseDateIn(value, range));
}

function parseDateIn(value: unknown, { from, until }: DateRange): number | undefined {
  const time = parseDate(value);
  return time !== undefined && time >= from && time <= until ? time : undefined;
}

/** The first valid date; undefined if there is no value. @throws InvalidMessage if there are only invalid ones */
export function requireDate(sources: readonly CompiledSource[], scope: Scope, range: DateRange): number | undefined {
  const found = findDate(sources, scope, range);
  if (found !== undefined) return found;
  for (const { read } of sources) {
    const value = read(scope);
    if (isThere(value) && value !== '' && value !== false) throw new InvalidMessage(explainDate(value, range));
  }
  return undefined;
}

function explainDate(value: unknown, { from }: DateRange): DeadLetterReason {
  const time = parseDate(value);
  if (time === undefined) return 'bad-date';
  return time < from ? 'too-old' : 'in-the-future';
}

/** A BCP 47 tag in lower case; `und` is dropped. A list of one language is that language, a longer one says too little. */
function parseLang(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length === 1 && typeof value[0] === 'string' ? parseLang(value[0]) : undefined;
  if (typeof value !== 'string' || !/^[a-z]{2,3}(?:[-_][a-z0-9]{1,8}){0,4}$/i.test(value)) return undefined;
  const lang = value.toLowerCase().replaceAll('_', '-');
  return lang === 'und' ? undefined : lang;
}

/** A normalized http(s) URL, or undefined. */
function parseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length >= maxUrlLength || !/^https?:\/\//i.test(value)) return undefined;
  try {
    const { href } = new URL(value);
    return href.length < maxUrlLength ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The author, identified by ID, else by handle or name. */
export function parseAuthor({ fields }: CompiledMapping, scope: Scope): Author | undefined {
  const handle = firstUsable(fields.authorHandle, scope, parseName);
  const name = firstUsable(fields.authorName, scope, parseName);
  const id = firstUsable(fields.authorId, scope, parseId) ?? parseId(handle) ?? parseId(name);
  if (id === undefined) return undefined;
  const followers = firstUsable(fields.authorFollowers, scope, parseCount);
  return {
    id,
    ...(handle === undefined ? {} : { handle }),
    ...(name === undefined ? {} : { name: decodeEntities(name) }),
    ...(followers === undefined ? {} : { followers }),
  };
}

/** The three counts, or undefined if the message has none of them. */
export function parseEngagement({ fields }: CompiledMapping, scope: Scope): Engagement | undefined {
  const likes = firstUsable(fields.likes, scope, parseCount);
  const reposts = firstUsable(fields.reposts, scope, parseCount);
  const replies = firstUsable(fields.replies, scope, parseCount);
  if (likes === undefined && reposts === undefined && replies === undefined) return undefined;
  return { likes: likes ?? 0, reposts: reposts ?? 0, replies: replies ?? 0 };
}

export function parseOptional({ fields }: CompiledMapping, scope: Scope) {
  return {
    lang: firstUsable(fields.lang, scope, parseLang),
    url: firstUsable(fields.url, scope, parseUrl),
    inReplyTo: firstUsable(fields.inReplyTo, scope, parseId),
    otherIds: firstUsable(fields.otherIds, scope, parseIds),
    rating: firstUsable(fields.rating, scope, parseRating),
  };
}

function parseName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  // Truncated first, since that may split a surrogate pair, which cleanText repairs.
  return cleanText(value.slice(0, maxNameLength));
}

/** A number, also in text; NaN for anything else. */
function parseNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value.trim() : exactNumber(value);
  return text !== undefined && /^[+-]?\d{1,100}(?:\.\d{0,100})?$/.test(text) ? Number(text) : Number.NaN;
}

function parseCount(value: unknown): number | undefined {
  const count = parseNumber(value);
  return Number.isFinite(count) ? Math.min(Math.max(Math.trunc(count), 0), maxCount) : undefined;
}

/** Whole stars, as they are stored. */
function parseRating(value: unknown): number | undefined {
  const stars = parseNumber(value);
  return Number.isInteger(stars) && stars >= 1 && stars <= 5 ? stars : undefined;
}

const parsers: Readonly<Record<MappedField, (value: unknown) => unknown>> = {
  platform: parseId,
  id: parseId,
  text: joinText,
  createdAt: parseDate,
  updatedAt: parseDate,
  deleted: (value) => flags.get(typeof value === 'string' ? value.toLowerCase() : value) ?? parseDate(value),
  lang: parseLang,
  url: parseUrl,
  inReplyTo: parseId,
  otherIds: parseIds,
  authorId: parseId,
  authorHandle: parseName,
  authorName: parseName,
  authorFollowers: parseCount,
  likes: parseCount,
  reposts: parseCount,
  replies: parseCount,
  rating: parseRating,
};

/** Whether a field takes a value that a message has for it. For reports on a mapping. */
export const isUsable = (field: MappedField, value: unknown): boolean => parsers[field](value) !== undefined;
