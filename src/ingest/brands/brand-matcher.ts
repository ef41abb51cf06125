import { createHash } from 'node:crypto';
import AhoCorasick from 'modern-ahocorasick';
import type { BrandConfig } from '../../config/schema.ts';
import { foldText } from '../../lib/fold-text.ts';

export interface BrandMatcher {
  /** The names of the brands that the text mentions, in the order of the config, each once. */
  match(text: string): readonly string[];
  /** Changes if, and only if, the rules may match differently. */
  readonly hash: string;
}

/**
 * Increment when folding or word boundaries change: the same config then matches other posts. Since the first version, only the
 * folding of Arabic letters has changed.
 */
const matcherVersion = 1;
const arabicMatcherVersion = 2;
const arabicPattern = /\p{Script=Arabic}/u;

/** Effect of a matching term on a brand (an index into the config). */
interface TermEffect {
  readonly brand: number;
  readonly isExclusion: boolean;
}

interface Terms {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const noBrands: readonly string[] = Object.freeze([]);

/**
 * Searches for all terms of all brands in one pass over the text. A term matches on word boundaries, ignoring case and
 * diacritics: `acme` matches `ACMÉ!`, `#Acme` and `@acme`, but not `AcmeCorp`; `#acme` matches the hashtag only. In
 * scripts without spaces between words, terms match anywhere.
 */
export function createBrandMatcher(rules: readonly BrandConfig[]): BrandMatcher {
  const brands = rules.map(toTerms);
  const effects = effectsByTerm(brands);
  const automaton = new AhoCorasick([...effects].map(([pattern, data]) => ({ pattern, data })));
  const match = (text: string): readonly string[] => {
    const folded = foldText(text);
    const included = new Set<number>();
    const excluded = new Set<number>();
    for (const { start, end, data } of automaton.search(folded)) {
      if (!data || !isWholeWord(folded, start, end)) continue;
      for (const { brand, isExclusion } of data) (isExclusion ? excluded : included).add(brand);
    }
    if (included.size === 0) return noBrands;
    return [...included]
      .filter((brand) => !excluded.has(brand))
      .sort((a, b) => a - b)
      .flatMap((brand) => brands[brand]?.name ?? []);
  };
  return { match: effects.size === 0 ? () => noBrands : match, hash: hashTerms(brands) };
}

function toTerms({ name, aliases, exclude }: BrandConfig): Terms {
  return { name, include: normalizeTerms([name, ...aliases]), exclude: normalizeTerms(exclude) };
}

function normalizeTerms(terms: readonly string[]): string[] {
  const folded = terms.map((term) => foldText(term).trim()).filter((term) => term !== '');
  return [...new Set(folded)].sort();
}

/** The effects of each term, which several brands may share. */
function effectsByTerm(brands: readonly Terms[]): Map<string, TermEffect[]> {
  const effects = new Map<string, TermEffect[]>();
  const add = (term: string, effect: TermEffect) => {
    const known = effects.get(term);
    if (known) known.push(effect);
    else effects.set(term, [effect]);
  };
  for (const [brand, { include, exclude }] of brands.entries()) {
    for (const term of include) add(term, { brand, isExclusion: false });
    for (const term of exclude) add(term, { brand, isExclusion: true });
  }
  return effects;
}

function hashTerms(brands: readonly Terms[]): string {
  const sorted = [...brands].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isArabic = sorted.some(({ include, exclude }) => [...include, ...exclude].some((term) => arabicPattern.test(term)));
  return createHash('sha256')
    .update(JSON.stringify([isArabic ? arabicMatcherVersion : matcherVersion, sorted]))
    .digest('hex')
    .slice(0, 16);
}

/** Characters of a word: letters, digits, marks and the underscore. */
const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Scripts that write words without spaces, or attach particles to them, as Korean does. */
const unspacedScript =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

/** Results by code point: most texts use the same few hundred. */
const wordCharacterCache = new Map<number, boolean>();

function isWordCharacter(codePoint: number): boolean {
  let isWord = wordCharacterCache.get(codePoint);
  if (isWord === undefined) {
    const character = String.fromCodePoint(codePoint);
    isWord = wordCharacter.test(character) && !unspacedScript.test(character);
    // Unicode has about 150,000 letters; the limit bounds the cache.
    if (wordCharacterCache.size < 10_000) wordCharacterCache.set(codePoint, isWord);
  }
  return isWord;
}

/**
 * Whether `text[start, end)` is a whole word: no letter or digit continues across either edge. `#` and `@` begin a
 * hashtag or a handle only if no word ends before them (`me@acme.example` does not contain `@acme`).
 */
function isWholeWord(text: string, start: number, end: number): boolean {
  const first = text.codePointAt(start);
  const last = codePointBefore(text, end);
  if (first === undefined || last === undefined) return false;
  const before = codePointBefore(text, start);
  const after = text.codePointAt(end);
  const isTag = first === 0x23 || first === 0x40;
  if (before !== undefined && (isTag || isWordCharacter(first)) && isWordCharacter(before)) return false;
  return !(after !== undefined && isWordCharacter(last) && isWordCharacter(after));
}

function codePointBefore(text: string, index: number): number | undefined {
  if (index <= 0) return undefined;
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return text.codePointAt(isLowSurrogate && index > 1 ? index - 2 : index - 1);
}

/** Name and aliases of a brand; for `*`, of every brand. */
export function brandTerms(brand: string, brands: readonly BrandConfig[]): string[] {
  const selected = brand === '*' ? brands : brands.filter(({ name }) => name === brand);
  return [...(brand === '*' ? [] : [brand]), ...selected.flatMap(({ name, aliases }) => [name, ...aliases])];
}
