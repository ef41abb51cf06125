import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crossScriptConfusables, latinVariants } from '../../../src/infer/text/confusable-tables.ts';
import { replaceConfusables } from '../../../src/infer/text/confusables.ts';
import table from '../../../training/text/confusables.json' with { type: 'json' };

test('the tables equal those of the training code', () => {
  expect({ latinVariants, crossScriptConfusables }).toEqual({
    latinVariants: table.latinVariants,
    crossScriptConfusables: table.crossScriptConfusables,
  });
});

test.each(Object.entries(latinVariants))('every variant of %s is replaced, even alone', (plain, chars) => {
  for (const char of chars) expect(replaceConfusables(char)).toBe(plain);
});

test.each(Object.entries(crossScriptConfusables))('every confusable of %s is replaced in a word with Latin letters', (plain, chars) => {
  for (const char of chars) expect(replaceConfusables(`x${char}x`)).toBe(`x${plain}x`);
});

test.each(['\xad', '\u034f', '\u061c', '\u180e', '\u200b', '\u200c', '\u200d', '\u200e', '\u202e', '\u2060', '\u2066', '\ufeff'])(
  'invisible characters are removed',
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
])('%s is unchanged', (text) => {
  expect(replaceConfusables(text)).toBe(text);
});

test('replacing twice equals replacing once, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', 'plain ', 'Νatuгal '), (text, start) => {
      const replaced = replaceConfusables(start + text);
      expect(replaceConfusables(replaced)).toBe(replaced);
    }),
  );
});

test.each([
  ['Latin letters before one of another script', `${'a'.repeat(500_000)} п`],
  ['letters of another script', 'п'.repeat(500_000)],
  ['mixed words', 'аb '.repeat(200_000)],
  ['invisible characters', '\u200b'.repeat(500_000)],
  ['Latin variants', '𝓪'.repeat(300_000)],
])('takes linear time for a long text of %s', (_, text) => {
  const startedAt = performance.now();
  replaceConfusables(text);
  // A quadratic step would take minutes.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
