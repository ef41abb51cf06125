import { parseDate } from '../mapping/dates.ts';
import type { Leaf, Scalar } from './leaves.ts';
import { splitWords } from './name-parts.ts';

const day = /^\d{4}-?\d{2}-?\d{2}$/;
const clock = /^(?:\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{6})(?:Z|[+-]\d{2}:?\d{2})?$/;
/** Between date and time; ISO 8601 without hyphens needs the letter. */
const separators = [' ', 'T'];
const maxTried = 20;

/**
 * Dates whose day and time of day are in two leaves of one object, such as `cmt_date` and `cmt_time`, as leaves with a template
 * for a path. A time of day belongs to the day whose name shares a word with it, to the day before it, or to the only one.
 */
export function combineDateTimes(leaves: readonly Leaf[]): Leaf[] {
  const days = leaves.filter((leaf) => allMatch(leaf, day)).slice(0, maxTried);
  const clocks = days.length === 0 ? [] : leaves.filter((leaf) => allMatch(leaf, clock) && !days.includes(leaf)).slice(0, maxTried);
  return days.flatMap((date) => {
    const beside = clocks.filter(({ parent }) => parent === date.parent);
    const named = beside.filter((time) => sharesWord(date, time));
    const next = leaves[leaves.indexOf(date) + 1];
    return (named.length > 0 ? named : beside.filter((time) => time === next || isOnlyPair(date, time, days, clocks))).flatMap(
      (time) => combine(date, time) ?? [],
    );
  });
}

const allMatch = ({ values }: Leaf, pattern: RegExp): boolean =>
  [...values.values()].every((value) => typeof value !== 'boolean' && pattern.test(String(value)));

function isOnlyPair(date: Leaf, time: Leaf, days: readonly Leaf[], clocks: readonly Leaf[]): boolean {
  const isAlone = (leaf: Leaf, others: readonly Leaf[]): boolean =>
    others.every(({ parent, path }) => parent !== leaf.parent || path === leaf.path);
  return isAlone(date, days) && isAlone(time, clocks);
}

function combine(date: Leaf, time: Leaf): Leaf | undefined {
  for (const separator of separators) {
    const values = new Map<number, Scalar>();
    for (const [index, value] of date.values)
      if (time.values.has(index)) values.set(index, `${value}${separator}${time.values.get(index)}`);
    const parsed = [...values.values()].filter((value) => parseDate(value) !== undefined);
    if (values.size > 0 && parsed.length === values.size) return { ...date, path: `{${date.path}}${separator}{${time.path}}`, values };
  }
  return undefined;
}

const sharesWord = (one: Leaf, other: Leaf): boolean => {
  const words = splitWords(one.keys.at(-1) ?? '');
  return splitWords(other.keys.at(-1) ?? '').some((word) => words.includes(word));
};
