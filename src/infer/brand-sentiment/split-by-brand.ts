/** The part of a post that is about one of its brands. */
export interface BrandClause {
  readonly brand: string;
  readonly text: string;
}

/** Returns the names of the brands in a text. */
export type MatchBrands = (text: string) => readonly string[];

interface Segment {
  readonly text: string;
  readonly brands: readonly string[];
}

/** Sentence ends, and punctuation that separates clauses as clearly. */
const sentenceBoundary = /(?<=[.!?…]["')\]]*)\s+|(?<=;)\s*|\n+|\s+[–—]\s*|—|\s+--?\s+/u;
/** Before conjunctions of contrast, which belong to the clause that they begin. */
const contrastBoundary = /(?<=[\s,])(?=(?:but|while|whilst|whereas|although|though|however|yet|meanwhile|unlike)\b)/iu;
/** Between two coordinated clauses, or two items of a list. */
const coordinationBoundary = /(?<=,)\s+|\s+(?=(?:and|or|so|then|because|since|cause|cos|plus|n)\s)|\s+&\s+/iu;
/** Trailing hashtags name brands without saying anything about them. */
const trailingHashtags = /(?:\s+#[\p{L}\p{N}_]+)+$/u;
const wordlessPattern = /^(?:[@#][\p{L}\p{N}_]+|[\p{P}\p{S}\s])*$/u;
/** Longer than any model input, and short enough for backtracking regular expressions. */
const maxCharacters = 2_000;
/** Minimum words of a clause, brand name included. */
const minWords = 4;
/** The same for exactly two pieces separated by a comma: "love A, hate B". */
const minWordsOfPair = 2;

/**
 * Splits a post that names several brands into the clauses about each: "love A, hate B" gives "love A," and "hate B".
 * A sentence without a brand belongs to the previous brand. Brands that cover the whole post, or that appear only in
 * hashtags, get no clause. Comparisons such as "A is better than B" cannot be split by brand.
 */
export function splitByBrand(post: string, match: MatchBrands): readonly BrandClause[] {
  const text = post.slice(0, maxCharacters).toWellFormed();
  const brands = match(text);
  if (brands.length < 2) return [];
  const segments = carryBrandsForward(text.split(sentenceBoundary).flatMap((sentence) => splitSentence(sentence, match)));
  const withWords = segments.filter((segment) => !wordlessPattern.test(segment.text));
  return brands.flatMap((brand) => {
    const brandSegments = withWords.filter((segment) => segment.brands.includes(brand));
    const isShared = brandSegments.length === 1 && (brandSegments[0]?.brands.length ?? 0) > 1;
    if (brandSegments.length === 0 || brandSegments.length === withWords.length || isShared) return [];
    return [{ brand, text: brandSegments.map((segment) => segment.text).join(' ') }];
  });
}

/** Splits a sentence into clauses of one brand each, as far as possible. */
function splitSentence(sentence: string, match: MatchBrands): Segment[] {
  const whole = createSegment(sentence, match);
  if (whole.brands.length < 2) return [whole];
  return mergeByBrand(sentence.split(contrastBoundary), match).flatMap((segment) => {
    if (segment.brands.length < 2) return [segment];
    const pieces = mergeByBrand(segment.text.split(coordinationBoundary), match);
    return areClauses(pieces) ? pieces : [segment];
  });
}

/** Distinguishes clauses from the items of a list by their length. */
function areClauses(pieces: readonly Segment[]): boolean {
  const min = pieces.length === 2 && pieces[0]?.text.endsWith(',') ? minWordsOfPair : minWords;
  return pieces.every(({ text }) => text.split(/\s+/).length >= min);
}

/** Joins a piece without a brand to the piece before it, and leading ones to the piece after them. */
function mergeByBrand(pieces: readonly string[], match: MatchBrands): Segment[] {
  const merged: Segment[] = [];
  for (const piece of pieces.map((text) => createSegment(text, match)).filter(({ text }) => text !== '')) {
    const last = merged.at(-1);
    if (!last || (piece.brands.length > 0 && last.brands.length > 0)) merged.push(piece);
    else merged[merged.length - 1] = { text: `${last.text} ${piece.text}`, brands: [...last.brands, ...piece.brands] };
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

function createSegment(text: string, match: MatchBrands): Segment {
  const brands = match(text.replace(trailingHashtags, ''));
  return { text: text.trim(), brands: brands.length > 0 ? brands : match(text) };
}
