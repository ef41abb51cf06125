import { parseDate } from '../mapping/dates.ts';
import type { Candidate } from './field-scores.ts';
import { type Closeness, referencesTo, shareOfPairs } from './leaf-relations.ts';
import type { Leaf } from './leaves.ts';

/**
 * Finds the text, the ID and the date of posts by their values alone, for messages whose names do not tell: abbreviated, numbered,
 * or in a language without vocabulary. The weights were chosen on shapes with scrambled names.
 */

/** Leaves compared with each other, so that hostile messages take no longer. */
const maxCompared = 30;
const minTextScore = 0.55;
const minIdScore = 0.38;
const maxInspectedLength = 1_000;
/** Characters of a text that a shorter version of it begins with. */
const beginningLength = 12;

/** Present in nearly all messages that have a text; deletions and the like have little else. */
const isComplete = ({ leaf }: Candidate, text: Leaf): boolean => leaf.values.size >= 0.9 * text.values.size;

/** The prose that differs from message to message, is longest, and is no part or copy of other prose. */
export function findTextByValues(candidates: readonly Candidate[], count: number): Candidate | undefined {
  const prose = candidates
    .filter(({ values }) => values.prose >= 0.5 && values.distinct >= 0.6 && values.url < 0.5)
    .sort((a, b) => b.values.meanLength - a.values.meanLength)
    .slice(0, maxCompared);
  const score = (candidate: Candidate): number => {
    const { leaf, values, name } = candidate;
    const others = prose.filter((other) => other !== candidate);
    const longer = others.filter((other) => other.values.meanLength > 1.2 * values.meanLength && other.values.markup <= values.markup);
    const isCut = longer.some((other) => shareOfPairs(leaf, other.leaf, isCutFrom) >= 0.5);
    const isQuoted = others.some((other) => other.leaf.values.size > leaf.values.size && referencesTo(other.leaf)(leaf) >= 0.5);
    return (
      Math.min(1, Math.log2(1 + values.meanLength) / 7) * 0.4 +
      values.distinct * 0.3 +
      (leaf.values.size / count) * 0.3 -
      (isCut ? 0.3 : 0) -
      (isQuoted ? 0.5 : 0) -
      (name.isPersonal ? 0.2 : 0) -
      (leaf.isInArray ? 0.2 : 0) -
      values.markup * 0.1
    );
  };
  return bestBy(prose, score, minTextScore);
}

const isCutFrom = (value: unknown, whole: unknown): boolean =>
  String(whole).slice(0, maxInspectedLength).includes(String(value).slice(0, beginningLength));

/** The leaf of short values that differ in every message and look assigned, near the text. */
export function findIdByValues(candidates: readonly Candidate[], text: Leaf, closeness: Closeness): Candidate | undefined {
  const tokens = candidates.filter(
    ({ leaf, values }) => !leaf.isInArray && values.idLike >= 0.95 && values.url < 0.5 && values.clock < 0.5,
  );
  const holders = candidates.filter(({ values }) => values.idLike + values.url >= 0.9 && values.text === 1).slice(0, maxCompared);
  const tried = tokens.slice(0, 2 * maxCompared);
  const score = (candidate: Candidate): number => {
    const { leaf, values } = candidate;
    // An edit repeats the ID of its post.
    if (values.distinct < 0.9 || values.count < 2 || !isComplete(candidate, text)) return 0;
    const isLinked = holders.some((holder) => holder !== candidate && shareOfPairs(leaf, holder.leaf, isPartOf) >= 0.8);
    if (values.date >= 0.9 && !isLinked) return 0;
    const near = closeness(leaf, text);
    const shareOf = referencesTo(leaf);
    const isReferred = tried.some((other) => other !== candidate && shareOf(other.leaf) >= 0.3);
    return (
      near * 0.4 +
      shapeOfId(candidate) +
      // The ID of the author is a part of addresses, too.
      (isLinked ? 0.1 + 0.15 * near : 0) +
      (isReferred ? 0.2 : 0) +
      values.distinct -
      1 +
      0.1 * (1 - candidates.indexOf(candidate) / candidates.length)
    );
  };
  return bestBy(tried, score, minIdScore);
}

/** Shorter values occur in addresses by chance. */
const minLinkedLength = 4;
const isPartOf = (value: unknown, whole: unknown): boolean =>
  String(value).length >= minLinkedLength && String(whole).length > String(value).length && String(whole).includes(String(value));

/** Versions and decimals: `2.8.1`, `0.92`. */
const version = /^v?\d+(?:\.\d+)+$/;

/** Above 0 for what looks assigned: digits and a common length. Counts and running numbers begin small, and handles are words. */
export function shapeOfId({ leaf, values }: Candidate): number {
  const texts = [...leaf.values.values()].map(String);
  const lengths = texts.map(({ length }) => length);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const isUniform = longest - shortest <= (values.whole >= 0.9 ? 1 : 2);
  if (shortest < 4 || texts.every((text) => version.test(text) || /^0*\d{1,3}$/.test(text))) return -0.2;
  if (values.whole >= 0.9) return isUniform ? 0.2 : -0.2;
  const withDigit = texts.filter((text) => /\d/.test(text)).length / texts.length;
  return withDigit < 0.6 ? -0.2 : isUniform ? 0.25 : 0.1;
}

/** Dates that are further apart are not of one post: a registration, a birthday. */
const maxAgeMs = 90 * 86_400_000;

/** The date that varies, is near the text or the ID, and is the earliest of those about the post. */
export function findCreatedAtByValues(
  candidates: readonly Candidate[],
  text: Leaf,
  id: Leaf | undefined,
  closeness: Closeness,
): Candidate | undefined {
  const nearness = (leaf: Leaf): number => Math.max(closeness(leaf, text), id === undefined ? 0 : 0.9 * closeness(leaf, id));
  const dates = candidates
    .filter((candidate) => isComplete(candidate, text) && candidate.values.date >= 0.9 && !candidate.leaf.isInArray)
    .filter(({ values }) => values.distinctCount > 1 || text.values.size <= 2)
    .slice(0, maxCompared)
    .map((candidate) => ({ candidate, near: nearness(candidate.leaf), times: timesOf(candidate.leaf) }));
  const score = ({ candidate, near, times }: (typeof dates)[number]): number => {
    const gaps = dates
      .filter((other) => other.candidate !== candidate)
      .map((other) => ({ ...describeGap(times, other.times), near: other.near }));
    const isOld = gaps.some((gap) => gap.medianMs > maxAgeMs && gap.near >= near - 0.2);
    const isEarliest = gaps.every((gap) => gap.near < near - 0.2 || Math.abs(gap.medianMs) > maxAgeMs || gap.isBefore);
    const withTime = [...times.values()].filter((time) => time % 86_400_000 !== 0).length / times.size;
    return near * 0.5 + withTime * 0.1 + orderliness([...times.values()]) * 0.2 + (isEarliest ? 0.2 : 0) - (isOld ? 0.5 : 0);
  };
  return bestBy(dates, score, 0.3)?.candidate;
}

export function timesOf({ values }: Leaf): Map<number, number> {
  const times = [...values].map(([index, value]) => [index, parseDate(value)] as const);
  return new Map(times.filter((entry): entry is readonly [number, number] => entry[1] !== undefined));
}

/** By how many milliseconds the other dates are later, at the median, and whether nearly all are no earlier. */
export function describeGap(times: ReadonlyMap<number, number>, others: ReadonlyMap<number, number>) {
  const gaps = [...times].flatMap(([index, time]) => (others.has(index) ? [(others.get(index) ?? 0) - time] : [])).sort((a, b) => a - b);
  const notEarlier = gaps.filter((gap) => gap >= 0).length;
  return { medianMs: gaps[Math.floor(gaps.length / 2)] ?? 0, isBefore: notEarlier >= 0.9 * gaps.length };
}

/** 1 if the times only rise or only fall over the messages, 0 if they do neither. Feeds come in the order of their posts. */
function orderliness(times: readonly number[]): number {
  if (times.length < 4) return 0;
  const rising = times.filter((time, index) => index > 0 && time >= (times[index - 1] ?? time)).length / (times.length - 1);
  return 2 * Math.max(rising, 1 - rising) - 1;
}

/** The element with the highest score, if that reaches the minimum; the first of equal ones. */
export function bestBy<T>(elements: readonly T[], score: (element: T) => number, minimum: number): T | undefined {
  let best: { readonly element: T; readonly score: number } | undefined;
  for (const element of elements) {
    const own = score(element);
    if (own >= minimum && own > (best?.score ?? -Infinity)) best = { element, score: own };
  }
  return best?.element;
}
