import fc from 'fast-check';
import { expect, test } from 'vitest';
import { borrowedLetters, styledLetters } from '../../../src/infer/text/confusable-tables.ts';
import { replaceConfusables } from '../../../src/infer/text/confusables.ts';
import table from '../../../training/look-alikes.json' with { type: 'json' };

test('the table is the one that training uses', () => {
  expect({ styled: styledLetters, borrowed: borrowedLetters }).toEqual({ styled: table.styled, borrowed: table.borrowed });
});

test.each(Object.entries(styledLetters))('every style of %s becomes plain, even alone', (plain, chars) => {
  for (const char of chars) expect(replaceConfusables(char)).toBe(plain);
});

test.each(Object.entries(borrowedLetters))('every look-alike of %s becomes plain in a word that has Latin letters', (plain, chars) => {
  for (const char of chars) expect(replaceConfusables(`x${char}x`)).toBe(`x${plain}x`);
});

test.each(['\xad', '\u034f', '\u061c', '\u180e', '\u200b', '\u200c', '\u200d', '\u200e', '\u202e', '\u2060', '\u2066', '\ufeff'])(
  'an invisible character is left out',
  (char) => {
    expect(replaceConfusables(`gr${char}eat`)).toBe('great');
  },
);

test.each([
  'Привет, мир',
  'Καλημέρα κόσμε',
  'сосна',
  'the pine is called сосна',
  'α',
  'the α release',
  'café',
  'Øre',
  '良い',
  '👩🏽 ❤️',
  'naïve — “quoted” … €5',
])('%s stays as it is', (text) => {
  expect(replaceConfusables(text)).toBe(text);
});

test('a text of any characters folds once and for all', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', 'plain ', 'Νatuгal '), (text, start) => {
      const folded = replaceConfusables(start + text);
      expect(replaceConfusables(folded)).toBe(folded);
    }),
  );
});

test.each([
  ['Latin letters before one of another script', `${'a'.repeat(500_000)} п`],
  ['letters of another script', 'п'.repeat(500_000)],
  ['mixed words', 'аb '.repeat(200_000)],
  ['what is invisible', '\u200b'.repeat(500_000)],
  ['styled letters', '𝓪'.repeat(300_000)],
])('takes time in proportion to a long text of %s', (_, text) => {
  const startedAt = performance.now();
  replaceConfusables(text);
  // A quadratic step would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
