import { parseDate } from '../mapping/dates.ts';
import type { Leaf, Scalar } from './leaves.ts';

/** What the values of a leaf look like. Shares are between 0 and 1. */
export interface ValueKinds {
  readonly count: number;
  /** Distinct values per value. */
  readonly distinct: number;
  readonly distinctCount: number;
  readonly idLike: number;
  readonly prose: number;
  readonly markup: number;
  /** Mean length of strings, in UTF-16 code units. */
  readonly meanLength: number;
  readonly date: number;
  /** Times of day without a date. */
  readonly clock: number;
  readonly url: number;
  readonly lang: number;
  readonly flag: number;
  /** Whole numbers of at least 0, also in strings. */
  readonly whole: number;
  readonly stars: number;
  /** Strings without white space. */
  readonly word: number;
  readonly text: number;
  /** Strings with a digit. */
  readonly coded: number;
  /** Numbers, hashes and URNs: identifiers that nobody chose. */
  readonly opaque: number;
}

/** Dates of posts lie between these, in milliseconds since 1970. */
const dateRange = { from: Date.UTC(2000, 0, 1), until: Date.UTC(2100, 0, 1) };

/** Characters of a value that are looked at for prose and tags. */
const maxInspectedLength = 1_000;
const tag = /<\/?(?:p|br|a|b|i|em|strong|div|span|li|blockquote)\b[^>]*>/i;

export function describeValues({ values }: Leaf): ValueKinds {
  const all = [...values.values()];
  const share = (test: (value: Scalar) => boolean): number => all.filter(test).length / Math.max(1, all.length);
  const strings = all.filter((value) => typeof value === 'string');
  const distinctCount = new Set(all).size;
  return {
    count: all.length,
    distinct: distinctCount / Math.max(1, all.length),
    distinctCount,
    idLike: share(isIdLike),
    prose: share(isProse),
    markup: share((value) => typeof value === 'string' && tag.test(value.slice(0, maxInspectedLength))),
    meanLength: strings.reduce((sum, { length }) => sum + length, 0) / Math.max(1, strings.length),
    date: share(isDate),
    clock: share((value) => typeof value === 'string' && /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(value)),
    url: share((value) => typeof value === 'string' && /^https?:\/\/\S+$/i.test(value)),
    lang: share((value) => typeof value === 'string' && /^[a-z]{2,3}(?:[-_][a-z]{2,4})?$/i.test(value)),
    flag: share((value) => typeof value === 'boolean' || value === 0 || value === 1 || value === 'true' || value === 'false'),
    whole: share((value) => typeof value !== 'boolean' && /^\d{1,15}$/.test(String(value))),
    stars: share((value) => typeof value !== 'boolean' && /^[1-5](?:\.\d+)?$/.test(String(value)) && Number(value) <= 5),
    word: share((value) => typeof value === 'string' && !/\s/.test(value)),
    text: strings.length / Math.max(1, all.length),
    opaque: share((value) => /^(?:-?\d{3,}|[\da-f-]{16,}|\w+:\S+)$/i.test(String(value)) || /^(?=.*\d)[A-Z\d]{8,}$/.test(String(value))),
    coded: share((value) => typeof value === 'string' && /\d/.test(value)),
  };
}

function isIdLike(value: Scalar): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return typeof value === 'string' && value.length <= 256 && !/\s/.test(value);
}

/** At least three words, which names of people and things seldom have, or several characters of a script that does not separate words. */
function isProse(value: Scalar): boolean {
  if (typeof value !== 'string' || /^https?:\/\/\S+$/i.test(value)) return false;
  const beginning = value.slice(0, maxInspectedLength);
  if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]{4}/u.test(beginning)) return true;
  return beginning.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length >= 3;
}

/** Whole numbers count as dates only if they cannot be anything small. */
function isDate(value: Scalar): boolean {
  if (typeof value === 'boolean') return false;
  const time = parseDate(value);
  return time !== undefined && time >= dateRange.from && time < dateRange.until;
}
