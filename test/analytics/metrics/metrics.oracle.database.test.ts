import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareBrands, readBreakdown, readSummary } from '../../../src/analytics/metrics/summary.ts';
import { readTimeline } from '../../../src/analytics/metrics/timeline.ts';
import type { BrandMetrics } from '../../../src/domain/brand-metrics.ts';
import { labels } from '../../../src/domain/post.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createMetrics } from '../../../src/lib/metrics.ts';
import { createRandom } from '../../../src/lib/random.ts';
import type { Database } from '../../../src/sink/client/connection.ts';
import { createRollups } from '../../../src/sink/rollups/rollups.ts';
import { createWriter } from '../../../src/sink/writer/writer.ts';
import {
  netSentimentInterval,
  poissonByInversion,
  type ReferencePost,
  referenceBuckets,
  referenceMetrics,
  wilsonByInversion,
} from '../../support/reference-metrics.ts';
import { scoredPost } from '../../support/scored-post.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';

/** Spring in the north and autumn in the south, and the other way round: every zone below changes its clocks in one of them. */
const seasons = [
  { from: Date.parse('2026-03-20T00:00:00Z'), to: Date.parse('2026-04-12T00:00:00Z') },
  { from: Date.parse('2026-09-20T00:00:00Z'), to: Date.parse('2026-11-08T00:00:00Z') },
] as const;
/** Nothing at all arrived then. */
const outage = { from: Date.parse('2026-10-07T03:00:00Z'), to: Date.parse('2026-10-09T18:30:00Z') };
const brands = ['Kestrel', 'Marlow', 'Heron'];
const now = Date.parse('2026-11-20T00:00:00Z');

let db: Database;
let remove: () => Promise<void>;
const posts: ReferencePost[] = [];

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  const random = createRandom(20_261_101);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T; // random() is below 1
  for (let index = 0; index < 3_000; index += 1) {
    const { from, to } = seasons[random() < 0.4 ? 0 : 1];
    const at = Math.floor(from + random() * (to - from));
    if (at >= outage.from && at < outage.to) continue;
    const lang = random() < 0.08 ? 'ja' : pick(['en', 'en', 'en', 'pt', 'de']);
    posts.push({
      id: String(index),
      at,
      platform: pick(['chirper', 'agora', 'board']),
      lang,
      brands: brands.filter((name) => random() < (name === 'Heron' ? 0.03 : 0.4)),
      label: lang === 'ja' ? 'unscored' : pick(labels),
      score: Math.fround(random() * 2 - 1),
      likes: Math.floor(random() ** 8 * 5_000),
      author: String(Math.floor(random() * 700)),
    });
  }
  const shared = { db, clock: systemClock, log: quiet, metrics: createMetrics() };
  await createWriter(shared).write(
    posts.map(({ at, likes, author, ...post }) =>
      scoredPost({ ...post, createdAt: new Date(at).toISOString(), author: { id: author }, engagement: { likes, reposts: 0, replies: 0 } }),
    ),
  );
  await createRollups(shared).catchUp();
});
afterAll(() => remove());

const inRange = ({ from, to }: { from: number; to: number }, brand = '*'): ReferencePost[] =>
  posts.filter((post) => post.at >= from && post.at < to && (brand === '*' || post.brands.includes(brand)));
const dates = ({ from, to }: { from: number; to: number }) => ({ from: new Date(from), to: new Date(to) });
const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 6));
const nearAll = (figures: Readonly<Record<string, number | null>>) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, near(value)]));

const zones = [
  'UTC',
  'Pacific/Auckland',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'America/St_Johns',
  'Africa/Cairo',
  'Pacific/Chatham',
];

/** Clocks that are set by half an hour, or in the middle of one, leave an hour that nobody has a name for. */
const brokenHours = new Set(['Australia/Lord_Howe', 'Pacific/Chatham']);

test.each(zones)('every bucket of %s is a sum of its posts, and stands where the clocks there say', async (timeZone) => {
  for (const season of seasons) {
    for (const brand of ['*', 'Kestrel', 'Heron']) {
      for (const grain of ['hour', 'day', 'week', 'month'] as const) {
        if (grain === 'hour' && brokenHours.has(timeZone)) continue;
        const { buckets } = await readTimeline(db.reader, { ...dates(season), brand, grain, timeZone }, now);
        const expected = referenceBuckets(inRange(season, brand), { grain, timeZone });
        const anyone = referenceBuckets(inRange(season), { grain, timeZone });
        expect(buckets.map(({ start }) => start)).toEqual([...anyone.keys()].sort());
        for (const { start, intervals, calibratedNetSentiment, ...figures } of buckets) {
          const plain = referenceMetrics(expected.get(start) ?? []);
          expect({ start, ...figures }).toEqual({ start, ...nearAll(pickBucket(plain)) });
          expect(calibratedNetSentiment).toBe(figures.netSentiment); // there are no calibrations
          const scored = plain.positive + plain.negative + plain.neutral;
          const interval = scored === 0 ? null : nearAll(netSentimentInterval(plain.positive, plain.negative, plain.neutral));
          expect(intervals.netSentiment).toEqual(interval);
        }
      }
    }
  }
});

function pickBucket({
  volume,
  negative,
  neutral,
  positive,
  unscored,
  netSentiment,
  meanScore,
  weightedNetSentiment,
}: ReturnType<typeof referenceMetrics>) {
  return { volume, negative, neutral, positive, unscored, netSentiment, meanScore, weightedNetSentiment };
}

test.each(zones)('a bucket of %s without any post is a gap', async (timeZone) => {
  const [, season] = seasons;
  const { gaps } = await readTimeline(db.reader, { ...dates(season), brand: 'Kestrel', grain: 'day', timeZone }, now);
  const days = referenceBuckets(inRange(season), { grain: 'day', timeZone });
  expect(gaps.length).toBeGreaterThan(0);
  for (const gap of gaps) {
    expect(days.has(gap)).toBe(false);
    expect(Date.parse(gap)).toBeGreaterThan(outage.from - 2 * 86_400_000);
    expect(Date.parse(gap)).toBeLessThan(outage.to);
  }
});

const day = 86_400_000;
const periods = [
  ['a week', { from: Date.parse('2026-10-26T00:00:00Z'), to: Date.parse('2026-11-02T00:00:00Z') }],
  ['a day at odd hours', { from: Date.parse('2026-10-28T05:45:00Z'), to: Date.parse('2026-10-29T05:45:00Z') }],
  ['the time after an outage', { from: outage.to, to: outage.to + 2 * day }],
  ['an outage', { from: outage.from, to: outage.to }],
] as const;

function expectTotals(found: BrandMetrics | null, held: readonly ReferencePost[]): void {
  const { authors, ...plain } = referenceMetrics(held);
  expect(found).toMatchObject(nearAll(plain));
  // Exact for a few; about 1 % off for many.
  expect(Math.abs((found?.authors ?? Number.NaN) - authors)).toBeLessThanOrEqual(0.02 * authors);
  const scored = plain.positive + plain.negative + plain.neutral;
  expect(found?.intervals).toMatchObject({
    volume: nearAll(poissonByInversion(plain.volume)),
    negativeShare: scored === 0 ? null : nearAll(wilsonByInversion(plain.negative, scored)),
    positiveShare: scored === 0 ? null : nearAll(wilsonByInversion(plain.positive, scored)),
    neutralShare: scored === 0 ? null : nearAll(wilsonByInversion(plain.neutral, scored)),
    netSentiment: scored === 0 ? null : nearAll(netSentimentInterval(plain.positive, plain.negative, plain.neutral)),
  });
}

test.each(periods)('the summary of %s, and of the period before it, is that of its posts', async (_, range) => {
  const before = { from: 2 * range.from - range.to, to: range.from };
  for (const brand of ['*', ...brands, 'Nobody']) {
    const { current, previous, changes } = await readSummary(db.reader, { ...dates(range), brand }, now);
    expectTotals(current, inRange(range, brand));
    expectTotals(previous, inRange(before, brand));
    const [here, there] = [referenceMetrics(inRange(range, brand)), referenceMetrics(inRange(before, brand))];
    expect(changes?.volume?.difference).toBe(here.volume - there.volume);
    const isKnown = here.netSentiment !== null && there.netSentiment !== null;
    if (isKnown) expect(changes?.netSentiment?.difference).toBeCloseTo((here.netSentiment ?? 0) - (there.netSentiment ?? 0), 6);
    else expect(changes?.netSentiment).toBeNull();
  }
});

test.each(periods)('the share of voice in %s counts a post for each brand that it names', async (_, range) => {
  const { mentions, brands: compared } = await compareBrands(db.reader, { ...dates(range), brands }, now);
  const counts = brands.map((brand) => inRange(range, brand).length);
  expect(mentions).toBe(counts.reduce((sum, count) => sum + count, 0));
  for (const [index, { current }] of compared.entries()) {
    const count = counts[index] ?? 0;
    expect(current.shareOfVoice).toEqual(mentions === 0 ? null : near(count / mentions));
    expect(current.intervals.shareOfVoice).toEqual(mentions === 0 ? null : nearAll(wilsonByInversion(count, mentions)));
    expectTotals(current, inRange(range, brands[index]));
  }
});

test('platforms and languages add up to the posts of a brand', async () => {
  const [, range] = periods[0];
  for (const brand of ['*', 'Kestrel', 'Heron']) {
    const held = inRange(range, brand);
    const { platforms, languages } = await readBreakdown(db.reader, { ...dates(range), brand });
    for (const [parts, key] of [
      [platforms, 'platform'],
      [languages, 'lang'],
    ] as const) {
      expect(parts.map(({ name }) => name).sort()).toEqual([...new Set(held.map((post) => post[key]))].sort());
      for (const { name, share, intervals, volume, netSentiment } of parts) {
        const plain = referenceMetrics(held.filter((post) => post[key] === name));
        expect({ volume, netSentiment, share }).toEqual(
          nearAll({ volume: plain.volume, netSentiment: plain.netSentiment, share: plain.volume / held.length }),
        );
        expect(intervals.share).toEqual(nearAll(wilsonByInversion(volume, held.length)));
      }
    }
  }
});
