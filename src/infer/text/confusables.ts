import { crossScriptConfusables, latinVariants } from './confusable-tables.ts';

// Blocks of the scripts with letters that are confusable with Latin ones: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu.
const nonLatinBlocks =
  '\\u0370-\\u058f\\u13a0-\\u13ff\\u1c80-\\u1c8f\\u1d26-\\u1d2b\\u1f00-\\u1fff\\u2c80-\\u2cff\\u2de0-\\u2dff\\ua4d0-\\ua4ff\\ua640-\\ua69f\\uab70-\\uabbf';
const wordPattern = new RegExp(`[A-Za-z\\xc0-\\u024f\\u0300-\\u036f${nonLatinBlocks}]+`, 'g');
const nonLatinPattern = new RegExp(`[${nonLatinBlocks}]`);
const latinPattern = /[A-Za-z]/;
const invisiblePattern = /[\u034f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
/** A word too short to tell its script: one Cyrillic letter, or any two letters. A single Greek letter is a symbol. */
const shortWordPattern = /^(?:[\u0400-\u052f]|..)$/s;

/**
 * Fast path: most posts contain none of these characters. They exclude ASCII, accented Latin-1, typographic marks,
 * pictographs and most other scripts. Of surrogate pairs, the pattern matches the first half of mathematical letters and
 * both halves of squared ones.
 */
const candidatePattern =
  /[\xad\u0110-\u058f\u061c\u13a0-\u13ff\u180e\u1c80-\u1c8f\u1d00-\u1fff\u200b-\u200f\u202a-\u202e\u2060-\u218f\u2460-\u24ff\u2c60-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua7ff\uab30-\uabbf\ufeff\uff10-\uff5a]|\ud835|\ud83c[\udd10-\udd89]/;

const variantToLatin = invert(latinVariants);
const confusableToLatin = invert(crossScriptConfusables);
const variantPattern = new RegExp(`[${[...variantToLatin.keys()].join('')}]`, 'gu');
const confusablePattern = new RegExp(`[${[...confusableToLatin.keys()].join('')}]`, 'g');

/**
 * Replaces characters that are confusable with Latin letters (Unicode UTS #39) and removes invisible ones. Letters of
 * another script are replaced only in words that also contain Latin letters, and in words of one or two letters within
 * an otherwise Latin text. A word with a letter that resembles no Latin one is left as it is.
 */
export function replaceConfusables(text: string): string {
  if (!candidatePattern.test(text)) return text;
  const visible = text.replace(invisiblePattern, '').replace(variantPattern, (char) => variantToLatin.get(char) ?? char);
  if (!nonLatinPattern.test(visible)) return visible;
  const isLatinText = latinPattern.test(visible) && !nonLatinPattern.test(toLatin(visible));
  return visible.replace(wordPattern, (word) => replaceInWord(word, isLatinText));
}

function replaceInWord(word: string, isLatinText: boolean): string {
  const latin = toLatin(word);
  if (latin === word || nonLatinPattern.test(latin)) return word;
  return latinPattern.test(word) || (isLatinText && shortWordPattern.test(word)) ? latin : word;
}

function toLatin(text: string): string {
  return text.replace(confusablePattern, (char) => confusableToLatin.get(char) ?? char);
}

/** Inverts {Latin: characters} to {character: Latin}. */
function invert(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([latin, chars]) => Array.from(chars, (char): [string, string] => [char, latin])));
}
