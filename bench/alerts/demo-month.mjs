import { createScorer } from '../../dist/infer/scorer.js';
import { createBrandMatcher } from '../../dist/ingest/brands/brand-matcher.js';
import { brandProfiles, demoBrands } from '../../dist/ingest/sources/demo/demo-brands.js';
import { createDemoPostWithIntent } from '../../dist/ingest/sources/demo/demo-post.js';
import { dailyRate, interestAt, postTimes, scenarioAt } from '../../dist/ingest/sources/demo/scenarios.js';
import { createLog } from '../../dist/lib/log.js';
import { createRandom, mixSeeds, pickWeighted } from '../../dist/lib/random.js';
import { bestPossible } from './best-possible.mjs';
import { emptyCounts, replayMonth } from './replay-month.mjs';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Posts per second; the smallest brand then has about 100 an hour on average. */
const rate = 0.25;
const to = Date.UTC(2026, 5, 1);
const live = to - 30 * day;
/** Enough history for the baseline by time of the week. */
const from = live - 36 * day;
const maxDelay = 10 * minute;
/** Minimum change of an incident: points of net sentiment, or a factor of volume. */
const minPoints = 20;
const minFactor = 3;
/** The limit applies to incidents with at least this detection probability of the best possible test … */
const minBestPossible = 0.99;
/** … and at least this many expected posts of the brand per hour. */
const minPerHour = 100;

/**
 * Evaluates alerts on a month of the demo feed, with its scenarios as incidents. The real model labels the first day. The
 * labels of the other days are drawn from the model's confusion matrix of that day.
 * @param report called with the progress: { what, done, total }
 */
export async function demoMonth(seed, report) {
  const { match } = createBrandMatcher(demoBrands);
  const month = countMinutes({ seed, match, scored: await scoreDay(seed, report), report });
  const transitions = await replayMonth({ minutesOf: month.minutes, from: live, to, since: from });
  const scenarios = scenariosOf(seed).map((scenario) => ({ ...scenario, incident: incidentOf(seed, scenario, month) }));
  const alerts = transitions.filter(({ kind, rule }) => kind === 'alert' && rule !== 'feed');
  const rows = scenarios.filter(({ incident }) => incident).map((scenario) => ({ ...scenario, ...detectionOf(scenario, transitions) }));
  const weeks = (to - live) / (7 * day);
  const falseAlerts = demoBrands.map(({ name }) => ({ brand: name, perWeek: countFalseAlerts(name, scenarios, alerts) / weeks }));
  return { rows, falseAlerts, scenarios: scenarios.length };
}

/** Scores the posts of the first day: the label of each, and the label counts for each kind of post. */
async function scoreDay(seed, report) {
  const scorer = await createScorer({ modelPath: 'models/distilbert-social-en', workers: 2, cacheSize: 20_000, log: createLog('silent') });
  const all = [...postsBetween(seed, live, live + day)];
  const labels = new Map();
  const confusion = new Map();
  try {
    for (let at = 0; at < all.length; at += 256) {
      const batch = all.slice(at, at + 256);
      const predictions = await scorer.score(batch.map(({ post }) => post));
      batch.forEach((item, index) => {
        const { label } = predictions[index];
        const row = confusion.get(kindOf(item)) ?? emptyCounts();
        row[label] += 1;
        confusion.set(kindOf(item), row);
        labels.set(item.post.id, label);
      });
      report({ what: 'scoring the first day', done: Math.min(all.length, at + 256), total: all.length });
    }
  } finally {
    await scorer.close();
  }
  return { labels, confusion };
}

/** Posts that the model should treat alike: same tone, in a scenario or not, in a known language or not. */
const kindOf = ({ tone, isInScenario, post }) =>
  `${tone}${isInScenario ? ' of a scenario' : ''}${post.lang && post.lang !== 'en' ? ', foreign' : ''}`;

function* postsBetween(seed, start, end) {
  for (let time = start; time < end; time += minute) {
    let number = 0;
    for (const at of postTimes({ seed, rate }, time)) {
      yield createDemoPostWithIntent(seed, at, number);
      number += 1;
    }
  }
}

/** Counts per minute of every brand as the rollup would hold them, and total counts outside and inside scenarios. */
function countMinutes({ seed, match, scored: { labels, confusion }, report }) {
  const random = createRandom(mixSeeds(seed, 11));
  const minutes = new Map([['*', new Map()], ...demoBrands.map(({ name }) => [name, new Map()])]);
  const ordinary = new Map(demoBrands.map(({ name }) => [name, emptyCounts()]));
  const inScenario = new Map();
  let days = 0;
  for (let start = from; start < to; start += day) {
    for (const item of postsBetween(seed, start, start + day)) {
      const time = Math.floor(Date.parse(item.post.createdAt) / minute) * minute;
      const label = labels.get(item.post.id) ?? pickWeighted(random, confusion.get(kindOf(item)) ?? confusion.get('neutral'));
      for (const brand of ['*', ...match(item.post.text)]) {
        const buckets = minutes.get(brand);
        if (!buckets.has(time)) buckets.set(time, emptyCounts());
        buckets.get(time)[label] += 1;
        const key = `${brand} ${scenarioAt(seed, time)?.kind}`;
        if (!item.isInScenario && brand !== '*') ordinary.get(brand)[label] += 1;
        if (item.isInScenario)
          inScenario.set(key, { ...(inScenario.get(key) ?? emptyCounts()), [label]: (inScenario.get(key)?.[label] ?? 0) + 1 });
      }
    }
    days += 1;
    report({ what: 'counting posts of the month', done: days, total: (to - from) / day });
  }
  return { minutes, ordinary, inScenario };
}

const scoredOf = ({ negative, neutral, positive }) => negative + neutral + positive;
const netOf = (counts) => (100 * (counts.positive - counts.negative)) / Math.max(1, scoredOf(counts));

/** The scenarios of the month with their first and last minute. */
function scenariosOf(seed) {
  const found = [];
  for (let time = live; time < to; time += minute) {
    const running = scenarioAt(seed, time);
    const last = found.at(-1);
    if (!running) continue;
    if (last?.scenario === running.scenario && last.to === time) last.to = time + minute;
    else found.push({ brand: running.brand.rule.name, kind: running.kind, scenario: running.scenario, from: time, to: time + minute });
  }
  return found;
}

/**
 * When a scenario becomes an incident, and how large it gets, according to the rates that posts are drawn from. An incident
 * has three times the expected posts, or net sentiment 20 points lower. Undefined if the scenario never gets that large.
 */
function incidentOf(seed, { brand, kind, from: start, to: end }, { ordinary, inScenario }) {
  const usual = netOf(ordinary.get(brand));
  const during = netOf(inScenario.get(`${brand} ${kind}`));
  const seen = [];
  for (let time = start; time < end; time += minute) {
    const { strength } = scenarioAt(seed, time);
    const allPosts = rate * 3_600 * dailyRate(time) * (1 + 1.5 * strength);
    const expected = rate * 3_600 * dailyRate(time) * shareOf(brand, time);
    const [usualPosts, scenarioPosts] = [allPosts * (1 - 0.72 * strength) * shareOf(brand, time), allPosts * 0.72 * strength];
    const points = (usualPosts * usual + scenarioPosts * during) / (usualPosts + scenarioPosts) - usual;
    const factor = (usualPosts + scenarioPosts) / expected;
    const isIncident = factor >= minFactor || points <= -minPoints;
    seen.push({ time, points, factor, isIncident, expected, posts: usualPosts + scenarioPosts });
  }
  const first = seen.find(({ isIncident }) => isIncident);
  if (!first) return undefined;
  const best = bestPossible(detectionPeriod(first.time, seen));
  const isLimited = first.expected >= minPerHour && best >= minBestPossible;
  const peak = (of) => seen.reduce((most, one) => (Math.abs(of(one)) > Math.abs(most) ? of(one) : most), 0);
  return {
    began: first.time,
    expected: first.expected,
    best,
    isLimited,
    points: peak(({ points }) => points),
    factor: peak(({ factor }) => factor),
  };
}

/** Expected and observed posts in the eight minutes that can be evaluated within ten minutes of the start. */
function detectionPeriod(began, seen) {
  const minutes = seen.filter(({ time }) => time >= began && time < began + 8 * minute);
  const sum = (of) => minutes.reduce((all, one) => all + of(one) / 60, 0);
  const posts = sum((one) => one.posts);
  return { expected: sum(({ expected }) => expected), posts, points: sum((one) => one.points * one.posts) / posts };
}

/** A brand's share of the posts that mention any brand, outside scenarios. */
function shareOf(brand, time) {
  const weights = brandProfiles.map(({ rule, share, peakTime }) => [rule.name, share * interestAt(peakTime, time)]);
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.find(([name]) => name === brand)[1] / all;
}

/** The delay of the first alert during a scenario after it became an incident; null if there was none. */
function detectionOf({ brand, from: start, to: end, incident }, transitions) {
  const own = transitions.filter((one) => one.brand === brand && one.kind === 'alert');
  const first = own.find(({ at }) => at >= start && at < end);
  const delay = first ? Math.max(0, first.at - incident.began) : null;
  return { delay, rule: first?.rule, found: delay !== null && delay <= maxDelay };
}

/** Number of alerts of a brand outside its scenarios. */
function countFalseAlerts(brand, scenarios, alerts) {
  const own = scenarios.filter((scenario) => scenario.brand === brand);
  return alerts.filter(
    (alert) => alert.brand === brand && !own.some(({ from: start, to: end }) => alert.at >= start && alert.at < end + hour),
  ).length;
}
