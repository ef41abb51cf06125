import { describe, expect, test } from 'vitest';
import { brandProfiles } from '../../../../src/ingest/sources/demo/demo-brands.ts';
import { chatter, everyday } from '../../../../src/ingest/sources/demo/english.ts';
import { otherLanguages } from '../../../../src/ingest/sources/demo/other-languages.ts';
import { type PostContext, selectGrammars, type Tone } from '../../../../src/ingest/sources/demo/post-text.ts';
import { createTextGenerator, type Grammar, parseGrammar } from '../../../../src/ingest/sources/demo/text-generator.ts';
import { createRandom } from '../../../../src/lib/random.ts';

const random = createRandom(1);

describe('text generator', () => {
  test('fills nested slots and repeats no phrase while others are left', () => {
    for (let time = 0; time < 30; time++) {
      const generate = createTextGenerator(random, { drink: ['tea', 'milk'], order: ['{drink} and {drink}'] });
      expect(['tea and milk', 'milk and tea']).toContain(generate('{order}'));
    }
  });

  test('keeps {=name} the same', () => {
    const generate = createTextGenerator(random, { count: ['one', 'two', 'three', 'four', 'five'] });
    const [first, second] = generate('{=count} {=count}').split(' ');
    expect(first).toBe(second);
    expect(generate('{=count}')).toBe(first);
  });

  test('leaves {name?} out about half of the time', () => {
    const generate = createTextGenerator(random, { end: ['bye'] });
    const told = Array.from({ length: 400 }, () => generate('{end?}')).filter((end) => end === 'bye').length;
    expect(told).toBeGreaterThan(150);
    expect(told).toBeLessThan(250);
  });

  test('rejects a slot without a list and a circular grammar', () => {
    expect(() => createTextGenerator(random, {})('{nothing}')).toThrow('no list for {nothing}');
    expect(() => createTextGenerator(random, { egg: ['{hen}'], hen: ['{egg}'] })('{egg}')).toThrow('circular');
  });

  test('takes a list from the first grammar that has it', () => {
    expect(createTextGenerator(random, { tea: ['{milk}'] }, { tea: ['lost'], milk: ['found'] })('{tea}')).toBe('found');
  });

  test('grammar() parses lists over several lines, with empty phrases', () => {
    expect(parseGrammar('\n  a: one | two: 2\n    | three |\n  b: x\n')).toEqual({ a: ['one', 'two: 2', 'three', ''], b: ['x'] });
  });
});

const merged = (grammars: readonly Grammar[]): Grammar => Object.assign({}, ...[...grammars].reverse());

/** `list {slot}` for each slot that has no list. */
function missingSlots(grammar: Grammar): string[] {
  return Object.entries(grammar).flatMap(([list, entries]) =>
    entries.flatMap((entry) =>
      [...entry.matchAll(/\{=?(\w+)\??\}/g)].flatMap(([slot, name = '']) => ((grammar[name]?.length ?? 0) > 0 ? [] : `${list} ${slot}`)),
    ),
  );
}

/** Braces that are not part of a slot: a typo. */
function strayBraces(grammar: Grammar): string[] {
  return Object.values(grammar)
    .flat()
    .filter((entry) => /[{}]/.test(entry.replace(/\{=?\w+\??\}/g, '')));
}

const partsOfShapes = [
  'say',
  'more',
  'end',
  'emoji',
  'stop',
  'tag',
  'short',
  'reply',
  'pair',
  'title',
  'stars',
  'opening',
  'link',
  'handle',
];
const reviewsOnly = ['title', 'stars'];

describe.each(brandProfiles.map((brand) => ({ name: brand.rule.name, brand })))('the grammars of $name', ({ brand }) => {
  const tones: readonly Tone[] = ['positive', 'negative', 'neutral', 'mixed', 'crisis', 'success', 'news', 'official'];
  const contexts = tones.flatMap((tone) =>
    brandProfiles
      .filter((other) => other !== brand)
      .flatMap((other) =>
        brand.topics.flatMap((topic): PostContext[] => {
          const context = { brand, other, topic, tone };
          const scenarios = tone === 'crisis' ? brand.crises : tone === 'success' ? brand.successes : [...brand.crises, ...brand.successes];
          const told = scenarios.map((scenario) => ({ ...context, scenario }));
          if (tone === 'crisis' || tone === 'success') return told;
          return tone === 'news' || tone === 'official' ? [context, ...told] : [context];
        }),
      ),
  );

  test('have a list for every slot', () => {
    for (const context of contexts) {
      const lists = merged(selectGrammars(context, random));
      expect(missingSlots(lists)).toEqual([]);
      expect(strayBraces(lists)).toEqual([]);
    }
  });

  test('have every list that a post needs', () => {
    for (const context of contexts) {
      const lists = merged(selectGrammars(context, random));
      if (context.tone === 'news' || context.tone === 'official') expect(lists['say']).toBeDefined();
      else {
        const needed = partsOfShapes.filter((part) => context.tone !== 'neutral' || !reviewsOnly.includes(part));
        expect(needed.filter((part) => !lists[part]?.length)).toEqual([]);
      }
    }
  });
});

test('chatter and the other languages have a list for every slot', () => {
  expect(missingSlots({ ...everyday, ...chatter })).toEqual([]);
  for (const grammar of Object.values(otherLanguages)) expect(missingSlots({ ...grammar, brand: ['Brand'] })).toEqual([]);
});
