import { whitespace } from './whitespace.ts';

// Same as training/text/scripts.py.

/**
 * Presentation forms of Arabic diacritics. NFKC would give them a space or a tatweel to stand on, in the middle of a word.
 */
const arabicMarkFormsPattern = /[\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f]/g;
/** Arabic presentation forms, full-width Latin letters, half-width kana, and mathematical letters. */
const formsPattern =
  /[\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1\ufcf5-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe80-\ufefc\uff01-\uff5e\uff66-\uff9f\u{1d400}-\u{1d7ff}]+/gu;

/** Tatweel, vowel signs, and the signs of recitation. */
const arabicMarksPattern = /[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]/g;
const alefsPattern = /[\u0622\u0623\u0625\u0671-\u0673]/g;

const gendersPattern = /\u200d[\u2640\u2642]/g;
/** Joiners, directional marks, and the variants, skin tones and tags of emoji. */
const invisiblePattern =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the characters are removed one by one
  /[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe0e\ufe0f\ufeff\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/gu;
const emojiPattern = /[\u{1f1e6}-\u{1f1ff}]{2}|[\u2600-\u27bf\u2b05-\u2b55\u{1f000}-\u{1faff}]/gu;

const runsPattern = new RegExp(`([^0-9⭐★☆${whitespace}])\\1{3,}`, 'gu');
const hashtagPattern = /#[A-Za-z0-9_\xc0-\xd6\xd8-\xf6\xf8-\xff]{3,100}/g;
const capitalsPattern = /(?<=[a-z\xdf-\xf6\xf8-\xff])(?=[A-Z\xc0-\xd6\xd8-\xde])|_+/g;

/** Replaces full-width letters, mathematical letters and Arabic presentation forms with the ordinary letters. */
export function normalizeForms(text: string): string {
  return text.replace(arabicMarkFormsPattern, '').replace(formsPattern, (forms) => forms.normalize('NFKC'));
}

/** Removes tatweel and diacritics, and writes every alef without hamza and madda. */
export function normalizeArabic(text: string): string {
  return text.replace(arabicMarksPattern, '').replace(alefsPattern, '\u0627');
}

/** Removes joiners (of Devanagari too), directional marks, and the variants, skin tones and genders of emoji. */
export function removeInvisible(text: string): string {
  return text.replace(gendersPattern, '').replace(invisiblePattern, '');
}

/** Shortens a run of four or more of the same letter, sign or emoji to three. Digits and the stars of ratings stay. */
export function shortenRuns(text: string): string {
  return text.replace(runsPattern, '$1$1$1');
}

/** Puts spaces around each emoji, so that it is a token of its own; a flag is one. */
export function separateEmoji(text: string): string {
  return text.replace(emojiPattern, ' $& ');
}

/** Splits hashtags at capitals and underscores: `#QueFelicidad` → `#Que Felicidad`. */
export function splitCapitals(text: string): string {
  return text.includes('#') ? text.replace(hashtagPattern, (hashtag) => hashtag.replace(capitalsPattern, ' ')) : text;
}
