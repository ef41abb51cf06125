import { doubledWords, emojiWords } from './emoji-tables.ts';
import { whitespace } from './whitespace.ts';

// Same as spell_out in training/text/clean.py.
const wordByEmoji = new Map(Object.entries(emojiWords).flatMap(([word, emoji]) => [...emoji].map((char) => [char, word] as const)));
/** A run of the same emoji, in any skin tone, counts once. */
const emojiRunPattern = new RegExp(`([${[...wordByEmoji.keys()].join('')}])(?:[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]|\\1)*`, 'gu');
/**
 * Emoticons that WordPiece splits into unrelated tokens; the model knows :) and :( as they are. `D:` counts only at the
 * end of a post, because of "vitamin D: …".
 */
const emoticons: readonly (readonly [words: string, emoticon: RegExp])[] = [
  ['love', /(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)/g],
  ['broken heart', /(?<![A-Za-z0-9])<\/3(?![A-Za-z0-9])/g],
  ['happy', /(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])/g],
  ['upset', new RegExp(`(?<![^${whitespace}])D[:=][${whitespace}]*$`)],
];
const doubled = new Set(doubledWords);
const maxDoubledLength = Math.max(...doubledWords.map(({ length }) => length));
const longWordPattern = /[A-Za-z]{4,}/g;
const elongationPattern = /([a-z])\1\1+/g;
/** Only the first elongated letters of a word are tried both single and double. */
const maxElongations = 3;

/** Replaces emoji and emoticons that express a feeling with words, and shortens elongated words ("gooood" → "good"). */
export function expandEmojiAndElongation(text: string): string {
  const withoutEmoticons = emoticons.reduce((result, [meaning, emoticon]) => result.replace(emoticon, ` ${meaning} `), text);
  return withoutEmoticons.replace(emojiRunPattern, (_, emoji: string) => ` ${wordByEmoji.get(emoji)} `).replace(longWordPattern, shorten);
}

/**
 * Shortens an elongated word: a letter repeated three times or more becomes double if that gives a common word, else single.
 * A word that repeats one letter only, such as III or zzz, is not elongated.
 */
function shorten(word: string): string {
  const found = [...word.toLowerCase().matchAll(elongationPattern)];
  if (found.length === 0 || found[0]?.[0].length === word.length) return word;
  /** Bit i of `doubles`: whether elongation i becomes double. */
  const spell = (doubles: number): string => {
    let text = '';
    let position = 0;
    for (const [order, { 0: run, index }] of found.entries()) {
      text += word.slice(position, index + (order < maxElongations && (doubles >> order) & 1 ? 2 : 1));
      position = index + run.length;
    }
    return text + word.slice(position);
  };
  const single = spell(0);
  const spellings = single.length < maxDoubledLength ? 1 << Math.min(found.length, maxElongations) : 1;
  for (let doubles = 1; doubles < spellings; doubles += 1) if (doubled.has(spell(doubles).toLowerCase())) return spell(doubles);
  return single;
}
