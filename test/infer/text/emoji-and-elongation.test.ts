import { expect, test } from 'vitest';
import { expandEmojiAndElongation } from '../../../src/infer/text/emoji-and-elongation.ts';
import { doubledWords, emojiWords } from '../../../src/infer/text/emoji-tables.ts';
import table from '../../../training/plain-words.json' with { type: 'json' };

test('knows the words that the model is trained with', () => {
  expect({ emoji: emojiWords, doubled: doubledWords.join(' ') }).toEqual({ emoji: table.emoji, doubled: table.doubled });
});

test('each emoji stands for one meaning, and each has a word', () => {
  const all = Object.values(emojiWords).flatMap((emoji) => [...emoji]);
  expect(new Set(all).size).toBe(all.length);
  for (const emoji of all) expect(expandEmojiAndElongation(emoji)).toMatch(/^ [a-z ]+ $/);
});

test('a word with more stretched letters than are tried is spelled all the same', () => {
  expect(expandEmojiAndElongation(`${'aaabbb'.repeat(20)} ok`)).toBe(`${'ab'.repeat(20)} ok`);
});
