import { emptyCounts, totalPosts } from '../../dist/domain/label-counts.js';
import { createRandom, mixSeeds } from '../../dist/lib/random.js';
import { createFeed, minute } from './feed-model.mjs';

const bucketMinutes = 15;

/** Counts by label, and of the copies among them, per minute or bucket, as the rollups hold them: none for a time without posts. */
class Counts {
  #from;
  #stepMs;
  #values;

  constructor(from, to, stepMs) {
    this.#from = from;
    this.#stepMs = stepMs;
    this.#values = new Int32Array(8 * Math.ceil((to - from) / stepMs));
  }

  add(time, counts) {
    const at = 8 * Math.floor((time - this.#from) / this.#stepMs);
    for (let index = 0; index < 8; index += 1) this.#values[at + index] += counts[index];
  }

  get(time) {
    const at = 8 * Math.floor((time - this.#from) / this.#stepMs);
    return at < 0 || at >= this.#values.length ? undefined : toLabelCounts(this.#values, at);
  }
}

/** Eight numbers, posts and copies by label, as label counts; undefined if there are no posts. */
export function toLabelCounts(values, at = 0) {
  const counts = { negative: values[at], neutral: values[at + 1], positive: values[at + 2], unscored: values[at + 3] };
  const copies = { negative: values[at + 4], neutral: values[at + 5], positive: values[at + 6], unscored: values[at + 7] };
  if (totalPosts(counts) === 0) return undefined;
  return totalPosts(copies) === 0 ? counts : { ...counts, copies };
}

/** Label counts as eight numbers. */
export const fromLabelCounts = ({ copies = emptyCounts, ...counts }) =>
  [counts, copies].flatMap(({ negative, neutral, positive, unscored }) => [negative, neutral, positive, unscored]);

/** Minutes and 15-minute buckets of a brand in a range. */
export class BrandCounts {
  constructor(from, to) {
    this.minutes = new Counts(from, to, minute);
    this.buckets = new Counts(from, to, bucketMinutes * minute);
  }

  add(time, counts) {
    this.minutes.add(time, counts);
    this.buckets.add(time, counts);
  }
}

/**
 * Draws the history of a brand without incidents. Its volume grows or shrinks slowly, and for half of the brands the level changes
 * for good.
 * @param brand { profile, moods, rate, seed, hasShift }
 * @param range { from, live, to }: history from `from`, evaluated from `live` on
 * @param outage { from, to }: no posts
 * @param starts times at which the state of the feed is kept
 * @returns { counts, states, factorAt, shiftAt }
 */
export function drawHistory({ profile, moods, rate, seed, hasShift }, { from, live, to }, outage, starts) {
  const random = createRandom(mixSeeds(seed, 5));
  const growth = (random() - 0.5) * 0.8;
  const shiftAt = hasShift ? live + (0.2 + 0.5 * random()) * (to - live) : Number.POSITIVE_INFINITY;
  const shift = random() < 0.5 ? 1.6 : 1 / 1.6;
  const factorAt = (time) => Math.exp(growth * ((time - from) / (to - from) - 0.5)) * (time >= shiftAt ? shift : 1);
  const feed = createFeed({ profile, moods, rate, seed });
  const counts = new BrandCounts(from, to);
  const kept = new Set(starts);
  const states = new Map();
  for (let time = from; time < to; time += minute) {
    if (kept.has(time)) states.set(time, feed.fork(mixSeeds(seed, time)));
    const drawn = feed.draw(time, { factor: factorAt(time) });
    if (time < outage.from || time >= outage.to) counts.add(time, drawn);
  }
  return { counts, states, factorAt, shiftAt };
}
