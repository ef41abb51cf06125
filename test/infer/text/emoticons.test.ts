import { expect, test } from 'vitest';
import { emojiTable } from '../../../src/infer/text/emoji-table.ts';
import { spellEmoji } from '../../../src/infer/text/emoticons.ts';
import tables from '../../../training/text/word-tables.json' with { type: 'json' };

test('the table equals that of the training code', () => {
  expect(emojiTable).toBe(tables.emoji);
});

test('every emoji has exactly one meaning, in lower-case words', () => {
  const entries = emojiTable.split(' ').map((entry) => entry.split('='));
  expect(new Set(entries.map(([emoji]) => emoji)).size).toBe(entries.length);
  for (const [emoji = '', words = ''] of entries) expect(spellEmoji(emoji)).toBe(` ${words.replaceAll('_', ' ')} `);
  expect(entries.every(([, words = '']) => /^[a-z]+(?:_[a-z]+)*$/.test(words))).toBe(true);
});

test.each([
  ['skin tones', '👍🏽', ' good '],
  ['genders', '🤦🏽‍♀️', ' facepalm '],
  ['sequences, joined or not', '😮‍💨😮💨', ' sigh '],
  ['the same meaning once', '😍🥰😍', ' love '],
  ['different meanings in order', '😂😭', ' lol sobbing '],
])('%s', (_, text, words) => {
  expect(spellEmoji(text.replaceAll('\u200d', ''))).toBe(words);
});
