import type { Random } from '../../../lib/random.ts';
import type { DemoAuthor } from './authors.ts';

const closedPattern = /[.!?…:,]["')]*$/;

/** Joins sentences; each gets `stop` unless it has its own punctuation. The last one may go without. */
export function joinSentences(parts: readonly string[], stop: string, closeLast: boolean): string {
  const sentences = parts.map((part) => part.trim()).filter((part) => part !== '');
  return sentences
    .map((part, index) => {
      const last = index === sentences.length - 1;
      if (closedPattern.test(part) || (last && !closeLast)) return part;
      return part + (last && stop === ',' ? '.' : stop);
    })
    .join(' ');
}

/** Removes the double spaces and double punctuation that empty slots and punctuated phrases leave. */
export function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/ ([.,!?])(?=[\s.,!?]|$)/g, '$1')
    .replace(/(?<!\.)\.\.(?!\.)/g, '.')
    .replace(/\.{4,}/g, '...')
    .replace(/([!?])[.,]+/g, '$1')
    .replace(/,(?=[.!?])/g, '')
    .replace(/\.,/g, ',')
    .replace(/(?<=\w)[.,]:/g, ':')
    .trim();
}

/** The text in an author's writing style. URLs, names and hashtags stay as they are. */
export function applyStyle(text: string, style: DemoAuthor['style'], random: Random): string {
  if (style === 'plain') return withCapitals(text);
  if (style === 'lowercase') return text.toLowerCase();
  if (style === 'shouting' && random() < 0.5)
    return text.replace(/(?<![\w@#/.])[a-z' ]{4,}(?![\w@/]|:\/\/)/gi, (words) => words.toUpperCase());
  if (style === 'elongated')
    return withCapitals(
      text.replace(/\b(so|really|love|nope|why|wow|no)\b/i, (word) => word + (word.at(-1) ?? '').repeat(2 + Math.floor(random() * 4))),
    );
  return style === 'hasty' ? swapLetters(text, random) : text;
}

/** A sentence continues after an ellipsis. URLs get no capital. */
function withCapitals(text: string): string {
  return text.replace(/(^|(?<!\.)[.!?]["')]* +)([a-z])(?!\w*:\/\/)/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** A typo: swaps two letters of a lower-case word, which cannot be a name. */
function swapLetters(text: string, random: Random): string {
  const words = [...text.matchAll(/(?<= )[a-z]{5,}(?= )/g)];
  const word = words[Math.floor(random() * words.length)];
  if (!word) return text;
  const at = word.index + 1 + Math.floor(random() * (word[0].length - 2));
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
