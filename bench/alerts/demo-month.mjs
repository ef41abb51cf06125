import { createScorer } from '../../dist/infer/scorer.js';
import { createBrandMatcher } from '../../dist/ingest/brands/brand-matcher.js';
import { brandProfiles, demoBrands } from '../../dist/ingest/sources/demo/demo-brands.js';
import { demoPostWithIntent } from '../../dist/ingest/sources/demo/demo-post.js';
import { dailyRate, interestAt, postTimes, scenarioAt } from '../../dist/ingest/sources/demo/scenarios.js';
import { createLog } from '../../dist/lib/log.js';
import { createRandom, mixSeeds, pickWeighted } from '../../dist/lib/random.js';
import { bestPossible } from './best-possible.mjs';
import { nothing, replayMonth } from './replay-month.mjs';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** The brand that is named least then has about 100 posts an hour, on average over a day. */
const rate = 0.25;
const to = Date.UTC(2026, 5, 1);
const live = to - 30 * day;
/** So much of the past that the same time of past weeks is known. */
const from = live - 36 * day;
const foundWithin = 10 * minute;
/** What counts as an incident. */
const leastPoints = 20;
const leastFactor = 3;
/** So large a share the best possible test has to find, where each has to be told. */
const nearlyEvery = 0.99;
/** Of the brand, as expected at that time. */
const leastPerHour = 100;

/**
 * The demo feed over a month, its stories the incidents: the real model labels its first day, and what it made of each
 * tone on that day is how the other posts are labelled.
 * @param report told how far it is: { what, done, total }
 */
export async function demoMonth(seed, report) {
  const { match } = createBrandMatcher(demoBrands);
  const month = tell({ seed, match, read: await readDay(seed, report), report });
  const transitions = await replayMonth({ minutesOf: month.minutes, from: live, to, since: from });
  const stories = storiesOf(seed).map((story) => ({ ...story, incident: incidentOf(seed, story, month) }));
  const alerts = transitions.filter(({ kind, rule }) => kind === 'alert' && rule !== 'feed');
  const rows = stories.filter(({ incident }) => incident).map((story) => ({ ...story, ...foundAt(story, transitions) }));
  const weeks = (to - live) / (7 * day);
  const falseAlerts = demoBrands.map(({ name }) => ({ brand: name, perWeek: strays(name, stories, alerts) / weeks }));
  return { rows, falseAlerts, stories: stories.length };
}

/** The labels that the model gives the posts of the first day, and so what it makes of each tone, in the languages that it reads and in others. */
async function readDay(seed, report) {
  const scorer = await createScorer({ modelPath: 'models/distilbert-social-en', workers: 2, cacheSize: 20_000, log: createLog('silent') });
  const all = [...postsBetween(seed, live, live + day)];
  const labels = new Map();
  const confusion = new Map();
  try {
    for (let at = 0; at < all.length; at += 256) {
      const some = all.slice(at, at + 256);
      const verdicts = await scorer.score(some.map(({ post }) => post));
      some.forEach((told, index) => {
        const { label } = verdicts[index];
        const row = confusion.get(rowOf(told)) ?? nothing();
        row[label] += 1;
        confusion.set(rowOf(told), row);
        labels.set(told.post.id, label);
      });
      report({ what: 'reading a day', done: Math.min(all.length, at + 256), total: all.length });
    }
  } finally {
    await scorer.close();
  }
  return { labels, confusion };
}

/** Stories have words of their own. */
const rowOf = ({ tone, inScenario, post }) =>
  `${tone}${inScenario ? ' of a scenario' : ''}${post.lang && post.lang !== 'en' ? ', foreign' : ''}`;

function* postsBetween(seed, start, end) {
  for (let time = start; time < end; time += minute) {
    let number = 0;
    for (const at of postTimes({ seed, rate }, time)) {
      yield demoPostWithIntent(seed, at, number);
      number += 1;
    }
  }
}

/** The minutes of every brand, as they would be stored, and what there was of each brand beside its stories and in them. */
function tell({ seed, match, read: { labels, confusion }, report }) {
  const random = createRandom(mixSeeds(seed, 11));
  const minutes = new Map([['*', new Map()], ...demoBrands.map(({ name }) => [name, new Map()])]);
  const ordinary = new Map(demoBrands.map(({ name }) => [name, nothing()]));
  const inScenario = new Map();
  let days = 0;
  for (let start = from; start < to; start += day) {
    for (const told of postsBetween(seed, start, start + day)) {
      const time = Math.floor(Date.parse(told.post.createdAt) / minute) * minute;
      const label = labels.get(told.post.id) ?? pickWeighted(random, confusion.get(rowOf(told)) ?? confusion.get('neutral'));
      for (const brand of ['*', ...match(told.post.text)]) {
        const buckets = minutes.get(brand);
        if (!buckets.has(time)) buckets.set(time, nothing());
        buckets.get(time)[label] += 1;
        const key = `${brand} ${scenarioAt(seed, time)?.kind}`;
        if (!told.inScenario && brand !== '*') ordinary.get(brand)[label] += 1;
        if (told.inScenario)
          inScenario.set(key, { ...(inScenario.get(key) ?? nothing()), [label]: (inScenario.get(key)?.[label] ?? 0) + 1 });
      }
    }
    days += 1;
    report({ what: 'telling the month', done: days, total: (to - from) / day });
  }
  return { minutes, ordinary, inScenario };
}

const scoredOf = ({ negative, neutral, positive }) => negative + neutral + positive;
const netOf = (counts) => (100 * (counts.positive - counts.negative)) / Math.max(1, scoredOf(counts));

/** The stories of the month, from their first to their last minute. */
function storiesOf(seed) {
  const found = [];
  for (let time = live; time < to; time += minute) {
    const running = scenarioAt(seed, time);
    const last = found.at(-1);
    if (!running) continue;
    if (last?.story === running.story && last.to === time) last.to = time + minute;
    else found.push({ brand: running.voice.rule.name, kind: running.kind, story: running.story, from: time, to: time + minute });
  }
  return found;
}

/**
 * From when on a story is an incident of those that the usual rules watch for, and how large it becomes, by the rates that
 * the posts are drawn from: three times the posts that were expected, or net sentiment 20 points lower. Undefined where it is none.
 */
function incidentOf(seed, { brand, kind, from: start, to: end }, { ordinary, inScenario }) {
  const usual = netOf(ordinary.get(brand));
  const told = netOf(inScenario.get(`${brand} ${kind}`));
  const seen = [];
  for (let time = start; time < end; time += minute) {
    const { strength } = scenarioAt(seed, time);
    const everyone = rate * 3_600 * dailyRate(time) * (1 + 1.5 * strength);
    const expected = rate * 3_600 * dailyRate(time) * shareOf(brand, time);
    const [own, story] = [everyone * (1 - 0.72 * strength) * shareOf(brand, time), everyone * 0.72 * strength];
    const points = (own * usual + story * told) / (own + story) - usual;
    const factor = (own + story) / expected;
    const isIncident = factor >= leastFactor || points <= -leastPoints;
    seen.push({ time, points, factor, isIncident, expected, posts: own + story });
  }
  const first = seen.find(({ isIncident }) => isIncident);
  if (!first) return undefined;
  const best = bestPossible(stretchAfter(first.time, seen));
  const isLimited = first.expected >= leastPerHour && best >= nearlyEvery;
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

/** The eight minutes that are complete ten minutes after the beginning. */
function stretchAfter(began, seen) {
  const minutes = seen.filter(({ time }) => time >= began && time < began + 8 * minute);
  const sum = (of) => minutes.reduce((all, one) => all + of(one) / 60, 0);
  const posts = sum((one) => one.posts);
  return { expected: sum(({ expected }) => expected), posts, points: sum((one) => one.points * one.posts) / posts };
}

/** The share of a brand in the posts of people who speak of any, without a story. */
function shareOf(brand, time) {
  const weights = brandProfiles.map(({ rule, share, peakTime }) => [rule.name, share * interestAt(peakTime, time)]);
  const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return weights.find(([name]) => name === brand)[1] / all;
}

/** When somebody was told of a story, against when it became an incident; null where nobody was, or only after its end. */
function foundAt({ brand, from: start, to: end, incident }, transitions) {
  const own = transitions.filter((one) => one.brand === brand && one.kind === 'alert');
  const first = own.find(({ at }) => at >= start && at < end);
  const delay = first ? Math.max(0, first.at - incident.began) : null;
  return { delay, rule: first?.rule, found: delay !== null && delay <= foundWithin };
}

/** Alerts of a brand that belong to none of its stories. */
function strays(brand, stories, alerts) {
  const own = stories.filter((story) => story.brand === brand);
  return alerts.filter(
    (alert) => alert.brand === brand && !own.some(({ from: start, to: end }) => alert.at >= start && alert.at < end + hour),
  ).length;
}
