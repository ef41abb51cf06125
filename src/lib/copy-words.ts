import { foldText } from './fold-text.ts';
import { mix } from './near-duplicates.ts';

/** A text reduced to what its copies share. */
export interface CopyWords {
  /** 32-bit hashes of the words in order, without links, handles, numbers and emoji. */
  readonly words: readonly number[];
  /** Length in words; a letter of a script without spaces counts as half a word. */
  readonly length: number;
  /** Whether the text is marked as somebody else's: `RT @…`. */
  readonly isRepost: boolean;
}

/** Different people often write the same few words; equal texts of this length, in words, are copies. */
export const minCopyLength = 5;
/** Words after these hardly change whether two texts are copies, but cost time and memory. */
const maxWords = 64;
const repostPattern = /^[\s"'“”.]*(?:(?:rt|mt)\b[\s:]*|["“]\s*)[@＠]/i;
/** Repost marks with their handle, links, handles and HTML entities. */
const noisePattern =
  /\b(?:rt|mt|via|cc)\b[\s:]*[@＠][\p{L}\p{N}_.-]+|(?:https?:\/\/|www\.)\S+|[@＠][\p{L}\p{N}_.-]+|&(?:#\d{1,6}|[a-z]{2,8});/giu;
/** A word that was cut off by a platform's limit on length. */
const cutWordPattern = /\S*…\s*$/u;
/** Scripts that write words without spaces; Korean has spaces. */
const unspaced = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
/** A letter of an unspaced script, or a word of another one that does not start with a digit. */
const wordPattern = new RegExp(`([${unspaced}])|\\p{N}[\\p{L}\\p{M}\\p{N}]*|[[\\p{L}\\p{M}\\p{N}]--[${unspaced}]]+`, 'gv');

/** Reduces a text to the words that copies of it share, whatever their case, marks, handles, links, numbers and emoji. */
export function extractCopyWords(text: string): CopyWords {
  const plain = foldText(text.replace(noisePattern, ' ').replace(cutWordPattern, '')).replaceAll("'", '');
  const words: number[] = [];
  let length = 0;
  for (const [word, letter] of plain.matchAll(wordPattern)) {
    if (words.length === maxWords) break;
    if (letter === undefined && /^\p{N}/u.test(word)) continue;
    words.push(hashText(word));
    length += letter === undefined ? 1 : 0.5;
  }
  return { words, length, isRepost: repostPattern.test(text) };
}

/** A 32-bit hash of a text: FNV-1a over UTF-16 units, then mixed. Not meant to resist collisions made on purpose. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash);
}
