import { decodeHTML } from 'entities';
import { foldText } from '../../lib/fold-text.ts';
import { getStopWords } from './stop-words.ts';

export type TermKind = 'word' | 'bigram' | 'hashtag' | 'emoji';

export interface Term {
  readonly kind: TermKind;
  /** Folded form; equal keys are the same term. */
  readonly key: string;
  /** Lower-case spelling of its first occurrence, for display. */
  readonly display: string;
}

interface Word extends Term {
  readonly kind: Exclude<TermKind, 'bigram'>;
  /** One id per key, from 1. */
  readonly id: number;
}

interface Token {
  readonly word: Word;
  /** Whether only white space or hyphens separate this word from the previous one. */
  readonly isAdjacent: boolean;
}

export interface ExtractedTerms {
  /** Ids of all words in order, without links, handles and emoji; used to detect near-duplicates. */
  readonly words: readonly number[];
  /** Distinct codes of the terms in the text. */
  terms(): number[];
}

export interface TermExtractor {
  /** @param language BCP 47 primary subtag */
  extract(text: string, language: string): ExtractedTerms;
  /** The term of a code that `read` returned. */
  term(code: number): Term;
}

/** Scripts that write words without spaces; Korean has spaces. */
const unspaced = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
const wordLetter = `[[\\p{L}\\p{M}\\p{N}]--[${unspaced}]]`;
const pictographs = '[\\p{Extended_Pictographic}--[©®™‼⁉]]';
/** Matches a link or a handle, or captures a word, a hashtag, an emoji or a run of an unspaced script. */
const tokenPattern = new RegExp(
  [
    '(?:[hH][tT]{2}[pP][sS]?://|[wW]{3}\\.)\\S+',
    '[@＠][\\p{L}\\p{N}_.]+',
    `(${wordLetter}+(?:['’]${wordLetter}+)*)`,
    '([#＃][\\p{L}\\p{M}\\p{N}_]+)',
    `(${pictographs}(?:\\p{Emoji_Modifier}|\\ufe0f|\\u200d${pictographs})*|\\p{Regional_Indicator}{2})`,
    `([${unspaced}]+)`,
  ].join('|'),
  'gv',
);
const separatorPattern = /^[\s-]*$/;
/** English contractions, and elided articles in French and Italian. */
const contractionPattern = /n't$|'(?:s|re|ve|ll|d|m)$|^(?:[cdjlmnst]|qu|un|all|dell|nell|sull|dall|quell)'(?=..)/;
const numberPattern = /^\p{N}+$/u;
const alphabeticPattern = /[\p{scx=Latn}\p{scx=Cyrl}\p{scx=Grek}]/u;
/** Encodes a word pair as first · pairBase + second, an exact double for up to two million distinct words. */
const pairBase = 2 ** 21;

/**
 * Splits posts into words, pairs of adjacent words, hashtags and emoji. `Intl.Segmenter` splits scripts without spaces.
 * @param names brand names; these and their hashtags are not terms
 */
export function createTermExtractor(names: readonly string[]): TermExtractor {
  const byKey = new Map<string, Word>();
  const list: Word[] = [];
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const lookUpWord = memoize((surface: string): Word | undefined => {
    const { kind, display } = classify(surface);
    const key = kind === 'emoji' ? display : foldText(display).trim();
    const known = byKey.get(key);
    if (known || key === '' || list.length + 1 >= pairBase) return known;
    const word = { id: list.length + 1, kind, key, display };
    byKey.set(key, word);
    list.push(word);
    return word;
  });
  const tokenizeText = (text: string): Token[] => tokenize(text, lookUpWord, segmenter);
  const phrases = groupByFirstWord(names.map((name) => tokenizeText(name).map(({ word }) => withoutHash(word))));
  return {
    extract: (text, language) => {
      const tokens = tokenizeText(text.includes('&') ? decodeHTML(text) : text);
      const words = tokens.filter(({ word }) => word.kind !== 'emoji');
      const withoutRetweetMark = words[0]?.word.key === 'rt' ? words.slice(1) : words;
      return { words: withoutRetweetMark.map(({ word }) => word.id), terms: () => extractTerms(tokens, getStopWords(language), phrases) };
    },
    term: (code) => {
      const [first, second] = [list[Math.floor(code / pairBase) - 1], list[(code % pairBase) - 1]];
      if (!first) return second ?? { kind: 'word', key: '', display: '' };
      return { kind: 'bigram', key: `${first.key} ${second?.key}`, display: `${first.display} ${second?.display}` };
    },
  };
}

/** Memoizes a function; a few thousand words make up most of the text. */
function memoize<T>(find: (surface: string) => T): (surface: string) => T {
  const known = new Map<string, T>();
  return (surface) => {
    const found = known.get(surface);
    if (found !== undefined) return found;
    const result = find(surface);
    known.set(surface, result);
    return result;
  };
}

function classify(surface: string): Pick<Word, 'kind' | 'display'> {
  if (/^[#＃]/.test(surface)) return { kind: 'hashtag', display: surface.toLowerCase().replace('＃', '#') };
  if (/^[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(surface))
    return { kind: 'emoji', display: surface.replace(/\p{Emoji_Modifier}|\ufe0f/gu, '') };
  return { kind: 'word', display: surface.toLowerCase().replaceAll('’', "'").replace(contractionPattern, '') };
}

function tokenize(text: string, lookUpWord: (surface: string) => Word | undefined, segmenter: Intl.Segmenter): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const add = (surface: string, start: number): void => {
    const word = lookUpWord(surface);
    if (word) tokens.push({ word, isAdjacent: separatorPattern.test(text.slice(end, start)) });
    end = start + surface.length;
  };
  for (const found of text.matchAll(tokenPattern)) {
    const surface = found[1] ?? found[2] ?? found[3];
    if (surface !== undefined) add(surface, found.index);
    else if (found[4] !== undefined)
      for (const part of segmenter.segment(found[4])) if (part.isWordLike) add(part.segment, found.index + part.index);
  }
  return tokens;
}

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Groups phrases by their first word. */
function groupByFirstWord(phrases: readonly (readonly string[])[]): Phrases {
  const byFirst = new Map<string, (readonly string[])[]>();
  for (const phrase of phrases) {
    const [first] = phrase;
    if (first !== undefined) byFirst.set(first, [...(byFirst.get(first) ?? []), phrase]);
  }
  return byFirst;
}

function extractTerms(tokens: readonly Token[], stopWords: ReadonlySet<string>, phrases: Phrases): number[] {
  const brandTokens = findBrandTokens(tokens, phrases);
  const terms = new Set<number>();
  let previous: Word | undefined;
  for (const [index, { word, isAdjacent }] of tokens.entries()) {
    if (brandTokens?.has(index) || (word.kind === 'word' && isStopWord(word.key, stopWords))) {
      previous = undefined;
      continue;
    }
    if (!numberPattern.test(word.key)) terms.add(word.id);
    if (isAdjacent && word.kind === 'word' && previous?.kind === 'word' && previous !== word) terms.add(previous.id * pairBase + word.id);
    previous = word;
  }
  return [...terms];
}

/** A stop word, or a single letter of an alphabetic script. */
function isStopWord(key: string, stopWords: ReadonlySet<string>): boolean {
  return stopWords.has(key) || (key.length === 1 && alphabeticPattern.test(key));
}

const withoutHash = ({ kind, key }: Word): string => (kind === 'hashtag' ? key.slice(1) : key);

/** Indices of the words that are part of a brand name. */
function findBrandTokens(tokens: readonly Token[], phrases: Phrases): ReadonlySet<number> | undefined {
  let brandTokens: Set<number> | undefined;
  for (const [index, { word }] of tokens.entries()) {
    for (const phrase of phrases.get(withoutHash(word)) ?? []) {
      const isMatch = phrase.every((name, offset) => {
        const token = tokens[index + offset];
        return token !== undefined && withoutHash(token.word) === name;
      });
      if (!isMatch) continue;
      brandTokens ??= new Set();
      for (const offset of phrase.keys()) brandTokens.add(index + offset);
    }
  }
  return brandTokens;
}
