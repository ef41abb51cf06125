import { describe, expect, test } from 'vitest';
import { applyStyle, joinSentences, tidy } from '../../../../src/ingest/sources/demo/writing-style.ts';
import { createRandom } from '../../../../src/lib/random.ts';

const random = createRandom(3);
const text = 'so the shop is open. really happy about it, @brunoko! see https://go.example/a1b2c for the hours they keep now #Brunoko';

describe('flow', () => {
  test('adds punctuation where a sentence has none', () => {
    expect(joinSentences(['one', 'two?', '', 'three'], '.', true)).toBe('one. two? three.');
    expect(joinSentences(['one', 'two'], '!', false)).toBe('one! two');
  });

  test('never ends in a comma', () => {
    expect(joinSentences(['one', 'two'], ',', true)).toBe('one, two.');
  });
});

test.each([
  ['so  good', 'so good'],
  ['just what I needed ...', 'just what I needed...'],
  ['really ? yes , really', 'really? yes, really'],
  ['who is it?.', 'who is it?'],
  ['done..', 'done.'],
  ['wait....', 'wait...'],
  ['finally,.', 'finally.'],
  ['good one., next', 'good one, next'],
  ['happy :) and sad :/', 'happy :) and sad :/'],
])('tidies %j', (untidy, tidied) => {
  expect(tidy(untidy)).toBe(tidied);
});

describe('inStyle', () => {
  test('plain: starts sentences with a capital', () => {
    expect(applyStyle(text, 'plain', random)).toBe(
      'So the shop is open. Really happy about it, @brunoko! See https://go.example/a1b2c for the hours they keep now #Brunoko',
    );
    expect(applyStyle('well... no. https://go.example/a', 'plain', random)).toBe('Well... no. https://go.example/a');
  });

  test('careless: leaves the text unchanged', () => {
    expect(applyStyle(text, 'careless', random)).toBe(text);
  });

  test('lowercase: has no capitals', () => {
    expect(applyStyle(text, 'lowercase', random)).toBe(text.toLowerCase());
  });

  test('shouting: sometimes upper-cases all but names, hashtags and URLs', () => {
    const loud = Array.from({ length: 20 }, () => applyStyle(text, 'shouting', random)).filter((shouted) => shouted !== text);
    expect(loud.length).toBeGreaterThan(2);
    for (const shouted of loud) {
      expect(shouted).toContain('SO THE SHOP IS OPEN');
      expect(shouted).toContain('@brunoko');
      expect(shouted).toContain('https://go.example/a1b2c');
    }
  });

  test('elongated: stretches a word', () => {
    expect(applyStyle(text, 'elongated', random)).toMatch(/^Sooo+ the shop/);
  });

  test('hasty: swaps two letters of a word that is not a name', () => {
    const typed = new Set(Array.from({ length: 50 }, () => applyStyle(text, 'hasty', random)));
    expect(typed.size).toBeGreaterThan(3);
    for (const hasty of typed) {
      expect([...hasty].sort()).toEqual([...text].sort());
      expect(hasty).toMatch(/@brunoko! see https:\/\/go\.example\/a1b2c .*#Brunoko$/);
    }
    expect(applyStyle('We like Brunoko', 'hasty', random)).toBe('We like Brunoko');
  });
});
