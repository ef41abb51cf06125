import type { Author, Engagement } from '../../domain/post.ts';
import { type CompiledMapping, pick } from './field-mapping.ts';

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
