import { pick, type Random } from '../../../lib/random.ts';

/** Named lists of phrases. A phrase may contain slots, which are filled from the list of that name. */
export type Grammar = Readonly<Record<string, readonly string[]>>;

/** Fills every slot of a phrase. */
export type TextGenerator = (phrase: string) => string;

const maxDepth = 10;

/** Parses a grammar: a line `name: phrase | phrase` begins a list, and a line that begins with `|` continues it. Phrases may be empty. */
export function parseGrammar(text: string): Grammar {
  const lists: Record<string, readonly string[]> = {};
  for (const list of text.trim().split(/\n\s*(?=\w+: )/)) {
    const colon = list.indexOf(':');
    lists[list.slice(0, colon)] = list
      .slice(colon + 1)
      .split('|')
      .map((phrase) => phrase.trim());
  }
  return lists;
}

/**
 * Generates one text. `{name}` becomes a phrase of that list, one not used in this text while others are left; `{=name}`
 * the same phrase every time; `{name?}` is left out half of the time. The first grammar that has a list of the name
 * provides it; merging the grammars would take longer than generating.
 * @throws RangeError for a slot without a list, or a list that refers to itself
 */
export function createTextGenerator(random: Random, ...grammars: readonly Grammar[]): TextGenerator {
  /** Phrases used in this text. */
  const used = new Set<string>();
  /** Phrases of the `{=name}` slots. */
  const fixed = new Map<string, string>();
  const choose = (slot: string): string => {
    const choices = grammars.find((lists) => lists[slot])?.[slot];
    if (!choices) throw new RangeError(`the demo grammar has no list for {${slot}}`);
    const unused = choices.filter((choice) => !used.has(choice));
    const choice = pick(random, unused.length > 0 ? unused : choices);
    if (choice !== '') used.add(choice);
    return choice;
  };
  const fill = (phrase: string, depth: number): string => {
    if (depth > maxDepth) throw new RangeError('the demo grammar is circular');
    return phrase.replace(/\{(=?)(\w+)(\??)\}/g, (_, same: string, slot: string, optional: string) => {
      if (optional && random() < 0.5) return '';
      const known = same ? fixed.get(slot) : undefined;
      if (known !== undefined) return known;
      const filled = fill(choose(slot), depth + 1);
      if (same) fixed.set(slot, filled);
      return filled;
    });
  };
  return (phrase) => fill(phrase, 0);
}
