import { expect, test } from 'vitest';
import { expandEmojiAndElongation } from '../../../src/infer/text/emoji-and-elongation.ts';
import { doubledWords, emojiWords } from '../../../src/infer/text/emoji-tables.ts';
import table from '../../../training/text/emoji-words.json' with { type: 'json' };

test('the tables equal those of the training code', () => {
  expect({ emoji: emojiWords, doubled: doubledWords.join(' ') }).toEqual({ emoji: table.emoji, doubled: table.doubled });
});

test('every emoji has exactly one meaning', () => {
  const all = Object.values(emojiWords).flatMap((emoji) => [...emoji]);
  expect(new Set(all).size).toBe(all.length);
  for (const emoji of all) expect(expandEmojiAndElongation(emoji)).toMatch(/^ [a-z ]+ $/);
});

test('a word with more elongated letters than the limit is shortened too', () => {
  expect(expandEmojiAndElongation(`${'aaabbb'.repeat(20)} ok`)).toBe(`${'ab'.repeat(20)} ok`);
});
