import { bucketMs, dayMs } from './duration.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
const offsetsByZone = new Map<string, Map<number, number>>();
/** Per time zone: a hundred days of 15-minute buckets. */
const maxCached = 10_000;

/**
 * Returns how far a time zone is ahead of UTC at a time (ms since 1970), in ms. Formatting a date is slow, so offsets are
 * cached per 15 minutes. Clocks change on such a boundary; the few changes one minute past it (St. John's until 2011) are
 * wrong for the rest of the 15 minutes.
 */
export function utcOffsetMs(time: number, timeZone: string): number {
  const offsets = offsetsByZone.get(timeZone) ?? new Map<number, number>();
  const bucket = Math.floor(time / bucketMs);
  const cached = offsets.get(bucket);
  if (cached !== undefined) return cached;
  const offset = computeOffset(bucket * bucketMs, timeZone);
  if (offsets.size >= maxCached) offsets.clear();
  offsetsByZone.set(timeZone, offsets.set(bucket, offset));
  return offset;
}

/** The day of a time (ms since 1970) in a time zone, in days since 1970. */
export const toLocalDay = (time: number, timeZone: string): number => Math.floor((time + utcOffsetMs(time, timeZone)) / dayMs);

/** @param time a full minute */
function computeOffset(time: number, timeZone: string): number {
  const cached = formats.get(timeZone);
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
  const format = cached ?? new Intl.DateTimeFormat('en', { timeZone, ...fields });
  if (!cached) formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute']) - time;
}
