import { backtestRules } from '../../dist/alerts/backtest.js';
import { resolveRules } from '../../dist/alerts/rules.js';

const minute = 60_000;
const bucketMs = 15 * minute;
const labels = ['negative', 'neutral', 'positive', 'unscored'];

/**
 * Replays synthetic minutes through the default rules and the production evaluator, once a minute. Nothing is stored.
 * @param minutesOf counts per minute of each brand; if `*` is missing, it is the sum of all brands
 * @param since the first minute of the history
 * @returns the alert transitions in order of time
 */
export function replayMonth({ minutesOf, from, to, since }) {
  const minutes = new Map(minutesOf);
  if (!minutes.has('*')) minutes.set('*', sumOver([...minutesOf.values()]));
  const buckets = new Map([...minutes].map(([brand, counts]) => [brand, bucketsOf(counts)]));
  const brands = [...minutes.keys()].filter((name) => name !== '*');
  const rules = resolveRules(
    [],
    brands.map((name) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' })),
  );
  const history = { minutes, buckets, firstBuckets: new Map([...minutes.keys()].map((name) => [name, since])) };
  return backtestRules({ rules, history, from, to, noDataAfterMs: 30 * minute });
}

export const emptyCounts = () => ({ negative: 0, neutral: 0, positive: 0, unscored: 0 });

function add(buckets, start, counts) {
  const sum = buckets.get(start) ?? emptyCounts();
  for (const label of labels) sum[label] += counts[label];
  buckets.set(start, sum);
}

function bucketsOf(minutes) {
  const buckets = new Map();
  for (const [time, counts] of minutes) add(buckets, Math.floor(time / bucketMs) * bucketMs, counts);
  return buckets;
}

function sumOver(all) {
  const sum = new Map();
  for (const minutes of all) for (const [time, counts] of minutes) add(sum, time, counts);
  return sum;
}
