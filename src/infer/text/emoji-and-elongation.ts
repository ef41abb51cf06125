import { doubledWords, emojiWords } from './emoji-tables.ts';
import { space } from './whitespace.ts';

// The Python twin is plain_words in training/clean.py.
const words = new Map(Object.entries(emojiWords).flatMap(([word, emoji]) => [...emoji].map((one) => [one, word] as const)));
/** The same emoji again and again, in any skin, says it once. */
const emojiRuns = new RegExp(`([${[...words.keys()].join('')}])(?:[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]|\\1)*`, 'gu');
/**
 * Those that WordPiece tears apart; it keeps :) and :( as the model knows them. D: is one at the end of a post alone:
 * there is vitamin D, too.
 */
const emoticons: readonly (readonly [words: string, emoticon: RegExp])[] = [
  ['love', /(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)/g],
  ['broken heart', /(?<![A-Za-z0-9])<\/3(?![A-Za-z0-9])/g],
  ['happy', /(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])/g],
  ['upset', new RegExp(`(?<![^${space}])D[:=][${space}]*$`)],
];
const doubled = new Set(doubledWords);
const longestDoubled = Math.max(...doubledWords.map(({ length }) => length));
const letters = /[A-Za-z]{4,}/g;
const stretches = /([a-z])\1\1+/g;
/** So many stretched letters of one word are tried single and double. */
const mostStretches = 3;

/** The text with a word or two for each emoji and emoticon that shows a feeling, and stretched words as they are spelled. */
export function expandEmojiAndElongation(text: string): string {
  const spoken = emoticons.reduce((result, [meaning, emoticon]) => result.replace(emoticon, ` ${meaning} `), text);
  return spoken.replace(emojiRuns, (_, emoji: string) => ` ${words.get(emoji)} `).replace(letters, plainSpelling);
}

/**
 * A stretched word as it is spelled: each letter that stands three times or more is double where that makes a common
 * word, and single elsewhere. One letter alone, as in III and zzz, is no stretched word.
 */
function plainSpelling(word: string): string {
  const found = [...word.toLowerCase().matchAll(stretches)];
  if (found.length === 0 || found[0]?.[0].length === word.length) return word;
  const spelled = (doubles: number): string => {
    let text = '';
    let at = 0;
    for (const [order, { 0: stretch, index }] of found.entries()) {
      text += word.slice(at, index + (order < mostStretches && (doubles >> order) & 1 ? 2 : 1));
      at = index + stretch.length;
    }
    return text + word.slice(at);
  };
  const single = spelled(0);
  const ways = single.length < longestDoubled ? 1 << Math.min(found.length, mostStretches) : 1;
  for (let doubles = 1; doubles < ways; doubles += 1) if (doubled.has(spelled(doubles).toLowerCase())) return spelled(doubles);
  return single;
}
