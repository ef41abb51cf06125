import { describe, expect, test } from 'vitest';
import { type Baseline, createBaselines } from '../../../src/alerts/detect/baseline.ts';
import { scoreWindows } from '../../../src/alerts/detect/score-window.ts';
import { resolveRules } from '../../../src/alerts/rules.ts';
import { uncalibrated } from '../../../src/analytics/calibration/calibrations.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { LabelCounts } from '../../../src/domain/label-counts.ts';
import { bucketMs } from '../../../src/lib/duration.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { utcOffsetMs } from '../../../src/lib/time-zone.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
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

type CountsAt = (bucket: number) => LabelCounts;

/** The baseline of a brand whose 15-minute buckets have these counts; buckets before `since` are empty. */
async function baselineWith(
  countsAt: CountsAt,
  { since = end - 60 * day, timeZone = 'UTC', country = undefined as string | undefined, calibration = uncalibrated } = {},
): Promise<Baseline | undefined> {
  const readHistory = async (brands: readonly string[], from: number, to: number) => {
    const all = Array.from({ length: (to - from) / bucketMs }, (_, index) => {
      const start = from + index * bucketMs;
      return start < since ? counts(0, 0, 0) : countsAt(start);
    });
    const posts = {
      negative: Float64Array.from(all, ({ negative }) => negative),
      neutral: Float64Array.from(all, ({ neutral }) => neutral),
      positive: Float64Array.from(all, ({ positive }) => positive),
      unscored: Float64Array.from(all, ({ unscored }) => unscored),
    };
    const series = { from, posts, organic: posts };
    return new Map(brands.map((brand) => [brand, series]));
  };
  const brand = { name: 'Kestrel', timeZone, ...(country && { country }) };
  return (await createBaselines({ readHistory }, [brand], { readFor: async () => () => calibration })(end)).get(brand);
}

/** Scores the last 15 minutes. */
async function scoreOf(
  settings: object,
  past: CountsAt,
  now: LabelCounts,
  options: { since?: number; factor?: number; calibration?: typeof uncalibrated } = {},
) {
  const { factor = 1 } = options;
  const baseline = await baselineWith(past, options);
  const [score] = baseline
    ? scoreWindows(ruleOf(settings), (windowMs) => (windowMs === bucketMs ? now : undefined), { baseline, end, factorOf: () => factor })
    : [];
  if (!score) throw new Error('expected a baseline');
  return score;
}

const rarityOf = async (...args: Parameters<typeof scoreOf>): Promise<number> => (await scoreOf(...args)).rarity;
/** The thresholds of balanced sensitivity. */
const [balanced, balancedSentiment] = [5, 3.5];

/** Counts that vary by a log-normal factor, the same for each bucket in every test. */
function bursty(mean: number, spread: number): CountsAt {
  return (bucket) => {
    const random = createRandom(bucket / bucketMs);
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return counts(0, Math.round(mean * Math.exp(spread * normal)), 0);
  };
}

describe('volume', () => {
  const volume = { metric: 'volume' };
  const steady = bursty(100, 0.1);

  test.each([
    ['a normal volume', volume, 115, false],
    ['three times as much', volume, 300, true],
    ['a third of it', volume, 33, true],
    ['a third of it, if the rule only watches rises', { ...volume, direction: 'up' }, 33, false],
    ['no post at all', volume, 0, true],
  ])('a steady feed of 100 posts: %s', async (_, settings, posts, expected) => {
    expect((await rarityOf(settings, steady, counts(0, posts, 0))) >= balanced).toBe(expected);
  });

  test('unscored posts count', async () => {
    expect(await rarityOf(volume, steady, counts(0, 0, 0, 300))).toBeGreaterThan(balanced);
  });

  test('the same rise is less rare for a feed that comes in bursts', async () => {
    const rise = counts(0, 300, 0);
    const [quiet, lively] = [await rarityOf(volume, steady, rise), await rarityOf(volume, bursty(100, 0.6), rise)];
    expect(lively).toBeLessThan(balanced);
    expect(quiet).toBeGreaterThan(2 * lively);
  });

  test('rarity grows with the count without a step, from one post an hour on', async () => {
    const rare: CountsAt = (bucket) => counts(0, (bucket / bucketMs) % 4 === 0 ? 1 : 0, 0);
    const rarities: number[] = [];
    for (let posts = 1; posts <= 60; posts += 1) rarities.push(await rarityOf(volume, rare, counts(0, posts, 0)));
    for (const [index, rarity] of rarities.slice(1).entries()) {
      const step = rarity - (rarities[index] ?? 0);
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(1);
    }
    expect(rarities[3]).toBeLessThan(balanced);
    expect(rarities[59]).toBeGreaterThan(balanced);
  });

  test('two days of incidents in four weeks hardly change what is rare', async () => {
    const isIncident = (bucket: number): boolean => bucket > end - 9 * day && bucket < end - 7 * day;
    const troubled: CountsAt = (bucket) => (isIncident(bucket) ? counts(0, 900, 0) : steady(bucket));
    expect(await rarityOf(volume, troubled, counts(0, 400, 0))).toBeGreaterThan(balanced);
  });

  test('what the brand does each day, at any hour, is no more than its usual peak', async () => {
    const campaign: CountsAt = (bucket) => {
      const today = Math.floor(bucket / day);
      const at = today * day + Math.floor(96 * createRandom(today)()) * bucketMs;
      return bucket === at ? counts(0, 1_500, 0) : steady(bucket);
    };
    const again = await scoreOf(volume, campaign, counts(0, 1_400, 0));
    expect(again.usualPeak()).toBeGreaterThan(again.rarity);
    const larger = await scoreOf(volume, campaign, counts(0, 6_000, 0));
    expect(larger.rarity).toBeGreaterThan(larger.usualPeak());
    expect((await scoreOf(volume, steady, counts(0, 1_400, 0))).usualPeak()).toBeLessThan(balanced);
  });

  test('a new level is normal after three weeks', async () => {
    const grown: CountsAt = (bucket) => counts(0, (bucket > end - 21 * day ? 3 : 1) * (steady(bucket).neutral ?? 0), 0);
    expect(await rarityOf(volume, grown, counts(0, 300, 0))).toBeLessThan(1);
  });

  test('a new brand needs a larger rise than one with history', async () => {
    const rise = counts(0, 220, 0);
    expect(await rarityOf(volume, steady, rise)).toBeGreaterThan(balanced);
    expect(await rarityOf(volume, steady, rise, { since: end - 6 * 60 * minute })).toBeLessThan(balanced);
    expect(await rarityOf(volume, steady, counts(0, 2_000, 0), { since: end - 6 * 60 * minute })).toBeGreaterThan(balanced);
  });

  test('with less than two hours of history there is no baseline', async () => {
    expect(await baselineWith(steady, { since: end - 7 * bucketMs })).toBeUndefined();
    expect(await baselineWith(steady, { since: end - 8 * bucketMs })).toMatchObject({ season: 'recent', windows: 8 });
  });

  test('the interval has about 95 % of normal windows', async () => {
    const { low, high, expected } = (await scoreOf(volume, steady, counts(0, 100, 0))).evaluation;
    expect(expected).toBeCloseTo(100, -1);
    expect(low).toBeGreaterThan(65);
    expect(low).toBeLessThan(85);
    expect(high).toBeGreaterThan(118);
    expect(high).toBeLessThan(145);
  });

  test('a change is relevant from the factor that the rule asks for', async () => {
    const even: CountsAt = () => counts(0, 10_000, 0);
    expect(await scoreOf(volume, even, counts(0, 17_000, 0))).toMatchObject({ isRelevant: false });
    expect(await scoreOf({ ...volume, minChange: 1.5 }, even, counts(0, 17_000, 0))).toMatchObject({ isRelevant: true });
  });
});

describe('season', () => {
  /** 400 posts per bucket from 9 to 17 o'clock local time, else 100; on weekends half of that. */
  const officeHours =
    (timeZone: string): CountsAt =>
    (bucket) => {
      const local = new Date(bucket + utcOffsetMs(bucket, timeZone));
      const isWeekend = local.getUTCDay() % 6 === 0;
      const isDay = local.getUTCHours() >= 9 && local.getUTCHours() < 17;
      return counts(0, (isDay ? 400 : 100) * (isWeekend ? 0.5 : 1), 0);
    };
  const expectedAt = async (timeZone: string, time: number, country?: string): Promise<number> =>
    (await baselineWith(officeHours(timeZone), { timeZone, country }))?.volume().measure(0, time, time + bucketMs).expected ?? Number.NaN;

  test('the expected volume follows the local time of day, across a change of clocks', async () => {
    // Clocks in Berlin changed on 29 March, in New York on 8 March: within the history of neither.
    for (const timeZone of ['UTC', 'Europe/Berlin', 'America/New_York']) {
      const offset = utcOffsetMs(end, timeZone);
      expect(await expectedAt(timeZone, Date.UTC(2026, 4, 20, 13) - offset)).toBeGreaterThan(300);
      expect(await expectedAt(timeZone, Date.UTC(2026, 4, 20, 3) - offset)).toBeLessThan(150);
    }
  });

  test('the expected volume follows the weekday', async () => {
    const [wednesday, saturday] = [await expectedAt('UTC', Date.UTC(2026, 4, 20, 13)), await expectedAt('UTC', Date.UTC(2026, 4, 23, 13))];
    expect(saturday).toBeLessThan(0.75 * wednesday);
  });

  test('a public holiday is a Sunday', async () => {
    const whitMonday = Date.UTC(2026, 4, 25, 13);
    const [holiday, monday] = [await expectedAt('UTC', whitMonday, 'DE'), await expectedAt('UTC', whitMonday, 'IT')];
    expect(holiday).toBeLessThan(0.75 * monday);
    expect(holiday).toBeCloseTo(await expectedAt('UTC', whitMonday - day, 'DE'), 5);
  });
});

describe('net sentiment', () => {
  const sentiment = { metric: 'netSentiment' };
  /** Labels drawn independently: 25% negative, 35% neutral, 40% positive. */
  const labelled =
    (posts: number): CountsAt =>
    (bucket) => {
      const random = createRandom(bucket / bucketMs);
      const drawn = Array.from({ length: posts }, () => random());
      const negative = drawn.filter((one) => one < 0.25).length;
      const positive = drawn.filter((one) => one >= 0.6).length;
      return counts(negative, posts - negative - positive, positive);
    };
  test.each([
    ['normal sentiment', sentiment, counts(25, 35, 40), false],
    ['a drop of 60 points', sentiment, counts(60, 25, 15), true],
    ['a rise, if the rule only watches drops', sentiment, counts(0, 10, 90), false],
    ['a rise', { ...sentiment, direction: 'both' }, counts(0, 10, 90), true],
    ['four negative posts', sentiment, counts(4, 0, 0), false],
    ['twenty negative posts', sentiment, counts(20, 0, 0), true],
    ['no scored posts', sentiment, counts(0, 0, 0, 50), false],
  ])('%s', async (_, settings, now, expected) => {
    expect((await rarityOf(settings, labelled(100), now)) >= balancedSentiment).toBe(expected);
  });

  test('copies of one text are one opinion', async () => {
    const drop = counts(40, 35, 25);
    const rarity = await rarityOf(sentiment, labelled(100), { ...drop });
    const copied = await rarityOf(sentiment, labelled(100), { ...drop, copies: counts(30, 0, 0) });
    expect(copied).toBeLessThan(0.9 * rarity);
  });

  test('moods that change between windows make a drop less rare', async () => {
    const moody: CountsAt = (bucket) => ((bucket / bucketMs) % 8 < 4 ? counts(15, 30, 55) : counts(40, 30, 30));
    const drop = counts(55, 30, 15);
    expect(await rarityOf(sentiment, moody, drop)).toBeLessThan(0.7 * (await rarityOf(sentiment, labelled(100), drop)));
  });

  test('values and the minimum change are in calibrated points, and how rare a window is stays the same', async () => {
    const calibration = { ...uncalibrated, level: -5, countedLevel: 15, slope: 1.4 };
    const drop = counts(36, 35, 29); // 22 points below the usual 15
    const settings = { ...sentiment, minChange: 25 };
    const plain = await scoreOf(settings, labelled(100), drop);
    const calibrated = await scoreOf(settings, labelled(100), drop, { calibration });
    expect(plain.isRelevant).toBe(false);
    expect(calibrated).toMatchObject({ isRelevant: true, rarity: plain.rarity });
    expect(calibrated.usualPeak()).toBe(plain.usualPeak());
    expect(calibrated.evaluation.observed).toBeCloseTo(-5 + 1.4 * (-7 - 15));
    expect(calibrated.evaluation.expected).toBeCloseTo(-5 + 1.4 * (plain.evaluation.expected - 15));
  });

  test('a few points are not relevant, however significant', async () => {
    const even: CountsAt = () => counts(25_000, 35_000, 40_000);
    expect(await scoreOf(sentiment, even, counts(29_000, 35_000, 36_000))).toMatchObject({ isRelevant: false });
  });
});
