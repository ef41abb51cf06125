import type { Season } from '../../domain/alert.ts';

/** Which past quarter-hours are like a moment; all times in ms since 1970. */

export const quarterMs = 900_000;
const dayMs = 86_400_000;
const mostWeeks = 8;
const mostDays = 14;
/** Before and after the same moment of another day: with its own, an hour and a quarter. */
const neighbours = [-2, -1, 0, 1, 2];

/** Starts of quarter-hours, by the day or week that they belong to. */
export type ReferenceWindows = Readonly<Record<Season, readonly (readonly number[])[]>>;

/**
 * The quarter-hours to compare a stretch with that ends at `end`: around the same time of past weeks and of past days,
 * on the clocks of `timeZone`, and those of the last 24 hours. None of them reaches into the last `longest` ms.
 */
export function referenceWindows(end: number, timeZone: string, longest: number): ReferenceWindows {
  const before = (start: number): boolean => start + quarterMs <= end - longest;
  const last = Math.ceil(end / quarterMs) * quarterMs - quarterMs;
  const around = (days: number): number[] => {
    const then = last - days * dayMs;
    // Where clocks were changed in between, the same hour lies elsewhere.
    const start = then + offsetOf(last, timeZone) - offsetOf(then, timeZone);
    return neighbours.map((step) => start + step * quarterMs).filter(before);
  };
  const recent = Array.from({ length: dayMs / quarterMs }, (_, index) => last - (index + 1) * quarterMs).filter(before);
  return {
    week: Array.from({ length: mostWeeks }, (_, week) => around(7 * (week + 1))),
    day: Array.from({ length: mostDays }, (_, day) => around(day + 1)),
    recent: [recent],
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();
const knownOffsets = new Map<string, Map<number, number>>();
/** Of a zone: a hundred days of quarter-hours. */
const mostKnown = 10_000;

/**
 * How far the clocks of a zone are ahead of UTC, in ms. A replay asks a hundred thousand times and formatting a date is
 * slow, so answers are kept by the quarter-hour. Clocks are changed between two of them; the few that once were a minute
 * later (St. John's until 2011) are wrong for the rest of that quarter-hour.
 */
export function offsetOf(time: number, timeZone: string): number {
  const known = knownOffsets.get(timeZone) ?? new Map<number, number>();
  const quarter = Math.floor(time / quarterMs);
  const kept = known.get(quarter);
  if (kept !== undefined) return kept;
  const offset = offsetAt(quarter * quarterMs, timeZone);
  if (known.size >= mostKnown) known.clear();
  knownOffsets.set(timeZone, known.set(quarter, offset));
  return offset;
}

/** The same at a full minute, worked out. */
function offsetAt(time: number, timeZone: string): number {
  const known = formats.get(timeZone);
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
  const format = known ?? new Intl.DateTimeFormat('en', { timeZone, ...parts });
  if (!known) formats.set(timeZone, format);
  const read = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(read['year'] ?? 0, (read['month'] ?? 1) - 1, read['day'], read['hour'], read['minute']) - time;
}
