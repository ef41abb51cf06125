import { describe, expect, test } from 'vitest';
import { grammarsOf, type Scene, type Tone } from '../../../../src/ingest/sources/demo/brand-grammar.ts';
import { voices } from '../../../../src/ingest/sources/demo/brands/brand-profiles.ts';
import { chatter } from '../../../../src/ingest/sources/demo/english/chatter.ts';
import { everyday } from '../../../../src/ingest/sources/demo/english/everyday.ts';
import { createTeller, type Grammar, phrases } from '../../../../src/ingest/sources/demo/grammar.ts';
import { otherLanguages } from '../../../../src/ingest/sources/demo/other-languages.ts';
import { createRandom } from '../../../../src/ingest/sources/demo/random.ts';

const random = createRandom(1);

describe('a teller', () => {
  test('fills slots within slots, and tells nothing twice while something is left', () => {
    for (let time = 0; time < 30; time++) {
      const tell = createTeller(random, { drink: ['tea', 'milk'], order: ['{drink} and {drink}'] });
      expect(['tea and milk', 'milk and tea']).toContain(tell('{order}'));
    }
  });

  test('keeps what is marked to stay the same', () => {
    const tell = createTeller(random, { count: ['one', 'two', 'three', 'four', 'five'] });
    const [first, second] = tell('{=count} {=count}').split(' ');
    expect(first).toBe(second);
    expect(tell('{=count}')).toBe(first);
  });

  test('leaves out what may be left out, about half of the time', () => {
    const tell = createTeller(random, { end: ['bye'] });
    const told = Array.from({ length: 400 }, () => tell('{end?}')).filter((end) => end === 'bye').length;
    expect(told).toBeGreaterThan(150);
    expect(told).toBeLessThan(250);
  });

  test('refuses a slot without a list, and a grammar that goes in circles', () => {
    expect(() => createTeller(random, {})('{nothing}')).toThrow('no list for {nothing}');
    expect(() => createTeller(random, { egg: ['{hen}'], hen: ['{egg}'] })('{egg}')).toThrow('circles');
  });

  test('takes a list from the first grammar that has it', () => {
    expect(createTeller(random, { tea: ['{milk}'] }, { tea: ['lost'], milk: ['found'] })('{tea}')).toBe('found');
  });

  test('takes phrases over several lines, an empty one too', () => {
    expect(phrases('one | two\n   lines |')).toEqual(['one', 'two lines', '']);
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

/** Braces that are no slot: a typing mistake. */
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
const neverReviewed = ['title', 'stars'];

describe.each(voices.map((voice) => ({ name: voice.rule.name, voice })))('the grammars of $name', ({ voice }) => {
  const tones: readonly Tone[] = ['positive', 'negative', 'neutral', 'mixed', 'crisis', 'success', 'news', 'official'];
  const scenes = tones.flatMap((tone) =>
    voices
      .filter((other) => other !== voice)
      .flatMap((other) =>
        voice.topics.flatMap((topic): Scene[] => {
          const scene = { voice, other, topic, tone };
          const stories = tone === 'crisis' ? voice.crises : tone === 'success' ? voice.successes : [...voice.crises, ...voice.successes];
          const told = stories.map((story) => ({ ...scene, story }));
          if (tone === 'crisis' || tone === 'success') return told;
          return tone === 'news' || tone === 'official' ? [scene, ...told] : [scene];
        }),
      ),
  );

  test('have a list for every slot', () => {
    for (const scene of scenes) {
      const grammar = merged(grammarsOf(scene, random));
      expect(missingSlots(grammar)).toEqual([]);
      expect(strayBraces(grammar)).toEqual([]);
    }
  });

  test('have everything that a post is put together from', () => {
    for (const scene of scenes) {
      const grammar = merged(grammarsOf(scene, random));
      if (scene.tone === 'news' || scene.tone === 'official') expect(grammar['say']).toBeDefined();
      else {
        const needed = partsOfShapes.filter((part) => scene.tone !== 'neutral' || !neverReviewed.includes(part));
        expect(needed.filter((part) => !grammar[part]?.length)).toEqual([]);
      }
    }
  });
});

test('chatter and the other languages have a list for every slot', () => {
  expect(missingSlots({ ...everyday, ...chatter })).toEqual([]);
  for (const grammar of Object.values(otherLanguages)) expect(missingSlots({ ...grammar, brand: ['Brand'] })).toEqual([]);
});
