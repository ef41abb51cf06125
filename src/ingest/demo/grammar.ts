import { pick, type Random } from './random.ts';

/** Named lists of phrases. A phrase may hold slots, `{name}`, that are filled from the list of that name. */
export type Grammar = Readonly<Record<string, readonly string[]>>;

const deepest = 8;

/** A phrase of `start` with every slot filled. A slot without a list is an error in the grammar. */
export function expand(grammar: Grammar, start: string, random: Random, depth = 0): string {
  const phrases = grammar[start];
  if (!phrases || depth > deepest) throw new RangeError(`the demo grammar has no end for {${start}}`);
  return pick(random, phrases).replace(/\{(\w+)\}/g, (_, slot: string) => expand(grammar, slot, random, depth + 1));
}
