import { replay } from '../../dist/alerts/replay.js';
import { rulesOf } from '../../dist/alerts/rules.js';

const minute = 60_000;
const quarter = 15 * minute;
const labels = ['negative', 'neutral', 'positive', 'unscored'];

/**
 * Judges minutes that were made up with the usual rules, by the code that runs beside a feed: a look a minute, nothing is stored.
 * @param minutesOf counts by minute, by brand; `*` is their sum unless it is among them
 * @param since the first minute of all
 * @returns the changes, in order of time
 */
export function judgeMonth({ minutesOf, from, to, since }) {
  const minutes = new Map(minutesOf);
  if (!minutes.has('*')) minutes.set('*', sumOver([...minutesOf.values()]));
  const quarters = new Map([...minutes].map(([brand, counts]) => [brand, quartersOf(counts)]));
  const brands = [...minutes.keys()].filter((name) => name !== '*');
  const rules = rulesOf(
    [],
    brands.map((name) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' })),
  );
  const past = { minutes, quarters, first: new Map([...minutes.keys()].map((name) => [name, since])) };
  return replay({ rules, past, from, to, noDataAfterMs: 30 * minute });
}

export const nothing = () => ({ negative: 0, neutral: 0, positive: 0, unscored: 0 });

function add(buckets, start, counts) {
  const sum = buckets.get(start) ?? nothing();
  for (const label of labels) sum[label] += counts[label];
  buckets.set(start, sum);
}

function quartersOf(minutes) {
  const quarters = new Map();
  for (const [time, counts] of minutes) add(quarters, Math.floor(time / quarter) * quarter, counts);
  return quarters;
}

function sumOver(all) {
  const sum = new Map();
  for (const minutes of all) for (const [time, counts] of minutes) add(sum, time, counts);
  return sum;
}
