import { createEvaluator } from '../../dist/alerts/evaluator.js';
import { rulesOf } from '../../dist/alerts/rules.js';
import { minute, quartersOf } from './month.mjs';

/** How long after its first moment a minute with posts shows in the figures, and is looked at. */
const seenAfter = 20_000;

/**
 * Runs the real evaluator over drawn minutes, a look a minute, with the usual rules: nothing is stored, all else is as
 * in a run.
 * @param since the first minute of all
 * @returns the changes, and the milliseconds of one look
 */
export async function replay({ brands, minutesOf, from, to, since }) {
  const everyone = sumOver([...minutesOf.values()]);
  const minutes = new Map([['*', everyone], ...minutesOf]);
  const quarters = new Map([...minutes].map(([brand, counts]) => [brand, quartersOf(counts)]));
  let now = from;
  const evaluator = createEvaluator({
    figures: {
      newest: async (since) => newestOf(everyone, since, now),
      isBehind: async () => false,
      minutes: async () => minutes,
      quarters: async () => until(quarters, now),
      firstOf: async (names) => new Map(names.map((name) => [name, since])),
    },
    records: { states: async () => [], mutes: async () => [] },
    log: { addChanges: async () => {}, putStates: async () => {} },
    rules: rulesOf(
      [],
      brands.map((name) => ({ name, aliases: [], any: [], exclude: [], timezone: 'UTC' })),
    ),
    channels: [],
    noDataAfterMs: 30 * minute,
    clock: { now: () => now },
    isLive: () => true,
  });
  const changes = [];
  const started = performance.now();
  for (now = from + seenAfter; now < to; now += minute) changes.push(...(await evaluator.evaluate()).changes);
  return { changes, lookMs: (performance.now() - started) / ((to - from) / minute) };
}

function newestOf(everyone, since, now) {
  for (let time = Math.floor(now / minute) * minute; time >= since; time -= minute) {
    const counts = everyone.get(time);
    if (counts && Object.values(counts).some((count) => count > 0)) return time;
  }
  return undefined;
}

/** Only what has been would be stored; a whole quarter-hour less, so that none is half over. */
function until(quarters, now) {
  const isPast = { get: (counts) => ({ get: (start) => (start + 15 * minute <= now ? counts.get(start) : undefined) }) };
  return new Map([...quarters].map(([brand, counts]) => [brand, isPast.get(counts)]));
}

function sumOver(all) {
  const sum = new Map();
  for (const minutes of all)
    for (const [time, counts] of minutes) {
      const known = sum.get(time) ?? { negative: 0, neutral: 0, positive: 0, unscored: 0 };
      for (const label of Object.keys(known)) known[label] += counts[label];
      sum.set(time, known);
    }
  return sum;
}
