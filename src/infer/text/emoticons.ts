import { emojiTable } from './emoji-table.ts';
import { whitespace } from './whitespace.ts';

// Same as training/text/emoticons.py.

const wordsByEmoji = new Map(
  emojiTable.split(' ').map((entry): [string, string] => {
    const [emoji = '', words = ''] = entry.split('=');
    return [emoji, words.replaceAll('_', ' ')];
  }),
);
const emojiCharacters = [...new Set([...wordsByEmoji.keys()].flatMap((emoji) => [...emoji]))].join('');
const emojiStarts = [...new Set([...wordsByEmoji.keys()].map((emoji) => [...emoji][0]))].join('');
/** Characters, not UTF-16 units. */
const maxSequence = Math.max(...[...wordsByEmoji.keys()].map((emoji) => [...emoji].length));
const modifiers = '\\ufe0e\\ufe0f\\u2640\\u2642\\u{1f3fb}-\\u{1f3ff}';
/** Emoji one after the other, in any skin tone and gender. */
const emojiRunPattern = new RegExp(`[${emojiStarts}][${emojiCharacters}${modifiers}]*`, 'gu');
const modifiedPattern = new RegExp(`[${modifiers}]+`, 'gu');
const keycapPattern = /([0-9#*])\ufe0f?\u20e3/g;
const tagPattern = /[\u{e0020}-\u{e007f}]+/gu;
const nonAsciiPattern = /[^\0-\x7f]/;

/** Part of a face that is drawn with characters. */
const part = '[^()A-Za-z0-9\\x00-\\x20]';
const happyFace = `[づっノ٩۶ヽ\\\\<]{0,2}\\(${part}{0,6}[‿ωᴗヮ▽◡∀]${part}{0,6}\\)[づっノ٩۶ﾉو/>]{0,2}`;
const angryFace = `\\(${part}{0,3}${part}□${part}{1,3}\\)${part}{1,2}[︵ ]{0,2}┻━┻`;
/**
 * Emoticons that WordPiece splits into unrelated tokens; the model knows :) and :( as they are. `D:` counts only at the
 * end of a post, because of "vitamin D: …".
 */
const emoticons: readonly (readonly [words: string, emoticon: RegExp])[] = [
  ['love', /(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)/g],
  ['broken heart', /(?<![A-Za-z0-9])<\/3(?![A-Za-z0-9])/g],
  ['happy', /(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])/g],
  ['hooray', new RegExp(`(?<![^${whitespace}])\\\\[oO0]/(?![^${whitespace}])`, 'g')],
  ['shrug', /\xaf\\?_\([^()A-Za-z]{1,5}\)_\/?\xaf/gu],
  ['angry', new RegExp(angryFace, 'gu')],
  ['disapproval', /ಠ_{0,2}ಠ/g],
  ['crying', /ಥ[_﹏]{0,2}ಥ|(?<![A-Za-z0-9])(?:T_+T|;_+;|Q_+Q|:'-?\()(?![A-Za-z0-9])/g],
  ['happy', new RegExp(happyFace, 'gu')],
  ['happy', /(?<![A-Za-z0-9^])\^[_.-]{0,2}\^(?![A-Za-z0-9^])/g],
  ['annoyed', /(?<![A-Za-z0-9-])-_{1,3}-(?![A-Za-z0-9-])/g],
  ['frustrated', /(?<![A-Za-z0-9])>[_.]{1,3}<(?![A-Za-z0-9])/g],
  ['confused', /(?<![A-Za-z0-9])(?:o_+O|O_+o|o_+0|0_+o)(?![A-Za-z0-9])/g],
  ['upset', new RegExp(`(?<![^${whitespace}])D[:=][${whitespace}]*$`)],
];

/** Replaces emoticons and kaomoji with words. */
export function spellEmoticons(text: string): string {
  return emoticons.reduce((result, [words, emoticon]) => result.replace(emoticon, ` ${words} `), text);
}

/** Replaces emoji with words. Emoji of the same words one after the other count once. */
export function spellEmoji(text: string): string {
  if (!nonAsciiPattern.test(text)) return text;
  const plain = text.replace(keycapPattern, '$1 ').replace(tagPattern, '');
  return plain.replace(emojiRunPattern, (run) => ` ${wordsOf(run).join(' ')} `);
}

function wordsOf(run: string): string[] {
  const chars = [...run.replace(modifiedPattern, '')];
  const words: string[] = [];
  for (let at = 0; at < chars.length; ) {
    let length = maxSequence;
    while (length > 0 && !wordsByEmoji.has(chars.slice(at, at + length).join(''))) length -= 1;
    const word = wordsByEmoji.get(chars.slice(at, at + length).join(''));
    if (word !== undefined && words.at(-1) !== word) words.push(word);
    at += length || 1;
  }
  return words;
}
