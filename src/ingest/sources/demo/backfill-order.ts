import type { Post } from '../../../domain/post.ts';
import { createBrandMatcher } from '../../brands/brand-matcher.ts';
import { demoBrands } from './demo-brands.ts';
import { lastCrisis } from './scenarios.ts';
import { minuteMs, minutesBetween } from './schedule.ts';

/** Minutes (starts in ms since 1970) in the order in which they are filled, and which of their posts are. */
export interface FillingRound {
  readonly minutes: readonly number[];
  readonly includes: (post: Post) => boolean;
}

/** What is just past, so that the page is alive at once. */
const firstMs = 5 * minuteMs;
/** Before a crisis, what it stands out from: two hours, and the one that no expectation includes because it is being judged. */
const usualMs = 180 * minuteMs;
const quarterMs = 15 * minuteMs;
/** A crisis that began later is still too small to be told from an ordinary evening: the one before it is shown. */
const tellableMs = quarterMs;

const everything = (): boolean => true;

/**
 * The history between two moments as a newcomer wants it: what is just past; the last crisis that can be told, as it came
 * about, in posts of its brand alone; then the rest, newest first, so that charts grow backwards. What is missing from the
 * hours of the crisis names other brands, whose history so never has a hole that would make the present look like a sudden rush.
 */
export function fillingOrder(seed: number, oldest: number, start: number): readonly FillingRound[] {
  const crisis = lastCrisis(seed, start - tellableMs);
  const { match } = createBrandMatcher(demoBrands);
  const isOfItsBrand = ({ text }: Post): boolean => match(text).join() === crisis.brand;
  const newestFirst = [...minutesBetween(oldest, start)].reverse();
  const usualFrom = Math.floor((crisis.from - usualMs) / quarterMs) * quarterMs;
  const isJustPast = (minute: number): boolean => minute >= start - firstMs;
  const isOfCrisis = (minute: number): boolean => !isJustPast(minute) && minute >= usualFrom && minute < crisis.to;
  const hours = newestFirst.filter(isOfCrisis);
  return [
    { minutes: newestFirst.filter(isJustPast), includes: everything },
    { minutes: [...hours].reverse(), includes: isOfItsBrand },
    { minutes: hours, includes: (post) => !isOfItsBrand(post) },
    { minutes: newestFirst.filter((minute) => !isJustPast(minute) && !isOfCrisis(minute)), includes: everything },
  ];
}
