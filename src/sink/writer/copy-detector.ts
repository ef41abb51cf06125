import type { ScoredPost } from '../../domain/post.ts';
import { type CopyWords, extractCopyWords, hashText, minCopyLength } from '../../lib/copy-words.ts';
import { dayMs } from '../../lib/duration.ts';
import { computeBandKeys, computeShingles, isSimilar, minWords, mix } from '../../lib/near-duplicates.ts';

/** A text that was seen before, with what is needed to recognize its copies. */
interface KnownText {
  readonly shingles: Int32Array;
  /** Hash of the key of the first post with this text, which is no copy of itself. */
  readonly firstPost: number;
  /** Whether only equal texts are copies. */
  readonly mustBeEqual: boolean;
  /** Latest creation time of its posts, ms since 1970. */
  lastCreatedAt: number;
  /** When it was last remembered, as a serial number. */
  serial: number;
}

/** A text counts as new again after this time without a post. */
const maxGapMs = dayMs;
/** Texts remembered at a time: at most 10 MB for posts of ordinary length. */
const defaultMaxTexts = 2 ** 15;
/** Slots of the table from keys to texts (4 bytes each); a newer text replaces an older one. */
const slots = 2 ** 19;

/**
 * Tells whether a post repeats the text of another post of the last day, word for word or nearly (see `near-duplicates.ts`).
 * Of several posts with one text, the first to arrive is not a copy; its own repetition and later versions are not either.
 * What it knows is in memory: after a restart, and in each of several processes, the first post of a text is no copy.
 */
export interface CopyDetector {
  /** @param createdAtMs ms since 1970, from the post's first version */
  isCopy(post: Pick<ScoredPost, 'platform' | 'id' | 'text' | 'author' | 'deleted'>, createdAtMs: number): boolean;
}

export function createCopyDetector({ maxTexts = defaultMaxTexts }: { readonly maxTexts?: number } = {}): CopyDetector {
  /** A ring of the latest texts, by serial number; serial numbers start at 1, and 0 is an empty slot of `table`. */
  const texts: KnownText[] = [];
  const table = new Uint32Array(slots);
  let latest = 0;

  const textAt = (key: number): KnownText | undefined => {
    const serial = table[key & (slots - 1)] ?? 0;
    const text = texts[serial % maxTexts];
    return text?.serial === serial ? text : undefined;
  };
  const remember = (text: KnownText, keys: readonly number[]): void => {
    // Moved to the front, so that a text is not forgotten while its copies keep arriving.
    if (text.serial === 0 || latest - text.serial > maxTexts / 2) {
      latest += 1;
      text.serial = latest;
      texts[latest % maxTexts] = text;
    }
    for (const key of keys) table[key & (slots - 1)] = text.serial;
  };

  return {
    isCopy: (post, createdAtMs) => {
      if (post.deleted) return false;
      const content = extractCopyWords(post.text);
      if (content.words.length === 0) return false;
      const shingles = computeShingles(content.words);
      const mustBeEqual = content.length < minWords;
      const { find, add } = keysOf(post, content, shingles);
      const isMatch = (known: KnownText | undefined): known is KnownText =>
        known !== undefined &&
        Math.abs(createdAtMs - known.lastCreatedAt) <= maxGapMs &&
        (mustBeEqual || known.mustBeEqual ? isEqual(shingles, known.shingles) : isSimilar(shingles, known.shingles, known.shingles.length));
      const firstPost = hashText(JSON.stringify([post.platform, post.id]));
      const known = find.map(textAt).find(isMatch);
      if (!known) {
        remember({ shingles: Int32Array.from(shingles), firstPost, mustBeEqual, lastCreatedAt: createdAtMs, serial: 0 }, add);
        return false;
      }
      known.lastCreatedAt = Math.max(known.lastCreatedAt, createdAtMs);
      remember(known, add);
      return known.firstPost !== firstPost;
    },
  };
}

/** The keys under which a text is looked up, and those under which it is remembered. */
function keysOf(
  { platform, author }: Pick<ScoredPost, 'platform' | 'author'>,
  { words, length, isRepost }: CopyWords,
  shingles: ReadonlySet<number>,
): { readonly find: readonly number[]; readonly add: readonly number[] } {
  if (length >= minWords) {
    const bands = computeBandKeys(shingles);
    return { find: bands, add: bands };
  }
  const whole = words.reduce((hash, word) => mix(Math.imul(hash, 0x9e3779b1) ^ word), words.length);
  if (length >= minCopyLength) return { find: [whole], add: [whole] };
  // Shorter texts are copies only by the same author or as a repost.
  const byAuthor = author ? [mix(whole ^ hashText(JSON.stringify([platform, author.id])))] : [];
  return { find: isRepost ? [whole, ...byAuthor] : byAuthor, add: [whole, ...byAuthor] };
}

function isEqual(set: ReadonlySet<number>, other: Int32Array): boolean {
  return set.size === other.length && other.every((shingle) => set.has(shingle));
}
