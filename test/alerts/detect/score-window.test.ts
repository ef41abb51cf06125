import { describe, expect, test } from 'vitest';
import { computeBaseline, referenceWindows } from '../../../src/alerts/detect/baseline.ts';
import { isStillAnomalous, scoreWindows } from '../../../src/alerts/detect/score-window.ts';
import { resolveRules } from '../../../src/alerts/rules.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { LabelCounts } from '../../../src/domain/label-counts.ts';
import { bucketMs } from '../../../src/lib/duration.ts';
import { utcOffsetMs } from '../../../src/lib/time-zone.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const end = Date.UTC(2026, 4, 20, 12);
const counts = (negative: number, neutral: number, positive: number, unscored = 0): LabelCounts => ({
  negative,
  neutral,
  positive,
  unscored,
});

const ruleOf = (settings: object) => {
  const { alerts, brands } = configSchema.parse({ brands: [{ name: 'Kestrel' }], alerts: { rules: [{ name: 'r', ...settings }] } });
  const [rule] = resolveRules(alerts.rules, brands);
  if (!rule) throw new Error('expected a rule');
  return rule;
};

/** The baseline if each 15-minute bucket has the counts that `countsAt` returns. */
const baselineWith = (countsAt: (bucket: number) => LabelCounts, isKnown = (_: number) => true) =>
  computeBaseline(referenceWindows(end, 'UTC', hour), isKnown, countsAt);

/** The deviation of a 15-minute window with this many posts. */
function zOf(expected: ReturnType<typeof baselineWith>, posts: number): number {
  const score =
    expected &&
    scoreWindows(ruleOf({ metric: 'volume' }), (windowMs) => (windowMs === bucketMs ? counts(0, posts, 0) : undefined), expected, end)[0];
  return score?.evaluation.z ?? Number.NaN;
}

/** Scores the last 15 minutes; every bucket of the past has the same counts. */
function scoreOf(rule: object, past: LabelCounts, now: LabelCounts) {
  const expected = baselineWith(() => past);
  if (!expected) throw new Error('expected a baseline');
  return scoreWindows(ruleOf(rule), (windowMs) => (windowMs === bucketMs ? now : undefined), expected, end)[0];
}

describe('volume', () => {
  const volume = { metric: 'volume' };
  test.each([
    ['a normal volume', volume, counts(0, 0, 100), counts(0, 0, 110), false],
    ['three times as much', volume, counts(0, 0, 100), counts(0, 0, 300), true],
    ['a third of it', volume, counts(0, 0, 100), counts(0, 0, 30), true],
    ['a third of it, if the rule only watches rises', { ...volume, direction: 'up' }, counts(0, 0, 100), counts(0, 0, 30), false],
    ['less than twice as much, however significant', volume, counts(0, 0, 10_000), counts(0, 0, 17_000), false],
    ['the same, with a lower minimum change', { ...volume, minChange: 1.3 }, counts(0, 0, 10_000), counts(0, 0, 17_000), true],
    ['ten times one post', volume, counts(0, 0, 1), counts(0, 0, 10), false],
    ['forty posts where there were none', volume, counts(0, 0, 0), counts(0, 0, 40), true],
    ['29 posts where there were none', volume, counts(0, 0, 0), counts(0, 0, 29), false],
    ['no posts where there were few', volume, counts(0, 0, 12), counts(0, 0, 0), false],
    ['unscored posts', volume, counts(0, 0, 100), counts(0, 0, 0, 300), true],
  ])('%s: %#', (_, rule, past, now, expected) => {
    expect(scoreOf(rule, past, now)?.isAnomalous).toBe(expected);
  });

  test('a varying baseline lowers the deviation', () => {
    const steady = baselineWith(() => counts(0, 0, 100));
    const varied = baselineWith((bucket) => counts(0, 0, (bucket / bucketMs) % 2 === 0 ? 40 : 160));
    const z = [steady, varied].map(
      (past) =>
        past &&
        scoreWindows(ruleOf(volume), (windowMs) => (windowMs === 15 * 60_000 ? counts(0, 0, 250) : undefined), past, end)[0]?.evaluation.z,
    );
    expect(z[0]).toBeGreaterThan(4);
    expect(z[1]).toBeLessThan(4);
  });

  test('the interval covers 95 % of normal windows', () => {
    const { low = 0, high = 0, expected } = scoreOf(volume, counts(0, 0, 100), counts(0, 0, 100))?.evaluation ?? {};
    expect(expected).toBeCloseTo(100);
    // Poisson noise alone would give 81 to 120; the minimum overdispersion widens it.
    expect([low, high].map((bound) => Math.round(bound))).toEqual([75, 132]);
  });
});

describe('net sentiment', () => {
  const sentiment = { metric: 'netSentiment', direction: 'both' };
  const past = counts(25, 35, 40);
  test.each([
    ['normal sentiment', sentiment, counts(50, 70, 80), false],
    ['a fall by 60 points', sentiment, counts(60, 30, 15), true],
    ['a rise, if the rule only watches falls', { metric: 'netSentiment' }, counts(0, 10, 90), false],
    ['a rise', sentiment, counts(0, 10, 90), true],
    ['29 negative posts', sentiment, counts(29, 0, 0), false],
    ['30 negative posts', sentiment, counts(30, 0, 0), true],
    ['20 negative posts among thousands of unscored ones', sentiment, counts(20, 0, 0, 5_000), false],
    ['nine points, however significant', sentiment, counts(29_500, 35_000, 35_500), false],
    ['no posts at all', sentiment, counts(0, 0, 0), false],
  ])('%s: %#', (_, rule, now, expected) => {
    expect(scoreOf(rule, past, now)?.isAnomalous).toBe(expected);
  });

  test('a baseline of one label gives a finite deviation', () => {
    const z = scoreOf(sentiment, counts(0, 0, 100), counts(1, 0, 99))?.evaluation.z ?? Number.NaN;
    expect(Math.abs(z)).toBeLessThan(4);
  });
});

test('an alert holds at half of its threshold, in its own direction', () => {
  const rule = ruleOf({ metric: 'volume', sensitivity: 4 });
  const found = (now: number) => {
    const score = scoreOf({ metric: 'volume' }, counts(0, 0, 100), counts(0, 0, now));
    return score && [isStillAnomalous(rule, score, 'up'), isStillAnomalous(rule, score, 'down')];
  };
  expect([found(300), found(100), found(20)]).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ]);
});

describe('the baseline', () => {
  const busy = counts(10, 10, 10);
  test.each([
    ['eight weeks', 56, 'week'],
    ['four weeks', 29, 'week'],
    ['three weeks', 22, 'day'],
    ['seven days', 8, 'day'],
    ['three days', 3, 'recent'],
    ['two hours', 2 / 24, undefined],
  ])('of %s of history uses the right season', (_, days, season) => {
    expect(
      baselineWith(
        () => busy,
        (bucket) => bucket >= end - days * day,
      )?.season,
    ).toBe(season);
  });

  test('of less than a day allows for the night: half the volume is normal, ten times is not', () => {
    const young = baselineWith(
      () => counts(20, 20, 40),
      (bucket) => bucket >= end - 6 * hour,
    );
    expect(young?.season).toBe('recent');
    expect(Math.abs(zOf(young, 30))).toBeLessThan(2.5);
    expect(zOf(young, 16)).toBeGreaterThan(-4);
    expect(zOf(young, 800)).toBeGreaterThan(4);
    const grown = baselineWith(
      () => counts(20, 20, 40),
      (bucket) => bucket >= end - 3 * day,
    );
    expect(zOf(grown, 30)).toBeLessThan(-4);
  });

  test('never overlaps the evaluated windows', () => {
    const { week, day: days, recent } = referenceWindows(end + 7 * minute, 'UTC', hour);
    for (const bucket of [...week, ...days, ...recent].flat()) expect(bucket + bucketMs).toBeLessThanOrEqual(end + 7 * minute - hour);
    const long = referenceWindows(end, 'UTC', day);
    expect(Math.max(...[...long.week, ...long.day, ...long.recent].flat()) + bucketMs).toBeLessThanOrEqual(end - day);
  });

  test('uses the same local hour of the brand, also across clock changes', () => {
    const afterChange = Date.UTC(2026, 2, 31, 7); // 09:00 in Berlin, in summer time since the 29th
    const [[, , lastWeek = 0] = []] = referenceWindows(afterChange, 'Europe/Berlin', hour).week;
    expect(new Date(lastWeek).toISOString()).toBe('2026-03-24T07:45:00.000Z'); // 08:45, in winter time
    expect([utcOffsetMs(afterChange, 'Europe/Berlin'), utcOffsetMs(afterChange, 'Asia/Kathmandu')]).toEqual([2 * hour, 5.75 * hour]);
    const change = Date.UTC(2026, 2, 29, 1);
    for (const [time, offset] of [
      [change - 1, hour],
      [change, 2 * hour],
      [change + 7 * minute + 1, 2 * hour],
      [change - 1, hour],
    ] as const)
      expect(utcOffsetMs(time, 'Europe/Berlin')).toBe(offset);
  });

  test('ignores buckets in which no post of any brand arrived', () => {
    const outage = (bucket: number) => bucket % hour !== 0;
    expect(baselineWith((bucket) => (outage(bucket) ? busy : counts(0, 0, 0)), outage)?.volume.perMinute).toBe(2);
  });

  test('is robust to a week with an incident', () => {
    const storm = (bucket: number) => (bucket > end - 10 * day ? counts(500, 0, 0) : busy);
    const expected = baselineWith(storm);
    expect([expected?.season, expected?.volume.perMinute, expected?.sentiment.net]).toEqual(['week', 2, 0]);
  });
});
