import { expect, test } from 'vitest';
import { commonWords, doubledWords } from '../../../src/infer/text/word-table.ts';
import { joinSpaced, revealLetters, shortenElongated, splitHashtags } from '../../../src/infer/text/words.ts';
import tables from '../../../training/text/word-tables.json' with { type: 'json' };

test('the tables equal those of the training code', () => {
  expect({ words: commonWords, doubled: doubledWords }).toEqual({ words: tables.words, doubled: tables.doubled });
});

test.each([
  ['#WorstPhoneEver', '#Worst Phone Ever'],
  ['#worstphoneever', '#worst phone ever'],
  ['#iloveKestrivo', '#i love Kestrivo'],
  ['#boycottbrixomel', '#boycott brixomel'],
  ['#Brixomel', '#Brixomel'],
  ['#weather', '#weather'],
  ['say #no to &#x', 'say #no to &#x'],
])('hashtag %s becomes %s', (text, split) => {
  expect(splitHashtags(text)).toBe(split);
});

test.each([
  ['w o r s t phone', 'worst phone'],
  ['w.o.r.s.t', 'worst'],
  ['n e v e r a g a i n', 'never again'],
  ['G T X B', 'G T X B'],
  ['J R R Tolkien', 'J R R Tolkien'],
  ['u n d', 'u n d'],
  ['b a d', 'bad'],
])('spaced letters of "%s" become "%s"', (text, joined) => {
  expect(joinSpaced(text)).toBe(joined);
});

test.each([
  ['tr@sh', 'trash'],
  ['l0ser', 'loser'],
  ['w0rst', 'worst'],
  ['d*mn', 'damn'],
  ['bull****', 'bullshit'],
  ['up2date v2 at 10am for $20, RTX4090, mp4, 3D, A4, B12', 'up2date v2 at 10am for $20, RTX4090, mp4, 3D, A4, B12'],
  ['price*', 'price*'],
  ['2 * 3 = 6', '2 * 3 = 6'],
])('disguised letters of "%s" become "%s"', (text, revealed) => {
  expect(revealLetters(text)).toBe(revealed);
});

test('a word with more elongated letters than the limit is shortened too', () => {
  expect(shortenElongated(`${'aaabbb'.repeat(20)} ok`)).toBe(`${'ab'.repeat(20)} ok`);
});
