import { createRandom, mixSeeds } from './random.ts';
import { rhythmAt, storyAt } from './scenarios.ts';

export const minuteMs = 60_000;
/** People talk about a story that much more, at its height. */
const storyBoost = 1.5;

/**
 * When the posts of a minute are written (all ms since 1970, earliest first), as many as the hour and a story make:
 * always the same for the same seed, minute and `rate` (posts a second, on average over a day).
 */
export function timesOf({ seed, rate }: { seed: number; rate: number }, minute: number): number[] {
  const random = createRandom(mixSeeds(seed, 9, minute));
  const expected = rate * 60 * rhythmAt(minute) * (1 + storyBoost * (storyAt(seed, minute)?.strength ?? 0));
  const count = Math.floor(expected + random());
  return Array.from({ length: count }, () => minute + Math.floor(random() * minuteMs)).sort((a, b) => a - b);
}

/** Starts of the minutes that have a part between two moments (ms since 1970). */
export function* minutesBetween(from: number, to: number): Generator<number> {
  for (let minute = Math.floor(from / minuteMs) * minuteMs; minute < to; minute += minuteMs) yield minute;
}
