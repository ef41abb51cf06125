import { decodeHTML } from 'entities';
import { replaceConfusables } from './confusables.ts';
import { expandEmojiAndElongation } from './emoji-and-elongation.ts';
import { space } from './whitespace.ts';

/** The clean-up that a model was trained with; a manifest with another number needs another clean.ts. */
export const cleaningVersion = 3;

const entities = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/g;
const urls = new RegExp(`(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^${space}]+`, 'g');
const handles = /(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}/g;
const spaces = new RegExp(`[${space}]+`, 'g');
const control = '\\x01-\\x08\\x0b\\x0e-\\x1f\\x7f';
/** What a numeric entity may not name; Python's html.unescape leaves it out. */
const forbidden = new RegExp(`^[${control}\\p{Noncharacter_Code_Point}]$`, 'u');

/**
 * The text as the tokenizer gets it: HTML entities decoded once, look-alikes of Latin letters folded, URLs as `http`,
 * handles as `@user`, emoji and emoticons of feeling in words, stretched words as they are spelled, runs of white
 * space and control characters as one space, none at either end.
 * training/cleaning-cases.json holds pairs that this and its Python twin both reproduce.
 */
export function clean(text: string): string {
  const folded = replaceConfusables(text.toWellFormed().replace(entities, decodeEntity));
  return expandEmojiAndElongation(folded.replace(urls, 'http').replace(handles, '@user')).replace(spaces, ' ').replace(/^ | $/g, '');
}

function decodeEntity(entity: string): string {
  const decoded = decodeHTML(entity);
  return forbidden.test(decoded) ? '' : decoded;
}
