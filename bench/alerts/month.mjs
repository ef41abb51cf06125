import { dailyRate } from '../../dist/ingest/sources/demo/scenarios.js';
import { createRandom, mixSeeds } from '../../dist/lib/random.js';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Confusion matrix of the bundled model (true label: predicted counts): `feedpulse eval` on TweetEval's validation posts. */
const confusion = {
  negative: [232, 62, 18],
  neutral: [145, 570, 154],
  positive: [31, 152, 636],
};
/** True label shares of a demo brand without incidents, and the share of posts in languages unknown to the model. */
const normalShares = { negative: 0.22, neutral: 0.4, positive: 0.38 };
const unscoredShare = 0.08;

/** Predicted shares of negative, neutral and positive for true shares. */
function predictedShares(truth) {
  const predicted = [0, 0, 0];
  for (const [label, share] of Object.entries(truth)) {
    const row = confusion[label];
    const all = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, index) => {
      predicted[index] += (share * count) / all;
    });
  }
  return predicted;
}

const calm = predictedShares(normalShares);
/** Variance of the polarity (−1, 0, 1) of a post without an incident. */
export const calmVariance = calm[0] + calm[2] - (calm[2] - calm[0]) ** 2;
/** The lowest relative rate of the demo feed in a day. */
export const lowestDailyRate = Math.min(...Array.from({ length: 96 }, (_, index) => dailyRate(index * 15 * minute)));

/**
 * Simulates the counts per minute of a brand, following the daily cycle of the demo feed with at least `rate` posts an hour.
 * As in real feeds, volume varies between days (10%), and sentiment drifts over hours (2 points).
 * @param incidents { from, to, points?, factor? } in order of time; `points` lowers net sentiment, `factor` multiplies volume
 * @returns counts by label per minute
 */
export function drawMinutes({ seed, rate, from, to, incidents, outage }) {
  const random = createRandom(mixSeeds(seed, rate));
  const minutes = new Map();
  let drift = 0;
  let dayFactor = 1;
  for (let time = from; time < to; time += minute) {
    if (time % day === 0) dayFactor = Math.exp(0.1 * normal(random));
    drift = 0.995 * drift + Math.sqrt(1 - 0.995 ** 2) * 0.02 * normal(random);
    const incident = incidents.find((one) => time >= one.from && time < one.to);
    const expected = ((rate / 60) * dailyRate(time) * dayFactor) / lowestDailyRate;
    const isOut = time >= outage.from && time < outage.to;
    const volume = isOut ? 0 : poisson(random, expected * (incident?.factor ?? 1));
    minutes.set(time, drawLabels(random, volume, drift - (incident?.points ?? 0) / 100));
  }
  return minutes;
}

/** Label shares after a change of net sentiment, moved from positive to negative or back, as far as there are any. */
function shiftedShares(change) {
  const moved = Math.max(-calm[0], Math.min(calm[2], -change / 2));
  return [calm[0] + moved, calm[1], calm[2] - moved];
}

function drawLabels(random, volume, change) {
  const [negative, neutral] = shiftedShares(change);
  const counts = { negative: 0, neutral: 0, positive: 0, unscored: 0 };
  for (let post = 0; post < volume; post += 1) {
    const drawn = random();
    if (random() < unscoredShare) counts.unscored += 1;
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
