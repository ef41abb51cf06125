import { whitespace } from './whitespace.ts';

// Same as training/text/characters.py.

/** More marks on one letter than any spelling has. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: every character of the class is a combining one
const stackedPattern = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}/g;

const upright = "abcdefghijklmnopqrstuvwxyz.,!?'";
const turned = 'ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz˙‘¡¿,';
const turnedToUpright = new Map([
  ...Array.from(turned, (char, index): [string, string] => [char, upright.charAt(index)]),
  ...([['ı', 'i'], ['ן', 'l'], ['ɓ', 'g'], ['ʃ', 'l']] as const), // biome-ignore format: pairs
]);
/** Rotated letters that are not ordinary letters themselves. */
const onlyTurnedPattern = /[ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ]/g;
/** Different letters of those in a text that counts as upside down: single ones are letters of African languages. */
const minTurned = 2;
const gapsPattern = new RegExp(`([${whitespace}]+)`);

const straightByTypographic = new Map([
  ...Array.from('‘’‚‛′ʼ´＇‹›', (char): [string, string] => [char, "'"]),
  ...Array.from('“”„‟″«»❝❞＂', (char): [string, string] => [char, '"']),
  ...Array.from('‐‑‒–—―−﹘－', (char): [string, string] => [char, '-']),
  ...Object.entries({ '…': '...', '！': '!', '？': '?', '／': '/', '‼': '!!', '⁉': '!?', '⁈': '?!', '⁇': '??' }),
  ...Object.entries({ '❗': '!', '❕': '!', '❓': '?', '❔': '?' }),
]);
const typographicPattern = new RegExp(`[${[...straightByTypographic.keys()].join('')}]`, 'g');

/** Well-formed text in NFC, with stacked marks removed. */
export function normalizeCharacters(text: string): string {
  return text.toWellFormed().replace(stackedPattern, '').normalize('NFC');
}

/**
 * Turns words in rotated letters back: their text reversed, with each letter upright. Words with any other letter stay, among
 * them phonetic transcriptions, most of which use other symbols too.
 */
export function turnUpsideDown(text: string): string {
  if (countTurned(text) < minTurned) return text;
  const parts = text.split(gapsPattern);
  const result: string[] = [];
  for (let at = 0; at < parts.length; ) {
    let end = at;
    while (end < parts.length && isTurned(parts[end] ?? '')) end += 2;
    if (end === at) {
      result.push(parts[at] ?? '');
      at += 1;
      continue;
    }
    const run = parts.slice(at, end - 1).join('');
    result.push(countTurned(run) >= minTurned ? [...run].reverse().map((char) => turnedToUpright.get(char) ?? char).join('') : run); // biome-ignore format: one step
    at = end - 1;
  }
  return result.join('');
}

/** Replaces typographic quotation marks, dashes, ellipses and exclamation marks with ASCII ones. */
export function straightenTypography(text: string): string {
  return text.replace(typographicPattern, (char) => straightByTypographic.get(char) ?? char);
}

const countTurned = (text: string): number => new Set(text.match(onlyTurnedPattern)).size;

const isTurned = (word: string): boolean => countTurned(word) > 0 && [...word].every((char) => turnedToUpright.has(char));
