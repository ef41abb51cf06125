import { dailyRate } from '../../dist/ingest/sources/demo/scenarios.js';
import { createRandom, mixSeeds } from '../../dist/lib/random.js';
import { bestPossible } from './best-possible.mjs';
import { day, drawMinutes, hour, lowestDailyRate, minute } from './month.mjs';
import { replayMonth } from './replay-month.mjs';

/** Maximum false alerts per brand and week. */
export const falseAlertsLimit = 1;

const to = Date.UTC(2026, 5, 1);
const live = to - 30 * day;
/** More than eight weeks of history, the longest that the baseline uses. */
const from = live - 57 * day;
const length = 2 * hour;
const maxDelay = 10 * minute;
/** Posts an hour at the lowest point of the day; the peak is four times as high. Two brands per rate. */
const rates = [100, 300, 1_000, 3_000, 10_000];
const kinds = [
  { name: 'net sentiment −20', points: 20 },
  { name: 'net sentiment −40', points: 40 },
  { name: 'net sentiment −60', points: 60 },
  { name: 'volume × 3', factor: 3 },
  { name: 'volume ÷ 3', factor: 1 / 3 },
];
/** By kind: the rate from which on every incident must be detected in time. */
const limitedFrom = [10_000, 3_000, 1_000, 1_000, 1_000];
const outage = { from: live + 3.5 * day, to: live + 3.5 * day + 40 * minute };

export async function simulate(seed) {
  const brands = rates.flatMap((rate) =>
    [1, 2].map((twin) => ({ name: `${rate} an hour, ${twin}`, rate, incidents: plan(mixSeeds(seed, rate, twin)) })),
  );
  const minutesOf = new Map(
    brands.map(({ name, rate, incidents }, index) => [name, drawMinutes({ seed: 100 * seed + index, rate, from, to, incidents, outage })]),
  );
  const transitions = await replayMonth({ minutesOf, from: live, to, since: from });
  const alerts = transitions.filter(({ kind }) => kind === 'alert');
  const noDataAlerts = alerts.filter(({ rule }) => rule === 'feed');
  const evaluated = brands.map((brand) => evaluateBrand(brand, transitions));
  const rows = rates.flatMap((rate) =>
    kinds.map((kind, index) => {
      const own = evaluated.flatMap((one) => (one.rate === rate ? one.incidents.filter(({ name }) => name === kind.name) : []));
      const delays = own.map(({ delay }) => delay).sort((a, b) => a - b);
      const median = delays[Math.floor(delays.length / 2)] ?? Number.POSITIVE_INFINITY;
      return {
        name: `${kind.name}, ${rate}`,
        incidents: own.length,
        found: own.filter(({ delay }) => delay <= maxDelay).length,
        best: own.reduce((sum, { best }) => sum + best, 0) / own.length,
        medianDelay: Number.isFinite(median) ? median / minute : null,
        isLimited: rate >= limitedFrom[index],
      };
    }),
  );
  const falseAlerts = evaluated.map(({ name, falseAlerts }) => ({ brand: name, perWeek: falseAlerts / (30 / 7) }));
  return { rows, falseAlerts, outageReported: noDataAlerts.length === 1 };
}

/** One incident per day, starting at a random minute of the first 20 hours. */
function plan(seed) {
  const random = createRandom(seed);
  return Array.from({ length: 29 }, (_, index) => {
    const start = live + (index + 1) * day + Math.floor(random() * 20 * 60) * minute;
    return { ...kinds[index % kinds.length], from: start, to: start + length };
  });
}

/** The detection delay of each incident of a brand, and the number of false alerts. */
function evaluateBrand({ name, rate, incidents }, transitions) {
  const own = transitions.filter(({ brand }) => brand === name);
  const starts = own.filter(({ kind }) => kind === 'alert');
  const belongs = ({ at }) => incidents.some((incident) => at >= incident.from && at < incident.to + hour);
  return {
    rate,
    name,
    falseAlerts: starts.filter((alert) => !belongs(alert)).length,
    incidents: incidents.map((incident) => {
      const rule = incident.points ? 'sentiment' : 'volume';
      const first = starts.find((one) => one.at < incident.to && (one.at >= incident.from || wasActive(own, one, rule, incident.from)));
      return {
        ...incident,
        delay: first ? Math.max(0, first.at - incident.from) : Number.POSITIVE_INFINITY,
        best: bestPossible(detectionPeriod(incident, rate)),
      };
    }),
  };
}

/** Whether an alert of the expected rule was active at a moment. */
function wasActive(transitions, { alert, rule }, expectedRule, moment) {
  const of = transitions.filter((one) => one.alert === alert);
  return rule === expectedRule && of.every(({ at, kind }) => (kind === 'alert' ? at < moment : at > moment));
}

/** Expected and observed posts in the eight minutes that can be evaluated within ten minutes of the start. */
function detectionPeriod({ from: start, points = 0, factor = 1 }, rate) {
  const expected = ((rate * dailyRate(start)) / lowestDailyRate) * (8 / 60);
  return { expected, posts: factor * expected, points };
}
