import { decodeHTML } from 'entities';
import { foldText } from '../../lib/fold-text.ts';
import { stopWordsOf } from './stop-words.ts';

export type TermKind = 'word' | 'bigram' | 'hashtag' | 'emoji';

export interface Term {
  readonly kind: TermKind;
  /** Folded: what counts as the same. */
  readonly key: string;
  /** In lower case, as it was first written. */
  readonly shown: string;
}

interface Word extends Term {
  readonly kind: Exclude<TermKind, 'bigram'>;
  /** From 1, the same for the same key. */
  readonly id: number;
}

interface Place {
  readonly word: Word;
  /** Whether nothing but space or a hyphen stands between this word and the one before. */
  readonly joined: boolean;
}

export interface PostWords {
  /** Every word in order, by number: what tells copies from other posts. Neither links nor handles nor emoji. */
  readonly words: readonly number[];
  /** What the text may be about, by number, each once. */
  terms(): number[];
}

export interface WordReader {
  /** @param language BCP 47 primary subtag */
  read(text: string, language: string): PostWords;
  /** The term of a number that `read` gave. */
  term(code: number): Term;
}

/** Scripts that write words without spaces; Korean has spaces. */
const unspaced = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
const letters = `[[\\p{L}\\p{M}\\p{N}]--[${unspaced}]]`;
const pictures = '[\\p{Extended_Pictographic}--[©®™‼⁉]]';
/** A link, a handle, and in groups: a word, a hashtag, an emoji, a run of an unspaced script. */
const pieces = new RegExp(
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
const nothingMuch = /^[\s-]*$/;
/** What is no part of the word itself: English endings, French and Italian articles. */
const contraction = /n't$|'(?:s|re|ve|ll|d|m)$|^(?:[cdjlmnst]|qu|un|all|dell|nell|sull|dall|quell)'(?=..)/;
const number = /^\p{N}+$/u;
const alphabetic = /[\p{scx=Latn}\p{scx=Cyrl}\p{scx=Grek}]/u;
/** A pair of words is one number, which a double holds exactly: no feed has two million different words in a sample. */
const pairBase = 2 ** 21;

/**
 * Reads posts as words, pairs of neighbouring words, hashtags and emoji. Scripts without spaces are cut by
 * Unicode's dictionaries (`Intl.Segmenter`). Names of brands, of one word or several, are no terms, nor are their hashtags.
 */
export function createWordReader(names: readonly string[]): WordReader {
  const byKey = new Map<string, Word>();
  const list: Word[] = [];
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const wordOf = remember((surface: string): Word | undefined => {
    const { kind, shown } = looksOf(surface);
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
      const told = words[0]?.word.key === 'rt' ? words.slice(1) : words;
      return { words: told.map(({ word }) => word.id), terms: () => termsOf(places, stopWordsOf(language), phrases) };
    },
    term: (code) => {
      const [first, second] = [list[Math.floor(code / pairBase) - 1], list[(code % pairBase) - 1]];
      if (!first) return second ?? { kind: 'word', key: '', shown: '' };
      return { kind: 'bigram', key: `${first.key} ${second?.key}`, shown: `${first.shown} ${second?.shown}` };
    },
  };
}

/** The function with a memory: the same few thousand words come again and again. */
function remember<T>(find: (surface: string) => T): (surface: string) => T {
  const known = new Map<string, T>();
  return (surface) => {
    const found = known.get(surface);
    if (found !== undefined) return found;
    const made = find(surface);
    known.set(surface, made);
    return made;
  };
}

function looksOf(surface: string): Pick<Word, 'kind' | 'shown'> {
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
    if (word) places.push({ word, joined: nothingMuch.test(text.slice(end, start)) });
    end = start + surface.length;
  };
  for (const found of text.matchAll(pieces)) {
    const surface = found[1] ?? found[2] ?? found[3];
    if (surface !== undefined) add(surface, found.index);
    else if (found[4] !== undefined)
      for (const part of segmenter.segment(found[4])) if (part.isWordLike) add(part.segment, found.index + part.index);
  }
  return places;
}

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** By their first word. */
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
    if (named?.has(index) || (word.kind === 'word' && saysNothing(word.key, stopWords))) {
      before = undefined;
      continue;
    }
    if (!number.test(word.key)) terms.add(word.id);
    if (joined && word.kind === 'word' && before?.kind === 'word' && before !== word) terms.add(before.id * pairBase + word.id);
    before = word;
  }
  return [...terms];
}

/** A stop word, or a single letter of a script that has long words. */
function saysNothing(key: string, stopWords: ReadonlySet<string>): boolean {
  return stopWords.has(key) || (key.length === 1 && alphabetic.test(key));
}

const plain = ({ kind, key }: Word): string => (kind === 'hashtag' ? key.slice(1) : key);

/** Places of the words that are a brand's name. */
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
