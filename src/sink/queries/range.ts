import { FeedpulseError } from '../../lib/errors.ts';
import { minuteRollup, quarterRollup, type Rollup } from './reading.ts';

/** Half-open: `from` belongs to it, `to` does not. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** Kept for 30 days; one less, so that nothing expires between two queries of a page. */
const minutesKeptMs = 29 * 86_400_000;
/** Minutes of all brands lie together: over longer ranges a brand's quarter-hours are read much sooner. */
const finestSpanMs = 12 * 3_600_000;

/** Minutes for a short range that they still cover, quarter-hours for the rest. */
export function chooseRollup({ from, to }: Range, now: number): Rollup {
  const short = to.getTime() - from.getTime() <= finestSpanMs;
  return short && from.getTime() >= now - minutesKeptMs ? minuteRollup : quarterRollup;
}

/**
 * A range as seconds since 1970, widened to whole buckets of a rollup: the bucket that `from` falls into
 * counts whole, and so does the one that the last moment before `to` falls into.
 * @throws USAGE when the range is empty or not a range of dates from 1970 to 2105
 */
export function toSeconds({ from, to }: Range, rollup: Rollup): { from: number; to: number } {
  const start = from.getTime() / 1_000;
  const end = to.getTime() / 1_000;
  if (!(start >= 0 && start < end && end < 2 ** 32))
    throw new FeedpulseError('USAGE', 'a range needs a start before its end, within 1970 to 2105');
  return { from: Math.floor(start / rollup.seconds) * rollup.seconds, to: Math.ceil(end / rollup.seconds) * rollup.seconds };
}
