import { pick, type Random } from './random.ts';

/** Named lists of phrases. A phrase may hold slots, which are filled from the list of that name. */
export type Grammar = Readonly<Record<string, readonly string[]>>;

/** Fills every slot of a phrase. */
export type Teller = (phrase: string) => string;

const deepest = 10;

/** Phrases from a text with `|` between them; an empty one counts too. */
export function phrases(text: string): readonly string[] {
  return text.split('|').map((phrase) => phrase.trim().replace(/\s*\n\s*/g, ' '));
}

/**
 * One text in the making. `{name}` is a phrase of that list, not told before in this text while others are left;
 * `{=name}` is the same phrase every time; `{name?}` is left out half of the time. A slot without a list is an
 * error in the grammar. The first grammar with a list of that name has it: they are not merged, because that would take
 * longer than telling.
 */
export function createTeller(random: Random, ...grammars: readonly Grammar[]): Teller {
  const told = new Set<string>();
  const kept = new Map<string, string>();
  const choose = (slot: string): string => {
    const choices = grammars.find((grammar) => grammar[slot])?.[slot];
    if (!choices) throw new RangeError(`the demo grammar has no list for {${slot}}`);
    const fresh = choices.filter((choice) => !told.has(choice));
    const choice = pick(random, fresh.length > 0 ? fresh : choices);
    if (choice !== '') told.add(choice);
    return choice;
  };
  const fill = (phrase: string, depth: number): string => {
    if (depth > deepest) throw new RangeError('the demo grammar goes in circles');
    return phrase.replace(/\{(=?)(\w+)(\??)\}/g, (_, same: string, slot: string, optional: string) => {
      if (optional && random() < 0.5) return '';
      const known = same ? kept.get(slot) : undefined;
      if (known !== undefined) return known;
      const filled = fill(choose(slot), depth + 1);
      if (same) kept.set(slot, filled);
      return filled;
    });
  };
  return (phrase) => fill(phrase, 0);
}
