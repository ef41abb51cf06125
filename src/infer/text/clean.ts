import { normalizeCharacters, straightenTypography, turnUpsideDown } from './characters.ts';
import { replaceConfusables } from './confusables.ts';
import { spellEmoji, spellEmoticons } from './emoticons.ts';
import { decodeEntities, markQuotations, removeMarkdown, removeTags, replaceLinks } from './markup.ts';
import { readRatings } from './ratings.ts';
import { normalizeArabic, normalizeForms, removeInvisible, separateEmoji, shortenRuns, splitCapitals } from './scripts.ts';
import { whitespace } from './whitespace.ts';
import { joinSpaced, revealLetters, shortenElongated, splitHashtags } from './words.ts';

/** Version of `cleanForModel`. A model's manifest names the version it was trained with; they must match. */
export const cleaningVersion = 4;
/** Version of `cleanPlain`. */
export const plainCleaningVersion = 1;

const spacesPattern = new RegExp(`[${whitespace}]+`, 'g');

/**
 * Cleans a text for the tokenizer. training/text/cleaning-cases.json holds cases that this function and training/text/clean.py
 * must both reproduce.
 */
export function cleanForModel(text: string): string {
  return spellOut(maskLinks(text));
}

/**
 * The first half of `cleanForModel`: removes the marks of HTML and Markdown, replaces confusable characters with Latin letters,
 * URLs with `http` and handles with `@user`. What is left is the author's own spelling, from which the language is detected.
 */
export function maskLinks(text: string): string {
  const characters = turnUpsideDown(normalizeCharacters(removeTags(decodeEntities(text))));
  return replaceLinks(removeMarkdown(replaceConfusables(characters)));
}

/**
 * The second half of `cleanForModel`: straightens quotation marks, marks quotations, writes ratings, emoticons and emoji as
 * words, splits hashtags, restores disguised and elongated words, and collapses whitespace.
 */
export function spellOut(masked: string): string {
  const quoted = markQuotations(straightenTypography(masked));
  const spelled = spellEmoji(spellEmoticons(readRatings(quoted)));
  return collapse(restoreWords(splitHashtags(spelled)));
}

/**
 * Cleans a text in any language for a multilingual tokenizer. No word is repaired, and emoji stay.
 * training/text/plain-cleaning-cases.json holds cases that this function and training/text/clean.py must both reproduce.
 */
export function cleanPlain(text: string): string {
  const characters = removeInvisible(normalizeCharacters(normalizeForms(removeTags(decodeEntities(text)))));
  const masked = straightenTypography(replaceLinks(removeMarkdown(characters)));
  const separated = splitCapitals(separateEmoji(shortenRuns(normalizeArabic(masked))));
  return collapse(separated);
}

const collapse = (text: string): string => text.replace(spacesPattern, ' ').replace(/^ | $/g, '');

/** Writes words out that are spaced, elongated, censored or in leetspeak. */
export const restoreWords = (text: string): string => revealLetters(shortenElongated(joinSpaced(text)));
