import { type MaskedText, mention } from './mentions.ts';

/** Nouns after "the first" with which it is not a brand. */
const notABrand =
  '(?! (?:time|day|week|month|year|hour|minute|place|thing|half|season|game|episode|floor|step|try|attempt|sip|bite|night|line|of|to|in|round|person|class|order|date|chance|two|few)s?\\b)';
const references = new RegExp(
  `(?<mask>${mention})|\\b(?<first>the former|the first(?: one)?|first one)\\b${notABrand}|\\b(?<second>the latter|the second(?: one)?|second one)\\b${notABrand}|\\b(?<other>the other(?: one)?)\\b(?= (?:is|was|has|had|keeps|will|can|does|did|one)\\b|,)`,
  'giu',
);

/**
 * The masked text with "the former", "the second one" and "the other" as the brands that they stand for: the first and second of the
 * last two brands named before, and the one of them not named last.
 */
export function resolveReferences(post: MaskedText): string {
  let pair: readonly string[] = [];
  let last = '';
  return post.masked.replace(references, (found: string, ...args: unknown[]) => {
    const groups = args.at(-1) as Record<'mask' | 'first' | 'second' | 'other', string | undefined>; // the named groups come last
    if (groups.mask) {
      const known = pair.find((mask) => sameBrand(post, mask, found));
      if (!known) pair = [...pair.slice(-1), found];
      last = known ?? found;
      return found;
    }
    const [first, second] = pair;
    if (!first || !second) return found;
    last = groups.first ? first : groups.second ? second : last === first ? second : first;
    return last;
  });
}

function sameBrand(post: MaskedText, one: string, other: string): boolean {
  return post.brandsOf(one)[0] === post.brandsOf(other)[0];
}
