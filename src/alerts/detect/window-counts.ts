import { addCounts, emptyCounts, type LabelCounts, totalPosts } from '../../domain/label-counts.ts';
import { minuteMs } from '../../lib/duration.ts';
import type { CountsByBrand } from '../../sink/queries/alert-counts.ts';

export const allBrands = '*';

/** At this many posts per minute, a minute without posts is an outage: by chance it would happen once in 22,000 minutes. */
const outagePostsPerMinute = 10;

/** The counts of a brand in the window of a length (ms) that ends at `end`; undefined if the window contains an outage. */
export type WindowCounts = (brand: string, windowMs: number) => LabelCounts | undefined;

/** Sums the minutes before `end` (ms since 1970). Each sum is computed once, because rules share windows. */
export function createWindowCounts(minutes: CountsByBrand, end: number): WindowCounts {
  const outages = new Map<number, boolean>();
  const sums = new Map<string, Map<number, LabelCounts>>();
  const hasOutage = (windowMs: number): boolean => {
    const known = outages.get(windowMs) ?? containsOutage(minutes, end - windowMs, end);
    outages.set(windowMs, known);
    return known;
  };
  return (brand, windowMs) => {
    if (hasOutage(windowMs)) return undefined;
    const own = sums.get(brand) ?? new Map<number, LabelCounts>();
    sums.set(brand, own);
    const known = own.get(windowMs) ?? addCounts(countsBetween(minutes, brand, end - windowMs, end));
    own.set(windowMs, known);
    return known;
  };
}

function* countsBetween(minutes: CountsByBrand, brand: string, from: number, to: number): Generator<LabelCounts> {
  const own = minutes.get(brand);
  if (!own) return;
  for (let minute = from; minute < to; minute += minuteMs) {
    const counts = own.get(minute);
    if (counts) yield counts;
  }
}

function containsOutage(minutes: CountsByBrand, from: number, to: number): boolean {
  const all = minutes.get(allBrands);
  let posts = 0;
  let emptyMinutes = 0;
  for (let minute = from; minute < to; minute += minuteMs) {
    const volume = totalPosts(all?.get(minute) ?? emptyCounts);
    posts += volume;
    if (volume === 0) emptyMinutes += 1;
  }
  return emptyMinutes > 0 && posts >= outagePostsPerMinute * ((to - from) / minuteMs - emptyMinutes);
}
