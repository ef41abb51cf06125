import { dailyRate } from '../../dist/ingest/sources/demo/scenarios.js';
import { createRandom, mixSeeds } from '../../dist/lib/random.js';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What the bundled model makes of posts that people labelled: rows of `feedpulse eval` on TweetEval's validation posts. */
const confusion = {
  negative: [232, 62, 18],
  neutral: [145, 570, 154],
  positive: [31, 152, 636],
};
/** What people ordinarily write about a brand of the demo, and how much of it is in a language that the model doesn't read. */
const ordinary = { negative: 0.22, neutral: 0.4, positive: 0.38 };
const unread = 0.08;

/** Shares of negative, neutral and positive as the model sees what people write. */
function asSeen(truth) {
  const seen = [0, 0, 0];
  for (const [label, share] of Object.entries(truth)) {
    const row = confusion[label];
    const all = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, index) => {
      seen[index] += (share * count) / all;
    });
  }
  return seen;
}

const calm = asSeen(ordinary);
/** Of the polarity (−1, 0, 1) of one post on an ordinary day. */
export const calmVariance = calm[0] + calm[2] - (calm[2] - calm[0]) ** 2;
/** The demo's rhythm in the quietest minute of a day. */
export const lowestRhythm = Math.min(...Array.from({ length: 96 }, (_, quarter) => dailyRate(quarter * 15 * minute)));

/**
 * Draws the minutes of a brand, as figures are stored: posts by the demo's rhythm, at least `rate` an hour in the quietest
 * minute of the day. A feed is never as even as that: days differ in volume (10 %), and sentiment drifts (2 points, over hours).
 * @param incidents { from, to, points?, factor? } in order of time
 */
export function drawMinutes({ seed, rate, from, to, incidents, outage }) {
  const random = createRandom(mixSeeds(seed, rate));
  const minutes = new Map();
  let mood = 0;
  let dayFactor = 1;
  for (let time = from; time < to; time += minute) {
    if (time % day === 0) dayFactor = Math.exp(0.1 * normal(random));
    mood = 0.995 * mood + Math.sqrt(1 - 0.995 ** 2) * 0.02 * normal(random);
    const incident = incidents.find((one) => time >= one.from && time < one.to);
    const expected = ((rate / 60) * dailyRate(time) * dayFactor) / lowestRhythm;
    const isOut = time >= outage.from && time < outage.to;
    const volume = isOut ? 0 : poisson(random, expected * (incident?.factor ?? 1));
    minutes.set(time, labelled(random, volume, mood - (incident?.points ?? 0) / 100));
  }
  return minutes;
}

/** Moves half of a change of net sentiment to the one side and half from the other, as far as they reach. */
function sharesOf(change) {
  const moved = Math.max(-calm[0], Math.min(calm[2], -change / 2));
  return [calm[0] + moved, calm[1], calm[2] - moved];
}

function labelled(random, volume, change) {
  const [negative, neutral] = sharesOf(change);
  const counts = { negative: 0, neutral: 0, positive: 0, unscored: 0 };
  for (let post = 0; post < volume; post += 1) {
    const drawn = random();
    if (random() < unread) counts.unscored += 1;
    else if (drawn < negative) counts.negative += 1;
    else if (drawn < negative + neutral) counts.neutral += 1;
    else counts.positive += 1;
  }
  return counts;
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poisson(random, mean) {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  let product = random();
  let count = 0;
  for (const limit = Math.exp(-mean); product > limit; count += 1) product *= random();
  return count;
}
