import { decodeHTML } from 'entities';
import { foldText } from '../../lib/fold-text.ts';
import { stopWordsOf } from './stop-words.ts';

export type TermKind = 'word' | 'bigram' | 'hashtag' | 'emoji';

export interface Term {
  readonly kind: TermKind;
  /** Folded form; equal keys are the same term. */
  readonly key: string;
  /** Lower-case spelling of its first occurrence, for display. */
  readonly shown: string;
}

interface Word extends Term {
  readonly kind: Exclude<TermKind, 'bigram'>;
  /** One id per key, from 1. */
  readonly id: number;
}

interface Place {
  readonly word: Word;
  /** Whether only white space or hyphens separate this word from the previous one. */
  readonly joined: boolean;
}

export interface PostWords {
  /** Ids of all words in order, without links, handles and emoji; used to detect near-duplicates. */
  readonly words: readonly number[];
  /** Distinct codes of the terms in the text. */
  terms(): number[];
}

export interface WordReader {
  /** @param language BCP 47 primary subtag */
  read(text: string, language: string): PostWords;
  /** The term of a code that `read` returned. */
  term(code: number): Term;
}

/** Scripts that write words without spaces; Korean has spaces. */
const unspaced = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
const letters = `[[\\p{L}\\p{M}\\p{N}]--[${unspaced}]]`;
const pictures = '[\\p{Extended_Pictographic}--[©®™‼⁉]]';
/** Matches a link or a handle, or captures a word, a hashtag, an emoji or a run of an unspaced script. */
const tokens = new RegExp(
  [
    '(?:[hH][tT]{2}[pP][sS]?://|[wW]{3}\\.)\\S+',
    '[@＠][\\p{L}\\p{N}_.]+',
    `(${letters}+(?:['’]${letters}+)*)`,
    '([#＃][\\p{L}\\p{M}\\p{N}_]+)',
    `(${pictures}(?:\\p{Emoji_Modifier}|\\ufe0f|\\u200d${pictures})*|\\p{Regional_Indicator}{2})`,
    `([${unspaced}]+)`,
  ].join('|'),
  'gv',
);
const separator = /^[\s-]*$/;
/** English contractions, and elided articles in French and Italian. */
const contraction = /n't$|'(?:s|re|ve|ll|d|m)$|^(?:[cdjlmnst]|qu|un|all|dell|nell|sull|dall|quell)'(?=..)/;
const number = /^\p{N}+$/u;
const alphabetic = /[\p{scx=Latn}\p{scx=Cyrl}\p{scx=Grek}]/u;
/** Encodes a word pair as first · pairBase + second, an exact double for up to two million distinct words. */
const pairBase = 2 ** 21;

/**
 * Splits posts into words, pairs of adjacent words, hashtags and emoji. `Intl.Segmenter` splits scripts without spaces.
 * @param names brand names; these and their hashtags are not terms
 */
export function createWordReader(names: readonly string[]): WordReader {
  const byKey = new Map<string, Word>();
  const list: Word[] = [];
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const wordOf = memoise((surface: string): Word | undefined => {
    const { kind, shown } = classify(surface);
    const key = kind === 'emoji' ? shown : foldText(shown).trim();
    const known = byKey.get(key);
    if (known || key === '' || list.length + 1 >= pairBase) return known;
    const word = { id: list.length + 1, kind, key, shown };
    byKey.set(key, word);
    list.push(word);
    return word;
  });
  const placesIn = (text: string): Place[] => readPlaces(text, wordOf, segmenter);
  const phrases = phrasesOf(names.map((name) => placesIn(name).map(({ word }) => plain(word))));
  return {
    read: (text, language) => {
      const places = placesIn(text.includes('&') ? decodeHTML(text) : text);
      const words = places.filter(({ word }) => word.kind !== 'emoji');
      const withoutRetweetMark = words[0]?.word.key === 'rt' ? words.slice(1) : words;
      return { words: withoutRetweetMark.map(({ word }) => word.id), terms: () => termsOf(places, stopWordsOf(language), phrases) };
    },
    term: (code) => {
      const [first, second] = [list[Math.floor(code / pairBase) - 1], list[(code % pairBase) - 1]];
      if (!first) return second ?? { kind: 'word', key: '', shown: '' };
      return { kind: 'bigram', key: `${first.key} ${second?.key}`, shown: `${first.shown} ${second?.shown}` };
    },
  };
}

/** Memoises a function; a few thousand words make up most of the text. */
function memoise<T>(find: (surface: string) => T): (surface: string) => T {
  const known = new Map<string, T>();
  return (surface) => {
    const found = known.get(surface);
    if (found !== undefined) return found;
    const result = find(surface);
    known.set(surface, result);
    return result;
  };
}

function classify(surface: string): Pick<Word, 'kind' | 'shown'> {
  if (/^[#＃]/.test(surface)) return { kind: 'hashtag', shown: surface.toLowerCase().replace('＃', '#') };
  if (/^[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(surface))
    return { kind: 'emoji', shown: surface.replace(/\p{Emoji_Modifier}|\ufe0f/gu, '') };
  return { kind: 'word', shown: surface.toLowerCase().replaceAll('’', "'").replace(contraction, '') };
}

function readPlaces(text: string, wordOf: (surface: string) => Word | undefined, segmenter: Intl.Segmenter): Place[] {
  const places: Place[] = [];
  let end = 0;
  const add = (surface: string, start: number): void => {
    const word = wordOf(surface);
    if (word) places.push({ word, joined: separator.test(text.slice(end, start)) });
    end = start + surface.length;
  };
  for (const found of text.matchAll(tokens)) {
    const surface = found[1] ?? found[2] ?? found[3];
    if (surface !== undefined) add(surface, found.index);
    else if (found[4] !== undefined)
      for (const part of segmenter.segment(found[4])) if (part.isWordLike) add(part.segment, found.index + part.index);
  }
  return places;
}

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Groups phrases by their first word. */
function phrasesOf(phrases: readonly (readonly string[])[]): Phrases {
  const byFirst = new Map<string, (readonly string[])[]>();
  for (const phrase of phrases) {
    const [first] = phrase;
    if (first !== undefined) byFirst.set(first, [...(byFirst.get(first) ?? []), phrase]);
  }
  return byFirst;
}

function termsOf(places: readonly Place[], stopWords: ReadonlySet<string>, phrases: Phrases): number[] {
  const named = namesIn(places, phrases);
  const terms = new Set<number>();
  let before: Word | undefined;
  for (const [index, { word, joined }] of places.entries()) {
    if (named?.has(index) || (word.kind === 'word' && isStopWord(word.key, stopWords))) {
      before = undefined;
      continue;
    }
    if (!number.test(word.key)) terms.add(word.id);
    if (joined && word.kind === 'word' && before?.kind === 'word' && before !== word) terms.add(before.id * pairBase + word.id);
    before = word;
  }
  return [...terms];
}

/** A stop word, or a single letter of an alphabetic script. */
function isStopWord(key: string, stopWords: ReadonlySet<string>): boolean {
  return stopWords.has(key) || (key.length === 1 && alphabetic.test(key));
}

const plain = ({ kind, key }: Word): string => (kind === 'hashtag' ? key.slice(1) : key);

/** Indices of the words that are part of a brand name. */
function namesIn(places: readonly Place[], phrases: Phrases): ReadonlySet<number> | undefined {
  let named: Set<number> | undefined;
  for (const [index, { word }] of places.entries()) {
    for (const phrase of phrases.get(plain(word)) ?? []) {
      const isThere = phrase.every((name, offset) => {
        const place = places[index + offset];
        return place !== undefined && plain(place.word) === name;
      });
      if (!isThere) continue;
      named ??= new Set();
      for (const offset of phrase.keys()) named.add(index + offset);
    }
  }
  return named;
}
