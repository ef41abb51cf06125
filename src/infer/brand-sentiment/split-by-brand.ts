import type { Label } from '../../domain/post.ts';
import { findComparison, joinFragments } from './comparisons.ts';
import { type MaskedText, type MatchBrands, maskBrands, mention, taggedMention } from './mentions.ts';
import { resolveReferences } from './references.ts';

/** What a post says about one of its brands. */
export type BrandReading =
  /** Score the text. In a `contrast` it says how the writer sees the brand, or the opposite, and is hardly neutral. */
  | { readonly brand: string; readonly text: string; readonly contrast?: 'same' | 'opposite' }
  /** The wording decides. A reading that `needsFeeling` counts only if the post as a whole is not neutral. */
  | { readonly brand: string; readonly label: Label; readonly needsFeeling: boolean };

/** A clause, masked, with its brands. */
interface Segment {
  readonly text: string;
  readonly brands: readonly string[];
  /** A brand that is only the place or the way of what the clause is about. */
  readonly place?: string;
}

const emoji = '[\\p{Extended_Pictographic}\\uFE0F\\u200D\\p{Emoji_Modifier}]';
/** Sentence ends, and punctuation that separates clauses as clearly. */
const sentenceBoundary = /(?<=[.!?…]["')\]]*)\s+|(?<=;)\s*|\n+|\s+[–—]\s*|—|\s+--?\s+|\s+[/|]\s+/u;
/** The same in any script: Arabic, Devanagari and East Asian punctuation, which may be without a space. */
const plainBoundary = /(?<=[.!?…؟۔।]["')\]»”]*)\s+|(?<=[。！？；;؛])\s*|\n+|\s+[–—]\s*|—|\s+--?\s+|\s+[/|]\s+/u;
/** Commas of any script. */
const plainCoordination = /(?<=[,،])\s+|(?<=[，、])\s*/u;
/** Before conjunctions of contrast, which belong to the clause that they begin. */
const contrastBoundary =
  /(?<=[\s,])(?=(?:but|while|whilst|whereas|although|though|however|yet|meanwhile|unlike|where|except|instead|shame about|pity about)\b)/iu;
/** Between two coordinated clauses, or two items of a list. */
const coordinationBoundary = /(?<=,)\s+|\s+(?=(?:and|or|so|then|because|since|cause|cos|plus|n|after|when|until|what)\s)|\s+&\s+/iu;
/** Emoji follow what they are about; in a sentence that begins with one, they precede it. */
const afterEmoji = new RegExp(`(?<=${emoji})\\s+(?=[^\\s])(?!${emoji})`, 'u');
const beforeEmoji = new RegExp(`(?<!${emoji})\\s+(?=${emoji})`, 'u');
const anyEmoji = new RegExp(emoji, 'u');
const startsWithEmoji = new RegExp(`^\\s*${emoji}`, 'u');
/** Trailing hashtags name brands without saying anything about them. */
const trailingHashtags = new RegExp(`(?:\\s+(?:#[\\p{L}\\p{N}_]+|${taggedMention}))+$`, 'u');
const wordlessPattern = /^(?:[@#][\p{L}\p{N}_]+|(?!\p{Extended_Pictographic})[\p{P}\p{S}\s])*$/u;
/** After a brand: another one in the same role, or a clause about it. */
const joined = `(?:['’]s)?(?:,?\\s+(?:and|or)|\\s*[&+])\\s+[^\uE000-\uF8FF]{0,12}${mention}|,?\\s+(?:which|who|whose|where|my favou?rite)\\b`;
/** A brand as the place, the way or the time of what the clause is about. */
const circumstance = new RegExp(
  `\\b(?:at|in|inside|near|outside|opposite|through|via|on|onto|off|during|next to|across from|behind|beside|from|(?:way|walked|went|going|drove|trip) to|according to|(?:across|down|up) the (?:road|street) from)\\s+(?:(?:the|a|an|my|our|their|this|that|your|whole|old|new|same)\\s+){0,3}${mention}(?!${joined})|${mention} (?:reports?|reported|says?|said|writes?|wrote|confirms?|confirmed|announced) that\\b`,
  'giu',
);
/** Longer than any model input, and short enough for backtracking regular expressions. */
const maxCharacters = 2_000;
/** Minimum words of a clause, brand name included. */
const minWords = 4;
/** The same for exactly two pieces separated by a comma: "love A, hate B". */
const minWordsOfPair = 2;

/**
 * Says what a post that names several brands says about each. It ranks the brands of a comparison ("A is better than B", "left B
 * for A") and splits other sentences into the clauses about each: "love A, hate B" gives "love A," and "hate B". "The former" and
 * the like count as the brand that they stand for; a sentence without a brand belongs to the previous brand. Brands that cover the
 * whole post, or that appear only in hashtags, get no reading of their own.
 *
 * The rules for comparisons, references and conjunctions know English words. Posts in another language `lang` are only split at
 * punctuation, line breaks and emoji.
 */
export function splitByBrand(post: string, match: MatchBrands, lang = 'en'): readonly BrandReading[] {
  const text = post
    .slice(0, maxCharacters)
    .toWellFormed()
    .replace(/[^\S\n]+/gu, ' ');
  const brands = match(text);
  if (brands.length < 2) return [];
  const masked = maskBrands(text, brands, match);
  if (lang !== 'en') return readPlain(masked, brands);
  return readMasked({ ...masked, masked: resolveReferences(masked) }, brands);
}

function readMasked(post: MaskedText, brands: readonly string[]): BrandReading[] {
  const decided = new Map<string, BrandReading>();
  const decide = (reading: BrandReading) => {
    if (!decided.has(reading.brand)) decided.set(reading.brand, reading);
  };
  const segments = joinFragments(post.masked.split(sentenceBoundary)).flatMap((sentence): Segment[] => {
    const comparison = post.brandsOf(sentence).length > 1 ? findComparison(sentence, post.masked) : undefined;
    if (!comparison) return splitSentence(sentence, post).map((segment) => separatePlace(segment, post));
    if ('clause' in comparison) {
      const { subject, other, clause, isSame } = comparison;
      const text = post
        .unmask(clause)
        .replace(/[\s,;]+$/u, '')
        .trim();
      for (const brand of post.brandsOf(subject)) decide({ brand, text, contrast: 'same' });
      for (const brand of post.brandsOf(other)) decide({ brand, text, contrast: isSame ? 'same' : 'opposite' });
      return [{ text: sentence, brands: post.brandsOf(subject) }];
    }
    const { better, worse, needsFeeling = false } = comparison;
    for (const brand of post.brandsOf(better)) decide({ brand, label: 'positive', needsFeeling });
    for (const brand of post.brandsOf(worse)) decide({ brand, label: 'negative', needsFeeling });
    return [{ text: sentence, brands: post.brandsOf(better) }];
  });
  const withWords = carryBrandsForward(segments).filter((segment) => !wordlessPattern.test(post.unmask(segment.text)));
  // A place in an earlier clause may be what the rest is about.
  const place = withWords.at(-1)?.place;
  if (place) decide({ brand: place, label: 'neutral', needsFeeling: false });
  return brands.flatMap((brand) => decided.get(brand) ?? readClauses(brand, withWords, post));
}

/** Splits a post by punctuation alone. */
function readPlain(post: MaskedText, brands: readonly string[]): BrandReading[] {
  const segments = post.masked.split(plainBoundary).flatMap((sentence): Segment[] => {
    const whole = createSegment(sentence, post);
    return splitAtBoundaries(whole, post, plainCoordination);
  });
  const withWords = carryBrandsForward(segments).filter(({ text }) => !wordlessPattern.test(post.unmask(text)));
  return brands.flatMap((brand) => readClauses(brand, withWords, post));
}

/**
 * The clauses about a brand, those about it alone if there are any. None if they are the whole post, or one clause that is about
 * other brands too.
 */
function readClauses(brand: string, segments: readonly Segment[], post: MaskedText): BrandReading[] {
  const about = segments.filter((segment) => segment.brands.includes(brand));
  const alone = about.filter(({ brands }) => brands.length === 1);
  const own = alone.length > 0 ? alone : about;
  const isShared = own.length === 1 && (own[0]?.brands.length ?? 0) > 1;
  if (own.length === 0 || own.length === segments.length || isShared) return [];
  return [{ brand, text: own.map((segment) => post.unmask(segment.text)).join(' ') }];
}

/** Splits a sentence into clauses of one brand each, as far as possible. */
function splitSentence(sentence: string, post: MaskedText): Segment[] {
  const whole = createSegment(sentence, post);
  if (whole.brands.length < 2) return [whole];
  return mergeByBrand(sentence.split(contrastBoundary), post).flatMap((segment) => splitAtBoundaries(segment, post, coordinationBoundary));
}

function splitAtBoundaries(segment: Segment, post: MaskedText, coordination: RegExp): Segment[] {
  for (const boundary of [startsWithEmoji.test(segment.text) ? beforeEmoji : afterEmoji, coordination]) {
    if (segment.brands.length < 2) return [segment];
    const pieces = mergeByBrand(segment.text.split(boundary), post);
    if (pieces.length > 1 && areClauses(pieces, boundary === coordination)) return pieces;
  }
  return [segment];
}

/** Distinguishes clauses from the items of a list by their length, or by the emoji of each. */
function areClauses(pieces: readonly Segment[], isCoordination: boolean): boolean {
  if (pieces.every(({ text }) => anyEmoji.test(text))) return true;
  const min = pieces.length === 2 && pieces[0]?.text.endsWith(',') ? minWordsOfPair : minWords;
  return isCoordination && pieces.every(({ text }) => text.split(/\s+/).length >= min);
}

/** Of two brands in a clause, one may only be its place or way: "my A broke on the way to B" is about A. */
function separatePlace(segment: Segment, post: MaskedText): Segment {
  if (segment.brands.length !== 2) return segment;
  const circumstances = new Set(post.brandsOf((segment.text.match(circumstance) ?? []).join(' ')));
  const subjects = new Set(post.brandsOf(segment.text.replace(circumstance, '')));
  const [place] = segment.brands.filter((brand) => circumstances.has(brand) && !subjects.has(brand));
  if (!place || subjects.size !== 1) return segment;
  return { ...segment, brands: [...subjects], place };
}

/** Joins a piece without a brand to the piece before it, and leading ones to the piece after them. */
function mergeByBrand(pieces: readonly string[], post: MaskedText): Segment[] {
  const merged: Segment[] = [];
  for (const piece of pieces.map((text) => createSegment(text, post)).filter(({ text }) => text !== '')) {
    const last = merged.at(-1);
    if (!last || (piece.brands.length > 0 && last.brands.length > 0)) merged.push(piece);
    else merged[merged.length - 1] = { text: `${last.text} ${piece.text}`, brands: [...new Set([...last.brands, ...piece.brands])] };
  }
  return merged;
}

/** Gives a sentence without a brand the brands of the sentence before it: "it" and "they" refer to those. */
function carryBrandsForward(segments: readonly Segment[]): Segment[] {
  let current = segments.find(({ brands }) => brands.length > 0)?.brands ?? [];
  return segments.map((segment) => {
    if (segment.brands.length > 0) current = segment.brands;
    return { ...segment, brands: current };
  });
}

function createSegment(text: string, post: MaskedText): Segment {
  const brands = post.brandsOf(text.replace(trailingHashtags, ''));
  return { text: text.trim(), brands: brands.length > 0 ? brands : post.brandsOf(text) };
}
