import { decodeHTML } from 'entities';
import { replaceConfusables } from './confusables.ts';
import { expandEmojiAndElongation } from './emoji-and-elongation.ts';
import { whitespace } from './whitespace.ts';

/** Version of the text cleaning. A model's manifest names the version it was trained with; they must match. */
export const cleaningVersion = 3;

const entityPattern = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const urlPattern = new RegExp(`(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^${whitespace}]+`, 'g');
const handlePattern = /(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}/g;
const spacesPattern = new RegExp(`[${whitespace}]+`, 'g');
const control = '\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f';
/** Characters that Python's html.unescape drops when a numeric entity names them. */
const invalidReferencePattern = new RegExp(`^[${control}\\p{Noncharacter_Code_Point}]$`, 'u');

/**
 * Cleans a text for the tokenizer: decodes HTML entities once, replaces confusable characters with Latin letters, URLs
 * with `http` and handles with `@user`, spells out emoji and emoticons that express a feeling, shortens elongated words,
 * collapses whitespace and control characters into single spaces, and trims.
 * training/text/cleaning-cases.json holds cases that this function and training/text/clean.py must both reproduce.
 */
export function cleanForModel(text: string): string {
  return spellOut(maskLinks(text));
}

/** The first half of `cleanForModel`: everything except that emoji and elongated words stay, as does whitespace. */
export function maskLinks(text: string): string {
  const latin = replaceConfusables(text.toWellFormed().replace(entityPattern, decodeEntity));
  return latin.replace(urlPattern, 'http').replace(handlePattern, '@user');
}

/** The second half of `cleanForModel`. */
export function spellOut(masked: string): string {
  return expandEmojiAndElongation(masked).replace(spacesPattern, ' ').replace(/^ | $/g, '');
}

function decodeEntity(entity: string): string {
  const decoded = decodeHTML(entity);
  return invalidReferencePattern.test(decoded) ? '' : decoded;
}
