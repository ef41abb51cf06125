/** Returns the names of the brands in a text. */
export type MatchBrands = (text: string) => readonly string[];

/**
 * A text whose mentions of brands are single characters from a private range, so that rules can be plain regular expressions.
 * `brandOf` and `unmask` accept any part of the masked text.
 */
export interface MaskedText {
  readonly masked: string;
  /** The brands of a part, each once, in the order of their first mention. */
  brandsOf(part: string): readonly string[];
  /** The part as the author wrote it. */
  unmask(part: string): string;
}

/** The source of a character class with all masks. Texts cannot contain them: {@link maskBrands} removes them first. */
export const mention = '[\uE000-\uF8FF]';
const mentionPattern = new RegExp(mention, 'gu');
const firstMask = 0xe000;
/** Hashtags have masks of their own, in the same order. */
const firstTagMask = 0xf000;
/** The masks of hashtags: `#ibis`, but not `Ibis`. */
export const taggedMention = '[\uF000-\uF8FF]';
/** Brand names of more words are found only if a shorter alias of theirs matches. */
const maxNameWords = 4;
/** Between the words of a name, and around it. */
const separators = /([\s/|,;:()"“”—–=<>+]+)/u;
/** Punctuation before the name, the name, and its possessive and punctuation after it. */
const namePattern = /^([^\p{L}\p{N}@#]*)(.*?[\p{L}\p{N}])((?:['’]s)?[^\p{L}\p{N}]*)$/su;

/** Masks the mentions of `brands` in a text. A mention that two brands share counts for the first. */
export function maskBrands(text: string, brands: readonly string[], match: MatchBrands): MaskedText {
  const found: { brand: string; name: string }[] = [];
  const parts: string[] = [];
  for (const { written, brand } of findNames(text.replace(mentionPattern, ''), brands, match)) {
    const [, before = '', name = '', after = ''] = (brand && namePattern.exec(written)) || [];
    if (brand && name) {
      parts.push(before, String.fromCharCode((name.startsWith('#') ? firstTagMask : firstMask) + found.length), after);
      found.push({ brand, name });
    } else parts.push(written);
  }
  const mentionAt = (mask: string) => found[(mask.charCodeAt(0) - firstMask) % (firstTagMask - firstMask)];
  return {
    masked: parts.join(''),
    brandsOf: (part) => [...new Set((part.match(mentionPattern) ?? []).flatMap((mask) => mentionAt(mask)?.brand ?? []))],
    unmask: (part) => part.replace(mentionPattern, (mask) => mentionAt(mask)?.name ?? ''),
  };
}

/** Cuts a text into names of brands, words and separators. */
function findNames(text: string, brands: readonly string[], match: MatchBrands): { written: string; brand?: string }[] {
  const tokens = text.split(separators);
  const ofWord = tokens.map((token, index) => (index % 2 === 0 ? match(token).find((name) => brands.includes(name)) : undefined));
  const ofSeveralWords = brands.filter((brand) => !ofWord.includes(brand));
  const names: { written: string; brand?: string }[] = [];
  for (let at = 0; at < tokens.length; ) {
    const word = ofWord[at];
    const { brand, length } = word ? { brand: word, length: 1 } : findLongName(tokens, at, ofSeveralWords, match);
    names.push({ written: tokens.slice(at, at + length).join(''), ...(brand && { brand }) });
    at += length;
  }
  return names;
}

/** The brand of several words whose name begins at a token, and the number of its tokens, separators included; 1 without a brand. */
function findLongName(
  tokens: readonly string[],
  at: number,
  brands: readonly string[],
  match: MatchBrands,
): { brand?: string; length: number } {
  if (brands.length === 0 || at % 2 === 1) return { length: 1 };
  for (let words = 2; words <= maxNameWords; words++) {
    const length = 2 * words - 1;
    if (at + length > tokens.length) break;
    const brandsFrom = (start: number) => match(tokens.slice(start, at + length).join(''));
    const brand = brandsFrom(at).find((name) => brands.includes(name));
    if (brand && !brandsFrom(at + 2).includes(brand)) return { brand, length };
  }
  return { length: 1 };
}
