import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../../src/alerts/detect/baseline.ts';
import { offsetOf, quarterMs, referenceWindows } from '../../../src/alerts/detect/reference-windows.ts';
import { holds, scoreWindow } from '../../../src/alerts/detect/score-window.ts';
import { rulesOf } from '../../../src/alerts/rules.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { LabelCounts } from '../../../src/domain/sentiment-counts.ts';

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

const ruleOf = (rule: object) => {
  const { alerts, brands } = configSchema.parse({ brands: [{ name: 'Kestrel' }], alerts: { rules: [{ name: 'r', ...rule }] } });
  const [made] = rulesOf(alerts.rules, brands);
  if (!made) throw new Error('a rule was expected');
  return made;
};

/** What the past says, when each quarter-hour held `of` it. */
const pastWith = (of: (quarter: number) => LabelCounts, known = (_: number) => true) =>
  baselineOf(referenceWindows(end, 'UTC', hour), known, of);

/** How far a quarter-hour of so many posts is from the usual volume. */
function zOf(expected: ReturnType<typeof pastWith>, posts: number): number {
  const finding =
    expected &&
    scoreWindow(ruleOf({ metric: 'volume' }), (span) => (span === quarterMs ? counts(0, posts, 0) : undefined), expected, end)[0];
  return finding?.evaluation.z ?? Number.NaN;
}

/** What a rule says of the last quarter of an hour, with a past of the same in every quarter. */
function verdictOf(rule: object, past: LabelCounts, now: LabelCounts) {
  const expected = pastWith(() => past);
  if (!expected) throw new Error('there is a past');
  return scoreWindow(ruleOf(rule), (span) => (span === quarterMs ? now : undefined), expected, end)[0];
}

describe('volume', () => {
  const volume = { metric: 'volume' };
  test.each([
    ['the usual', volume, counts(0, 0, 100), counts(0, 0, 110), false],
    ['three times as much', volume, counts(0, 0, 100), counts(0, 0, 300), true],
    ['a third of it', volume, counts(0, 0, 100), counts(0, 0, 30), true],
    ['a third of it, where only more is asked for', { ...volume, direction: 'up' }, counts(0, 0, 100), counts(0, 0, 30), false],
    ['less than twice as much, however sure that is', volume, counts(0, 0, 10_000), counts(0, 0, 17_000), false],
    ['the same, where that is enough', { ...volume, minimumChange: 1.3 }, counts(0, 0, 10_000), counts(0, 0, 17_000), true],
    ['ten times one post', volume, counts(0, 0, 1), counts(0, 0, 10), false],
    ['forty posts where there were never any', volume, counts(0, 0, 0), counts(0, 0, 40), true],
    ['29 posts where there were never any', volume, counts(0, 0, 0), counts(0, 0, 29), false],
    ['silence where there were few', volume, counts(0, 0, 12), counts(0, 0, 0), false],
    ['posts in languages that are not read', volume, counts(0, 0, 100), counts(0, 0, 0, 300), true],
  ])('%s: %#', (_, rule, past, now, expected) => {
    expect(verdictOf(rule, past, now)?.isUnusual).toBe(expected);
  });

  test('a past that varies makes a rule less sure', () => {
    const steady = pastWith(() => counts(0, 0, 100));
    const varied = pastWith((quarter) => counts(0, 0, (quarter / quarterMs) % 2 === 0 ? 40 : 160));
    const z = [steady, varied].map(
      (past) =>
        past && scoreWindow(ruleOf(volume), (span) => (span === 15 * 60_000 ? counts(0, 0, 250) : undefined), past, end)[0]?.evaluation.z,
    );
    expect(z[0]).toBeGreaterThan(4);
    expect(z[1]).toBeLessThan(4);
  });

  test('what is usual lies within the interval, in 95 of 100 cases', () => {
    const { low = 0, high = 0, expected } = verdictOf(volume, counts(0, 0, 100), counts(0, 0, 100))?.evaluation ?? {};
    expect(expected).toBeCloseTo(100);
    // Poisson alone would be 81 to 120; nobody's level is steadier than a tenth.
    expect([low, high].map((bound) => Math.round(bound))).toEqual([75, 132]);
  });
});

describe('net sentiment', () => {
  const mood = { metric: 'netSentiment', direction: 'both' };
  const past = counts(25, 35, 40);
  test.each([
    ['the usual', mood, counts(50, 70, 80), false],
    ['a fall by 60 points', mood, counts(60, 30, 15), true],
    ['a rise, where only falls are asked for', { metric: 'netSentiment' }, counts(0, 10, 90), false],
    ['a rise', mood, counts(0, 10, 90), true],
    ['29 angry posts', mood, counts(29, 0, 0), false],
    ['30 angry posts', mood, counts(30, 0, 0), true],
    ['30 angry posts, among thousands that are not read', mood, counts(20, 0, 0, 5_000), false],
    ['nine points, however sure', mood, counts(29_500, 35_000, 35_500), false],
    ['no posts at all', mood, counts(0, 0, 0), false],
  ])('%s: %#', (_, rule, now, expected) => {
    expect(verdictOf(rule, past, now)?.isUnusual).toBe(expected);
  });

  test('a past without any other mood gives no endless deviation', () => {
    const z = verdictOf(mood, counts(0, 0, 100), counts(1, 0, 99))?.evaluation.z ?? Number.NaN;
    expect(Math.abs(z)).toBeLessThan(4);
  });
});

test('an alert holds at half of what raises it, in its own direction', () => {
  const rule = ruleOf({ metric: 'volume', sensitivity: 4 });
  const found = (now: number) => {
    const finding = verdictOf({ metric: 'volume' }, counts(0, 0, 100), counts(0, 0, now));
    return finding && [holds(rule, finding, 'up'), holds(rule, finding, 'down')];
  };
  expect([found(300), found(100), found(20)]).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ]);
});

describe('the past that counts', () => {
  const busy = counts(10, 10, 10);
  test.each([
    ['eight weeks', 56, 'week'],
    ['four weeks', 29, 'week'],
    ['three weeks', 22, 'day'],
    ['seven days', 8, 'day'],
    ['three days', 3, 'recent'],
    ['two hours', 2 / 24, undefined],
  ])('of %s is what there is enough of', (_, days, season) => {
    expect(
      pastWith(
        () => busy,
        (quarter) => quarter >= end - days * day,
      )?.season,
    ).toBe(season);
  });

  test('of less than a day knows no night yet: half the volume is no news, ten times as much is', () => {
    const young = pastWith(
      () => counts(20, 20, 40),
      (quarter) => quarter >= end - 6 * hour,
    );
    expect(young?.season).toBe('recent');
    expect(Math.abs(zOf(young, 30))).toBeLessThan(2.5);
    expect(zOf(young, 16)).toBeGreaterThan(-4);
    expect(zOf(young, 800)).toBeGreaterThan(4);
    const grown = pastWith(
      () => counts(20, 20, 40),
      (quarter) => quarter >= end - 3 * day,
    );
    expect(zOf(grown, 30)).toBeLessThan(-4);
  });

  test('never holds what is judged, nor the hour before it', () => {
    const { week, day: days, recent } = referenceWindows(end + 7 * minute, 'UTC', hour);
    for (const quarter of [...week, ...days, ...recent].flat()) expect(quarter + quarterMs).toBeLessThanOrEqual(end + 7 * minute - hour);
    const long = referenceWindows(end, 'UTC', day);
    expect(Math.max(...[...long.week, ...long.day, ...long.recent].flat()) + quarterMs).toBeLessThanOrEqual(end - day);
  });

  test('is that of the same hour on the clocks of the brand, also where they were changed', () => {
    const afterChange = Date.UTC(2026, 2, 31, 7); // 09:00 in Berlin, in summer time since the 29th
    const [[, , lastWeek = 0] = []] = referenceWindows(afterChange, 'Europe/Berlin', hour).week;
    expect(new Date(lastWeek).toISOString()).toBe('2026-03-24T07:45:00.000Z'); // 08:45, in winter time
    expect([offsetOf(afterChange, 'Europe/Berlin'), offsetOf(afterChange, 'Asia/Kathmandu')]).toEqual([2 * hour, 5.75 * hour]);
    const change = Date.UTC(2026, 2, 29, 1);
    for (const [time, offset] of [
      [change - 1, hour],
      [change, 2 * hour],
      [change + 7 * minute + 1, 2 * hour],
      [change - 1, hour],
    ] as const)
      expect(offsetOf(time, 'Europe/Berlin')).toBe(offset);
  });

  test('leaves out quarter-hours in which nothing arrived of anyone', () => {
    const outage = (quarter: number) => quarter % hour !== 0;
    expect(pastWith((quarter) => (outage(quarter) ? busy : counts(0, 0, 0)), outage)?.volume.perMinute).toBe(2);
  });

  test('is not bent by a week that was an incident', () => {
    const storm = (quarter: number) => (quarter > end - 10 * day ? counts(500, 0, 0) : busy);
    const expected = pastWith(storm);
    expect([expected?.season, expected?.volume.perMinute, expected?.mood.net]).toEqual(['week', 2, 0]);
  });
});
