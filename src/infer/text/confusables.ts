import { borrowedLetters, styledLetters } from './confusable-tables.ts';

// Blocks of the scripts that letters are borrowed from: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu.
const foreign =
  '\\u0370-\\u058f\\u13a0-\\u13ff\\u1c80-\\u1c8f\\u1d26-\\u1d2b\\u1f00-\\u1fff\\u2c80-\\u2cff\\u2de0-\\u2dff\\ua4d0-\\ua4ff\\ua640-\\ua69f\\uab70-\\uabbf';
const words = new RegExp(`[A-Za-z\\xc0-\\u024f\\u0300-\\u036f${foreign}]+`, 'g');
const hasForeign = new RegExp(`[${foreign}]`);
const hasLatin = /[A-Za-z]/;
const invisible = /[\u034f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
/** A borrowed word too short to be told by itself: a letter of Cyrillic, or two letters. A Greek letter alone is a symbol. */
const short = /^(?:[\u0400-\u052f]|..)$/s;

/**
 * Whether there may be anything to fold: most posts have nothing, and this is all that they pay. It passes over ASCII,
 * accented Latin-1, typographic marks, pictographs and most of the world's other scripts. Of pairs it sees the first
 * half of mathematical letters and the two halves of squared ones.
 */
const suspicious =
  /[\xad\u0110-\u058f\u061c\u13a0-\u13ff\u180e\u1c80-\u1c8f\u1d00-\u1fff\u200b-\u200f\u202a-\u202e\u2060-\u218f\u2460-\u24ff\u2c60-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua7ff\uab30-\uabbf\ufeff\uff10-\uff5a]|\ud835|\ud83c[\udd10-\udd89]/;

const styled = reversed(styledLetters);
const borrowed = reversed(borrowedLetters);
const styles = new RegExp(`[${[...styled.keys()].join('')}]`, 'gu');
const loans = new RegExp(`[${[...borrowed.keys()].join('')}]`, 'g');

/**
 * The text with look-alikes of Latin letters made plain, and what is invisible left out. Letters of another script
 * change only in words that mix them with Latin ones, and in words of one or two letters in a text that is Latin
 * otherwise. A word with a letter that looks like no Latin one is really of that script and stays.
 */
export function replaceConfusables(text: string): string {
  if (!suspicious.test(text)) return text;
  const plain = text.replace(invisible, '').replace(styles, (char) => styled.get(char) ?? char);
  if (!hasForeign.test(plain)) return plain;
  const latin = hasLatin.test(plain) && !hasForeign.test(repay(plain));
  return plain.replace(words, (word) => foldWord(word, latin));
}

function foldWord(word: string, inLatin: boolean): string {
  const repaid = repay(word);
  if (repaid === word || hasForeign.test(repaid)) return word;
  return hasLatin.test(word) || (inLatin && short.test(word)) ? repaid : word;
}

function repay(text: string): string {
  return text.replace(loans, (char) => borrowed.get(char) ?? char);
}

/** {look-alike: plain letter} */
function reversed(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([plain, chars]) => Array.from(chars, (char): [string, string] => [char, plain])));
}
