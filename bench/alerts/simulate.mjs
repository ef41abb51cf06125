import { backtestRules } from '../../dist/alerts/backtest.js';
import { resolveRules } from '../../dist/alerts/rules.js';
import { addCounts, emptyCounts } from '../../dist/domain/label-counts.js';
import { createRandom, mixSeeds } from '../../dist/lib/random.js';
import { bestPossible } from './best-possible.mjs';
import { BrandCounts, drawHistory, fromLabelCounts, toLabelCounts } from './brand-history.mjs';
import { day, hour, minute } from './feed-model.mjs';
import { moods, profiles } from './profiles.mjs';

/** Mean posts an hour without stories. */
const sizes = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
const rise = (factor, length) => ({
  name: factor < 1 ? `volume ÷ ${1 / factor}` : `volume × ${factor}`,
  change: { factor },
  length,
});
const storm = (negativeFactor, length) => ({
  name: `negative posts × ${negativeFactor}`,
  change: { negativeFactor },
  length,
});
const drop = (points, length) => ({ name: `net sentiment −${points}`, change: { points }, length });
/** Incidents, and how long they last. */
export const kinds = [
  rise(1.5, 6 * hour),
  rise(2, 4 * hour),
  rise(3, 2 * hour),
  rise(5, hour),
  rise(10, 30 * minute),
  rise(30, 20 * minute),
  rise(100, 20 * minute),
  rise(1 / 10, 2 * hour),
  storm(3, 2 * hour),
  storm(10, hour),
  drop(10, 6 * hour),
  drop(20, 4 * hour),
  drop(40, 2 * hour),
];

const to = Date.UTC(2026, 5, 1);
/** More than eight weeks of history, the longest that the baseline uses. */
const historyMs = 57 * day;
/** An incident is evaluated alone, in a history without others, from an hour before it until it is found or this has passed. */
const warmUp = hour;
const maxDelay = 40 * minute;
const noDataAfterMs = 30 * minute;
const bucketMs = 15 * minute;

/**
 * Backtests the default rules on simulated brands: quiet months, for false alerts, and incidents, for the delay of their alerts.
 * @param options { seed, days, incidents, draws, rates }: days of a quiet month, incidents of each brand, simulated periods of the
 *   best possible test, posts an hour
 * @param part { index, count }: only every count-th brand, so that several threads share the work
 * @param report called with the share done, 0 to 1
 * @returns { brands, outageAlerts }: for each brand its false alerts, and for each incident its delay in ms (infinite if it was not
 *   found; undefined if an alert was active before) and the detection probability of the best possible test
 */
export async function simulate({ seed, days, incidents, draws, rates = sizes }, part, report) {
  const range = { from: to - days * day - historyMs, live: to - days * day, to };
  const outage = { from: range.live + 3.5 * day, to: range.live + 3.5 * day + 40 * minute };
  const starts = planStarts(mixSeeds(seed, 3), incidents, range, outage);
  const planned = planBrands(seed, rates).filter((_, index) => index % part.count === part.index);
  const brands = planned.map((brand, index) => {
    const drawn = drawHistory(brand, range, outage, starts);
    report((0.3 * (index + 1)) / planned.length);
    return { ...brand, ...drawn, best: bestPossible(drawn, kinds, draws, brand.seed) };
  });
  const replay = createReplay(brands, range);
  const quiet = await replay(range.live, range.to, undefined, (done) => report(0.3 + (0.4 * done) / (days * 1_440)));
  const delays = [];
  for (const [index, start] of starts.entries()) {
    const kindOf = ({ index: brand }) => kinds[(index + brand) % kinds.length];
    const changed = new Map(brands.map((brand) => [brand.name, changeMinutes(brand, start, kindOf(brand))]));
    const transitions = await replay(start - warmUp, start + maxDelay, changed);
    delays.push(brands.map((brand) => ({ kind: kindOf(brand).name, start, delay: delayOf(brand.name, start, transitions) })));
    report(0.7 + (0.3 * (index + 1)) / starts.length);
  }
  return {
    outageAlerts: quiet.filter(({ kind, rule }) => kind === 'alert' && rule === 'feed').length,
    brands: brands.map((brand, at) => ({
      rate: brand.rate,
      profile: brand.profile.name,
      weeks: days / 7,
      falseAlerts: falseAlertsOf(brand, quiet),
      incidents: delays.map((all) => ({ ...all[at], best: brand.best.get(all[at].kind) })),
    })),
  };
}

/** A brand of each size and profile. */
const planBrands = (seed, rates) =>
  rates
    .flatMap((rate) =>
      profiles.map((profile, index) => ({ name: `${profile.name}, ${rate}`, rate, profile, moods, seed: mixSeeds(seed, rate, index) })),
    )
    .map((brand, index) => ({ ...brand, index, hasShift: (index + seed) % 2 === 0 }));

/** The starts of the incidents, at any time of the day but not near the outage, nor in the first two days. */
function planStarts(seed, count, { live }, outage) {
  const random = createRandom(seed);
  const starts = new Set();
  while (starts.size < count) {
    const start = live + 2 * day + Math.floor((random() * (to - live - 3 * day)) / minute) * minute;
    if (start < outage.from - 2 * hour || start > outage.to + day) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b);
}

/** Replays a range through the default rules and the production evaluator. `changed` replaces minutes and buckets of brands. */
function createReplay(brands, range) {
  const all = new BrandCounts(range.from, range.to);
  for (let time = range.from; time < range.to; time += minute)
    for (const { counts } of brands) {
      const found = counts.minutes.get(time);
      if (found) all.add(time, fromLabelCounts(found));
    }
  const rules = resolveRules(
    [],
    brands.map(({ name }) => ({ name, aliases: [], exclude: [], timeZone: 'UTC' })),
  );
  const stored = new Map([['*', all], ...brands.map(({ name, counts }) => [name, counts])]);
  const firstBuckets = new Map([...stored.keys()].map((name) => [name, range.from]));
  return (from, until, changed, onProgress) => {
    const current = new Map([...stored].map(([name, counts]) => [name, changed?.get(name) ?? counts]));
    const of = (part) => new Map([...current].map(([name, counts]) => [name, counts[part]]));
    const history = { minutes: of('minutes'), buckets: of('buckets'), firstBuckets };
    return backtestRules({ rules, history, from, to: until, noDataAfterMs, ...(onProgress && { onProgress }) });
  };
}

/** The counts of a brand with an incident, drawn from the state of its feed at the start. */
function changeMinutes({ counts, states, factorAt, seed }, start, { change, length }) {
  const end = start + maxDelay;
  const feed = states.get(start).fork(mixSeeds(seed, 7));
  const drawn = new Map();
  for (let time = start; time < end; time += minute) {
    const { factor = 1, ...rest } = time < start + length ? change : {};
    drawn.set(time, toLabelCounts(feed.draw(time, { ...rest, factor: factorAt(time) * factor })));
  }
  const getMinute = (time) => (drawn.has(time) ? drawn.get(time) : counts.minutes.get(time));
  const getBucket = (time) => {
    if (time + bucketMs <= start || time >= end) return counts.buckets.get(time);
    const found = Array.from({ length: bucketMs / minute }, (_, index) => getMinute(time + index * minute) ?? emptyCounts);
    return addCounts(found);
  };
  return { minutes: { get: getMinute }, buckets: { get: getBucket } };
}

/** The time until the first alert of an incident: infinite if there is none, undefined if an alert was active at the start. */
function delayOf(brand, start, transitions) {
  const own = transitions.filter((one) => one.brand === brand);
  const earlier = own.filter(({ at }) => at < start);
  if (
    earlier.length > 0 &&
    earlier.filter(({ kind }) => kind === 'alert').length > earlier.filter(({ kind }) => kind === 'resolved').length
  )
    return undefined;
  const first = own.find(({ kind, at }) => kind === 'alert' && at >= start);
  return first ? first.at - start : Number.POSITIVE_INFINITY;
}

/** The alerts of a quiet month by rule. The first alert in the day after a lasting change of level is none of them. */
function falseAlertsOf({ name, shiftAt }, transitions) {
  const alerts = transitions.filter((one) => one.brand === name && one.kind === 'alert');
  const excused = alerts.find(({ at }) => at >= shiftAt && at < shiftAt + day);
  return alerts.filter((alert) => alert !== excused).map(({ rule, at }) => ({ rule, at }));
}
