import { whitespace } from './whitespace.ts';

// Same as training/text/ratings.py.

const numbers = new Map('zero one two three four five six seven eight nine ten'.split(' ').map((word, value) => [word, value]));
const number = `(?:[0-9]{1,3}(?:[.,][0-9]{1,2})?\xbd?|${[...numbers.keys()].join('|')})`;

const filledStars = '⭐★🌟';
const filled = `[${filledStars}]`;
const gap = `[${whitespace}\\ufe0f]*`;
/** Filled stars, a half, hollow stars; or hollow stars alone. */
const starsPattern = new RegExp(`(${filled}(?:${gap}${filled})*)(${gap}\xbd)?(${gap}☆(?:${gap}☆)*)?|(☆(?:${gap}☆)*)`, 'gu');
const maxStars = 10;
/** Characters before a rating that are looked at. */
const contextBefore = 60;
const contextAfter = 24;
/** Words before a single star, or before `one star`, that make it a rating. */
const cuePattern =
  /(?:\b(?:rat(?:e|ed|es|ing)|reviews?|score[ds]?|g[ia]ve|gives|giving|got|gets|only|just|deserves?|worth|stars?)\b[^.!?\n]{0,40}|:)[ ]*$/iu;
const letterPattern = /[A-Za-z]/;

const afterFraction =
  '(?![ ]?(?:cups?|tbsp|tsp|teaspoons?|inch(?:es)?|in\\.|miles?|mi|yards?|lbs?|oz|of|hours?|hrs?|min(?:utes?)?|years?|people|ppl|users?|am|pm|st|nd|rd|th|at|@)\\b)' +
  '(?![A-Za-z0-9/%\xb0"\'-]|[.,][0-9])';
const fractionPattern = new RegExp(
  `(?<![A-Za-z0-9/.,$\xa3\u20ac#-])([0-9]{1,3}(?:[.,][0-9]{1,2})?\xbd?)[ ]?/[ ]?(5|10)(?:[ ]?stars?\\b)?${afterFraction}`,
  'gi',
);
const months = 'jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec';
const days = 'mon|tues?|wed|thurs?|fri|sat|sun';
const dateBeforePattern = new RegExp(
  `(?:\\b(?:on|by|until|till|til|since|before|after|due|dated?|from|starting|starts|ends|opens|(?:${days})[a-z]*|(?:${months})[a-z]*|tonight|today|tomorrow|week of|thru|through)[ ,:(]{1,3})$`,
  'i',
);
const dateAfterPattern = new RegExp(
  `^(?:[ ]?(?:-|to|thru|through|&)[ ]?[0-9]{1,2}/[0-9]|[ ,(]{1,3}(?:${days})\\b|[ ,(]{1,3}(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b|[ ,(]{1,3}[0-9]{1,2}(?::[0-9]{2}|[ ]?[ap]m))`,
  'i',
);
const praiseBeforePattern = /\b(?:an?|is|was|are|were|solid|easy|easily|rating|score|experience|definitely)[ ]$/i;
const praiseAfterPattern = /^(?:[ ]?(?:would|recommend|from me|for|experience|[!.]|$))/i;

const outOfPattern = new RegExp(
  `(?<![A-Za-z0-9.,])(${number})[ ]out[ ]of[ ](5|10|five|ten)(?:[ ]stars?\\b|\\b(?=[ ]*(?:[.,!?;:)\\n"'-]|$|(?:for|would|from|and|but|on|because|cause|cuz)\\b)))`,
  'gi',
);
const countedPattern = new RegExp(`(?<![A-Za-z0-9.,/-])(${number})([ -]|[ ]and[ ]a[ ]half[ ])stars?\\b`, 'gi');
const categoryPattern =
  /^[ -]?(?:hotels?|resorts?|restaurants?|generals?|recruits?|prospects?|players?|athletes?|cast|and stripes|in the sky|in the|of the|wars|trek|bucks|system|admirals?|commit|qb|wr)\b/i;
const ratedPattern =
  /^[ ]?(?:reviews?|ratings?|rated|for|from|because|cause|cuz|service|experience|on (?:google|yelp|amazon|here)|is|was|only|[.,!?;:)\n"'-]|$)/i;
const reviewPattern = /^[ ]?(?:reviews?|ratings?|service|experience)\b/i;

/**
 * Writes ratings as `N out of 5 stars`, rounded to whole stars. Dates, other fractions and categories such as five-star hotels
 * stay as they are; a single star counts where nothing else explains it: alone, at the start of a post, or after a word of rating.
 */
export function readRatings(text: string): string {
  let result = /[⭐★☆🌟]/u.test(text) ? readStars(text) : text;
  if (result.includes('/')) result = result.replace(fractionPattern, readFraction);
  if (!/tar|TAR| of | OF | Of /.test(result)) return result;
  result = result.replace(outOfPattern, (found, value: string, scale: string) => form(toNumber(value), toNumber(scale)) || found);
  return result.replace(countedPattern, readCounted);
}

/** The common form; empty for more than the scale has. */
function form(value: number, scale: number): string {
  return value <= scale ? `${Math.floor((value / scale) * 5 + 0.5)} out of 5 stars` : '';
}

function toNumber(text: string): number {
  const digits = text.replace(/\xbd$/, '').toLowerCase();
  return (numbers.get(digits) ?? Number(digits.replace(',', '.'))) + (text.endsWith('\xbd') ? 0.5 : 0);
}

function readStars(text: string): string {
  const groups = [...text.matchAll(starsPattern)];
  const isDecoration = groups.length > 1 && new Set(groups.map(([group]) => group)).size === 1 && !groups[0]?.[0].includes('☆');
  const firstLetter = text.search(letterPattern);
  let result = '';
  let at = 0;
  for (const { 0: group, 1: bright, 2: half, 3: rest, 4: hollowOnly, index } of groups) {
    const isFirst = firstLetter < 0 || index < firstLetter;
    const counts = { filled: countIn(bright, filledStars), hollow: countIn(rest ?? hollowOnly, '☆') };
    const isExplained = isFirst || hasCue(text, index);
    const value = counts.filled + (half ? 0.5 : 0);
    const scale = Math.max(5, counts.filled + counts.hollow);
    const isRead = !isDecoration && isRating(counts.filled, counts.hollow, group.includes('🌟'), isExplained);
    result += `${text.slice(at, index)} ${isRead ? form(value, scale) : counts.filled > 0 ? 'star' : ''} `;
    at = index + group.length;
  }
  return result + text.slice(at);
}

/** Whether stars are a rating: with hollow stars, or up to five of them; glowing ones, which decorate, only if they are five. */
function isRating(bright: number, hollow: number, isGlowing: boolean, isExplained: boolean): boolean {
  if (hollow > 0) return bright + hollow <= maxStars && (bright > 0 || hollow === 5);
  return bright === 5 || (!isGlowing && ((bright > 1 && bright < 5) || (bright === 1 && isExplained)));
}

const hasCue = (text: string, at: number): boolean => cuePattern.test(text.slice(Math.max(0, at - contextBefore), at));

const countIn = (group: string | undefined, chars: string): number => [...(group ?? '')].filter((char) => chars.includes(char)).length;

function readFraction(found: string, digits: string, outOf: string, index: number, text: string): string {
  const [value, scale] = [toNumber(digits), Number(outOf)];
  const before = text.slice(Math.max(0, index - contextAfter), index);
  const after = text.slice(index + found.length, index + found.length + contextAfter);
  if (dateBeforePattern.test(before) || dateAfterPattern.test(after)) return found;
  if (value <= scale) return form(value, scale);
  const isHighest = scale === 10 && (value <= 20 || value === 100) && praiseAfterPattern.test(after);
  const isPraise = isHighest && (praiseBeforePattern.test(before) || after.includes('would') || after.includes('recommend'));
  return isPraise ? form(scale, scale) : found;
}

function readCounted(found: string, digits: string, join: string, index: number, text: string): string {
  const value = toNumber(digits) + (join.includes('half') ? 0.5 : 0);
  const after = text.slice(index + found.length, index + found.length + contextAfter);
  const before = text.slice(Math.max(0, index - contextBefore), index);
  if (value > 5 || categoryPattern.test(after) || before.endsWith('out of ')) return found;
  const isWhole = /s$/i.test(found) || !letterPattern.test(before) || reviewPattern.test(after);
  return cuePattern.test(before) || (ratedPattern.test(after) && isWhole) ? form(value, 5) : found;
}
