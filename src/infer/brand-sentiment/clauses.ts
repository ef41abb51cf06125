/** What a post says of one of the brands that it names. */
export interface Clause {
  readonly brand: string;
  readonly text: string;
}

/** Names of the brands in a text. */
export type Match = (text: string) => readonly string[];

interface Part {
  readonly text: string;
  readonly brands: readonly string[];
}

/** Ends of sentences, and what sets clauses apart as strongly. */
const sentenceEnds = /(?<=[.!?…]["')\]]*)\s+|(?<=;)\s*|\n+|\s+[–—]\s*|—|\s+--?\s+/u;
/** Words that turn to something else; they stay with what they begin. */
const turns = /(?<=[\s,])(?=(?:but|while|whilst|whereas|although|though|however|yet|meanwhile|unlike)\b)/iu;
/** Where two clauses may meet, or two items of a list. */
const joints = /(?<=,)\s+|\s+(?=(?:and|or|so|then|because|since|cause|cos|plus|n)\s)|\s+&\s+/iu;
/** Tags at the end name brands and say nothing of them. */
const lastTags = /(?:\s+#[\p{L}\p{N}_]+)+$/u;
const withoutWords = /^(?:[@#][\p{L}\p{N}_]+|[\p{P}\p{S}\s])*$/u;
/** More than a model reads of a post, and few enough for patterns that look at some characters many times. */
const mostCharacters = 2_000;
/** A shorter piece of a sentence, its brand among them, says nothing of its own. */
const fewestWords = 4;
/** Of two pieces with a comma between them: "love A, hate B". */
const fewestOfTwo = 2;

/**
 * The parts of a text that speak of each of its brands, where they are not all of it: "love A, hate B" says one thing of A and
 * another of B. A sentence that names no brand goes on about the last one before it. Left out are brands that the whole text
 * speaks of, or none of it in words: "A is better than B" does not come apart.
 */
export function brandClauses(post: string, match: Match): readonly Clause[] {
  const text = post.slice(0, mostCharacters).toWellFormed();
  const named = match(text);
  if (named.length < 2) return [];
  const parts = assign(text.split(sentenceEnds).flatMap((sentence) => splitSentence(sentence, match)));
  // A tag by itself names its brand and says nothing of it.
  const spoken = parts.filter((part) => !withoutWords.test(part.text));
  return named.flatMap((brand) => {
    const own = spoken.filter(({ brands }) => brands.includes(brand));
    const isShared = own.length === 1 && (own[0]?.brands.length ?? 0) > 1;
    if (own.length === 0 || own.length === spoken.length || isShared) return [];
    return [{ brand, text: own.map((part) => part.text).join(' ') }];
  });
}

/** A sentence as clauses that name one brand each, as far as it comes apart. */
function splitSentence(sentence: string, match: Match): Part[] {
  const whole = partOf(sentence, match);
  if (whole.brands.length < 2) return [whole];
  return join(sentence.split(turns), match).flatMap((part) => {
    if (part.brands.length < 2) return [part];
    const pieces = join(part.text.split(joints), match);
    return isOfClauses(pieces) ? pieces : [part];
  });
}

/** Rather than items of a list. */
function isOfClauses(pieces: readonly Part[]): boolean {
  const least = pieces.length === 2 && pieces[0]?.text.endsWith(',') ? fewestOfTwo : fewestWords;
  return pieces.every(({ text }) => text.split(/\s+/).length >= least);
}

/** Pieces that name no brand belong to the one before them, those at the beginning to the one behind. */
function join(pieces: readonly string[], match: Match): Part[] {
  const joined: Part[] = [];
  for (const piece of pieces.map((text) => partOf(text, match)).filter(({ text }) => text !== '')) {
    const last = joined.at(-1);
    if (!last || (piece.brands.length > 0 && last.brands.length > 0)) joined.push(piece);
    else joined[joined.length - 1] = { text: `${last.text} ${piece.text}`, brands: [...last.brands, ...piece.brands] };
  }
  return joined;
}

/** The same across sentences: "it" and "they" are whoever was named last. */
function assign(parts: readonly Part[]): Part[] {
  let about = parts.find(({ brands }) => brands.length > 0)?.brands ?? [];
  return parts.map((part) => {
    if (part.brands.length > 0) about = part.brands;
    return { ...part, brands: about };
  });
}

function partOf(text: string, match: Match): Part {
  const named = match(text.replace(lastTags, ''));
  return { text: text.trim(), brands: named.length > 0 ? named : match(text) };
}
