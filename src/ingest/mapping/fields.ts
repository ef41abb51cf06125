import type { FieldMapping } from '../../config/schema.ts';
import type { Author, Engagement } from '../../domain/post.ts';

/** The keys that lead to a field, outermost first. */
export type FieldPath = readonly string[];

type MappedField = Exclude<keyof FieldMapping, 'platformName'>;

/** A mapping with its paths taken apart, so that this happens once and not for every post. */
export interface CompiledMapping {
  /** The platform of every message of this feed; messages name their own where it is absent. */
  readonly platformName: string | undefined;
  readonly paths: Readonly<Record<MappedField, FieldPath>>;
}

export function compileMapping({ platformName, ...fields }: FieldMapping): CompiledMapping {
  const paths = Object.fromEntries(Object.entries(fields).map(([field, path]) => [field, path.split('.')]));
  // The entries come from `fields`, which holds a path for every mapped field.
  return { platformName, paths: paths as unknown as Record<MappedField, FieldPath> };
}

/** What stands at the path, or undefined. Looks at own properties only, so that `__proto__` leads nowhere. */
export function pick(root: object, path: FieldPath): unknown {
  let found: unknown = root;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    // The own property was found just above.
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/**
 * Fields that a post can do without. What has the wrong type or shape is left out: a follower count that is
 * a sentence is no reason to lose the post.
 */

/** Longest identifier, in UTF-16 code units. */
const longestId = 256;
const longestName = 256;
const longestUrl = 2_048;
/** Counts are stored in 32 bits. */
const largestCount = 0xffff_ffff;
const nul = '\u0000';

/** Well-formed Unicode without NUL; each offender becomes U+FFFD. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes(nul) ? wellFormed.replaceAll(nul, '\ufffd') : wellFormed;
}

/** An identifier as a string, or undefined. Nothing is mended: two different ids must never become one. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > longestId) return undefined;
  return value.isWellFormed() && !value.includes(nul) ? value : undefined;
}

/** BCP 47 in lower case; `und` says nothing and is left out. */
export function langOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[a-z]{2,8}(?:[-_][a-z0-9]{1,8}){0,4}$/i.test(value)) return undefined;
  const lang = value.toLowerCase().replaceAll('_', '-');
  return lang === 'und' ? undefined : lang;
}

/** An http(s) address in its normal form, or undefined. */
export function urlOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length >= longestUrl || !/^https?:\/\//i.test(value)) return undefined;
  try {
    const { href } = new URL(value);
    return href.length < longestUrl ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The author, known by id, or by handle where the feed has no ids. */
export function authorOf(root: object, { paths }: CompiledMapping): Author | undefined {
  const handle = nameOf(pick(root, paths.authorHandle));
  const id = idOf(pick(root, paths.authorId)) ?? idOf(handle);
  if (id === undefined) return undefined;
  const name = nameOf(pick(root, paths.authorName));
  const followers = countOf(pick(root, paths.authorFollowers));
  return {
    id,
    ...(handle === undefined ? {} : { handle }),
    ...(name === undefined ? {} : { name }),
    ...(followers === undefined ? {} : { followers }),
  };
}

/** The three counts, or undefined when the message holds none of them. */
export function engagementOf(root: object, { paths }: CompiledMapping): Engagement | undefined {
  const likes = countOf(pick(root, paths.likes));
  const reposts = countOf(pick(root, paths.reposts));
  const replies = countOf(pick(root, paths.replies));
  if (likes === undefined && reposts === undefined && replies === undefined) return undefined;
  return { likes: likes ?? 0, reposts: reposts ?? 0, replies: replies ?? 0 };
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  // Cut first: cutting may split a surrogate pair, which cleaning then mends.
  return cleanText(value.slice(0, longestName));
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? Math.min(Math.max(Math.trunc(value), 0), largestCount) : undefined;
}

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?$/;

/** Numbers below this are seconds since 1970 (until the year 5138), others milliseconds (from 1973 on). */
const firstMilliseconds = 100_000_000_000;

/**
 * Milliseconds since 1970 UTC of an ISO 8601 string or an epoch in seconds or milliseconds; undefined for
 * anything else. A time without a zone is read as UTC: the machine's own zone must not decide.
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'string') return parseIso(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.round(Math.abs(value) < firstMilliseconds ? value * 1_000 : value);
}

function parseIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', sign, zoneHour = '0', zoneMinute = '0'] = match;
  const [y, mo, d, h, mi, s] = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  const offset = Number(zoneHour) * 60 + Number(zoneMinute);
  // A leap second is written :60.
  if (mo < 1 || mo > 12 || d < 1 || d > daysInMonth(y, mo) || h > 23 || mi > 59 || s > 60 || offset > 14 * 60) return undefined;
  const local = Date.UTC(y, mo - 1, d, h, mi, s, Math.floor(Number(`0.${fraction}`) * 1_000));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; both are too old for a post, so the slip is harmless.
  return local - (sign === '-' ? -offset : offset) * 60_000;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
