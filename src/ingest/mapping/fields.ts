import type { FieldMapping } from '../../config/schema.ts';
import type { Author, Engagement } from '../../domain/post.ts';

/** Keys of a dotted path, outermost first. */
export type FieldPath = readonly string[];

type MappedField = Exclude<keyof FieldMapping, 'platformName'>;

/** A mapping with its paths pre-split. */
export interface CompiledMapping {
  /** The platform of every message; if undefined, messages name their own. */
  readonly platformName: string | undefined;
  readonly paths: Readonly<Record<MappedField, FieldPath>>;
}

export function compileMapping({ platformName, ...fields }: FieldMapping): CompiledMapping {
  const paths = Object.fromEntries(Object.entries(fields).map(([field, path]) => [field, path.split('.')]));
  // The entries come from `fields`, which holds a path for every mapped field.
  return { platformName, paths: paths as unknown as Record<MappedField, FieldPath> };
}

/** The value at a path, or undefined. Own properties only, so that `__proto__` resolves to undefined. */
export function getPath(root: object, path: FieldPath): unknown {
  let found: unknown = root;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    // The own property was found just above.
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** Optional fields of a post: a value of the wrong type or format is dropped, not the post. */

/** In UTF-16 code units. */
const maxIdLength = 256;
const maxNameLength = 256;
const maxUrlLength = 2_048;
/** Counts are stored in 32 bits. */
const maxCount = 0xffff_ffff;
const nul = '\u0000';

/** Well-formed Unicode without NUL; invalid characters become U+FFFD. */
export function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes(nul) ? wellFormed.replaceAll(nul, '\ufffd') : wellFormed;
}

/** An identifier as a string, or undefined. Nothing is repaired: two different ids must never become equal. */
export function parseId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxIdLength) return undefined;
  return value.isWellFormed() && !value.includes(nul) ? value : undefined;
}

/** A BCP 47 tag in lower case; `und` is dropped. */
export function parseLang(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[a-z]{2,8}(?:[-_][a-z0-9]{1,8}){0,4}$/i.test(value)) return undefined;
  const lang = value.toLowerCase().replaceAll('_', '-');
  return lang === 'und' ? undefined : lang;
}

/** A normalized http(s) URL, or undefined. */
export function parseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length >= maxUrlLength || !/^https?:\/\//i.test(value)) return undefined;
  try {
    const { href } = new URL(value);
    return href.length < maxUrlLength ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The author, identified by id, or by handle if the source has no IDs. */
export function parseAuthor(root: object, { paths }: CompiledMapping): Author | undefined {
  const handle = parseName(getPath(root, paths.authorHandle));
  const id = parseId(getPath(root, paths.authorId)) ?? parseId(handle);
  if (id === undefined) return undefined;
  const name = parseName(getPath(root, paths.authorName));
  const followers = parseCount(getPath(root, paths.authorFollowers));
  return {
    id,
    ...(handle === undefined ? {} : { handle }),
    ...(name === undefined ? {} : { name }),
    ...(followers === undefined ? {} : { followers }),
  };
}

/** The three counts, or undefined if the message has none of them. */
export function parseEngagement(root: object, { paths }: CompiledMapping): Engagement | undefined {
  const likes = parseCount(getPath(root, paths.likes));
  const reposts = parseCount(getPath(root, paths.reposts));
  const replies = parseCount(getPath(root, paths.replies));
  if (likes === undefined && reposts === undefined && replies === undefined) return undefined;
  return { likes: likes ?? 0, reposts: reposts ?? 0, replies: replies ?? 0 };
}

function parseName(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  // Truncated first, since that may split a surrogate pair, which cleanText repairs.
  return cleanText(value.slice(0, maxNameLength));
}

function parseCount(value: unknown): number | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? Math.min(Math.max(Math.trunc(value), 0), maxCount) : undefined;
}
