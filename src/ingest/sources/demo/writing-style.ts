import type { Persona } from './authors.ts';
import type { Random } from './random.ts';

const closed = /[.!?…:,]["')]*$/;

/** Sentences one after another: each gets `stop` where it has no end of its own. The last one may go without. */
export function flow(parts: readonly string[], stop: string, closeLast: boolean): string {
  const told = parts.map((part) => part.trim()).filter((part) => part !== '');
  return told
    .map((part, index) => {
      const last = index === told.length - 1;
      if (closed.test(part) || (last && !closeLast)) return part;
      return part + (last && stop === ',' ? '.' : stop);
    })
    .join(' ');
}

/** Slots may come out empty, and phrases bring stops of their own: no double spaces, no double stops. */
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

/** A text as that person would type it. Addresses, names and tags stay as they are. */
export function inStyle(text: string, style: Persona['style'], random: Random): string {
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

/** After an ellipsis the sentence goes on. An address has no capital. */
function withCapitals(text: string): string {
  return text.replace(/(^|(?<!\.)[.!?]["')]* +)([a-z])(?!\w*:\/\/)/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** The typo of fast fingers: two letters of one word change places. A word in lower case is no name. */
function swapLetters(text: string, random: Random): string {
  const words = [...text.matchAll(/(?<= )[a-z]{5,}(?= )/g)];
  const word = words[Math.floor(random() * words.length)];
  if (!word) return text;
  const at = word.index + 1 + Math.floor(random() * (word[0].length - 2));
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
}
