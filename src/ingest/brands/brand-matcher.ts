import { createHash } from 'node:crypto';
import AhoCorasick from 'modern-ahocorasick';
import type { BrandRule } from '../../config/schema.ts';
import { foldText } from '../../lib/fold-text.ts';

export interface BrandMatcher {
  /** Names of the brands that the text mentions, in the order of the config, each once. */
  match(text: string): readonly string[];
  /** Changes when, and only when, the rules may match differently. */
  readonly hash: string;
}

/** Raised when folding or boundaries change: the same rules then match other posts. */
const matcherVersion = 1;

/** What a term tells of a brand, by the brand's place in the config. */
interface Meaning {
  readonly brand: number;
  readonly excludes: boolean;
}

interface Terms {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const noBrands: readonly string[] = Object.freeze([]);

/**
 * Looks for all terms of all brands in one pass over the text. A term matches on word boundaries, whatever
 * its case and diacritics: `acme` is in `ACMÉ!`, `#Acme` and `@acme`, not in `AcmeCorp`; `#acme` is only in
 * the hashtag. Scripts without spaces between words match anywhere.
 */
export function createBrandMatcher(rules: readonly BrandRule[]): BrandMatcher {
  const brands = rules.map(termsOf);
  const meanings = gatherMeanings(brands);
  const automaton = new AhoCorasick([...meanings].map(([pattern, data]) => ({ pattern, data })));
  const match = (text: string): readonly string[] => {
    const folded = foldText(text);
    const included = new Set<number>();
    const excluded = new Set<number>();
    for (const { start, end, data } of automaton.search(folded)) {
      if (!data || !isWholeWord(folded, start, end)) continue;
      for (const { brand, excludes } of data) (excludes ? excluded : included).add(brand);
    }
    if (included.size === 0) return noBrands;
    return [...included]
      .filter((brand) => !excluded.has(brand))
      .sort((a, b) => a - b)
      .flatMap((brand) => brands[brand]?.name ?? []);
  };
  return { match: meanings.size === 0 ? () => noBrands : match, hash: hashOf(brands) };
}

function termsOf({ name, aliases, exclude }: BrandRule): Terms {
  return { name, include: normalised([name, ...aliases]), exclude: normalised(exclude) };
}

function normalised(terms: readonly string[]): string[] {
  const folded = terms.map((term) => foldText(term).trim()).filter((term) => term !== '');
  return [...new Set(folded)].sort();
}

/** One entry a term, since several brands may share it. */
function gatherMeanings(brands: readonly Terms[]): Map<string, Meaning[]> {
  const meanings = new Map<string, Meaning[]>();
  const add = (term: string, meaning: Meaning) => {
    const known = meanings.get(term);
    if (known) known.push(meaning);
    else meanings.set(term, [meaning]);
  };
  for (const [brand, { include, exclude }] of brands.entries()) {
    for (const term of include) add(term, { brand, excludes: false });
    for (const term of exclude) add(term, { brand, excludes: true });
  }
  return meanings;
}

function hashOf(brands: readonly Terms[]): string {
  const sorted = [...brands].sort((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([matcherVersion, sorted]))
    .digest('hex')
    .slice(0, 16);
}

/** A character that goes on a word: letters, digits, marks, the underscore. */
const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Scripts that write words without spaces between them, or glue particles to them, as Korean does. */
const gluedScript =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;

/** Answers for characters seen before: the same few hundred come again and again. */
const known = new Map<number, boolean>();

function joinsWords(codePoint: number): boolean {
  let joins = known.get(codePoint);
  if (joins === undefined) {
    const character = String.fromCodePoint(codePoint);
    joins = wordCharacter.test(character) && !gluedScript.test(character);
    // Unicode has some 150,000 letters; a flood of rare ones must not fill the memory.
    if (known.size < 10_000) known.set(codePoint, joins);
  }
  return joins;
}

/**
 * True when `text[start, end)` stands by itself: no letter or digit runs on across either edge. `#` and `@`
 * begin a hashtag or a handle only where no word ends before them (`me@acme.example` holds no `@acme`).
 */
export function isWholeWord(text: string, start: number, end: number): boolean {
  const first = text.codePointAt(start);
  const last = codePointBefore(text, end);
  if (first === undefined || last === undefined) return false;
  const before = codePointBefore(text, start);
  const after = text.codePointAt(end);
  const tagged = first === 0x23 || first === 0x40;
  if (before !== undefined && (tagged || joinsWords(first)) && joinsWords(before)) return false;
  return !(after !== undefined && joinsWords(last) && joinsWords(after));
}

function codePointBefore(text: string, index: number): number | undefined {
  if (index <= 0) return undefined;
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return text.codePointAt(isLowSurrogate && index > 1 ? index - 2 : index - 1);
}
