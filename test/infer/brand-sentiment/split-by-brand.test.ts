import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitByBrand } from '../../../src/infer/brand-sentiment/split-by-brand.ts';
import { createBrandMatcher } from '../../../src/ingest/brands/brand-matcher.ts';

const rule = (name: string) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' });
const { match } = createBrandMatcher(['Ibis', 'Osprey', 'Wren'].map(rule));
const clauses = (text: string) => Object.fromEntries(splitByBrand(text, match).map((clause) => [clause.brand, clause.text]));

describe('splits a post by brand', () => {
  test.each([
    ['I love Ibis, hate the Osprey app', 'I love Ibis,', 'hate the Osprey app'],
    ['love Ibis, hate Osprey', 'love Ibis,', 'hate Osprey'],
    ['Ibis was late. Osprey was on time!', 'Ibis was late.', 'Osprey was on time!'],
    ['Osprey was on time! Ibis was late.', 'Ibis was late.', 'Osprey was on time!'],
    ['my Ibis is a joy but my Osprey broke twice', 'my Ibis is a joy', 'but my Osprey broke twice'],
    ['Unlike @ibis, who never answer, Osprey rang me back', 'Unlike @ibis, who never answer,', 'Osprey rang me back'],
    ['good coffee at Ibis; the Osprey one is burnt — again', 'good coffee at Ibis;', 'the Osprey one is burnt again'],
    ['Ibis sent me a new one. They even called! Osprey did nothing', 'Ibis sent me a new one. They even called!', 'Osprey did nothing'],
    ['so tired of waiting, Ibis is down and Osprey is still up', 'so tired of waiting, Ibis is down', 'and Osprey is still up'],
    ['Ibis is down. Osprey works fine #ibis #osprey', 'Ibis is down.', 'Osprey works fine #ibis #osprey'],
  ])('%s', (text, ibis, osprey) => {
    const found = clauses(text);
    expect(found['Ibis']).toBe(ibis);
    expect(found['Osprey']).toBe(osprey);
  });
});

describe('does not split', () => {
  test.each([
    'I love Ibis',
    'no brand at all. None',
    'Ibis is better than Osprey',
    'Ibis, Osprey and Wren are all closed',
    'Ibis vs Osprey?',
    '#ibis #osprey',
  ])('%s', (text) => expect(splitByBrand(text, match)).toEqual([]));
});

test('clauses contain only words of the text, and only brands that it names', () => {
  const piece = fc.constantFrom(
    'Ibis',
    'osprey',
    '@Wren',
    'is',
    'good',
    'but',
    ',',
    '.',
    '!',
    '\n',
    ' – ',
    '#ibis',
    'and',
    'while',
    '😀',
    ';',
    'ぱ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join(' ');
      const words = new Set(text.split(/\s+/));
      for (const clause of splitByBrand(text, match)) {
        expect(match(text)).toContain(clause.brand);
        expect(clause.text.split(/\s+/).filter((word) => !words.has(word))).toEqual([]);
      }
    }),
  );
});

test('hostile texts take linear time', () => {
  const started = performance.now();
  for (const unit of ['Ibis, osprey and ', '. Ibis " ', ' but Ibis while Osprey ', '@@##', '\n – Ibis ', '_', ' ', ' #a', '."'])
    splitByBrand(`Ibis, Osprey #${unit.repeat(60_000)} x`, match);
  expect(performance.now() - started).toBeLessThan(1_000);
});
