import { z } from 'zod';
import { compareBrands, listBrands, readBreakdown, readSummary } from '../../analytics/metrics/summary.ts';
import { readTimeline } from '../../analytics/metrics/timeline.ts';
import { timeZone } from '../../config/schema.ts';
import { type BrandCounts, type Breakdown, type Comparison, type Grain, grains, type Timeline } from '../../domain/brand-metrics.ts';
import { bucketMs, dayMs, hourMs, minuteMs } from '../../lib/duration.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { App } from '../http/create-app.ts';
import type { QueryDeps } from './dependencies.ts';
import { brandRangeQuery, brandsRangeQuery, rangeQuery, resolveRange, toIsoRange, trendsQuery } from './query-schemas.ts';
import * as schemas from './response-schemas.ts';

const { brand, calibration, count, fraction, interval, meanScore, timestamp, netSentiment, pending, range, sentimentCounts } = schemas;

const brandsResponse = z
  .array(z.strictObject({ brand, timeZone, ...sentimentCounts, calibration }))
  .describe('All posts first, then every configured brand') satisfies z.ZodType<BrandCounts[]>;

const summaryResponse = z.strictObject({ brand, ...range, ...schemas.summary.shape, pending }).describe('Metrics of the brand');

const bucket = z.strictObject({
  start: timestamp,
  ...sentimentCounts,
  meanScore,
  weightedNetSentiment: netSentiment,
  intervals: z.strictObject({ netSentiment: interval.nullable(), calibratedNetSentiment: interval.nullable() }),
});

const trendsResponse = z
  .strictObject({
    brand,
    grain: z.enum(grains),
    timeZone,
    ...range,
    buckets: z.array(bucket).readonly().describe('Buckets in which posts of any brand arrived'),
    gaps: z.array(timestamp).readonly().describe('Starts of buckets in which no post of any brand arrived'),
    pending,
    calibration,
  })
  .describe('Buckets in chronological order') satisfies z.ZodType<Timeline>;

const shareOfVoiceResponse = z
  .strictObject({
    ...range,
    mentions: count.describe('Total mentions of the compared brands; a post counts once per brand'),
    brands: z.array(z.strictObject({ brand, ...schemas.summary.shape })).readonly(),
    pending,
  })
  .describe('Brands in the requested order') satisfies z.ZodType<Comparison>;

const segment = z.strictObject({
  name: z.string(),
  share: fraction,
  ...sentimentCounts,
  intervals: z.strictObject({
    share: interval.nullable(),
    netSentiment: interval.nullable(),
    calibratedNetSentiment: interval.nullable(),
  }),
});

const breakdownResponse = z
  .strictObject({
    brand,
    ...range,
    platforms: z.array(segment).readonly(),
    languages: z.array(segment).readonly().describe('Primary language subtags; `und` is undetermined'),
    models: z.array(segment).readonly().describe('Posts in the languages of each model, `name@version`, with its own calibration'),
    calibration,
  })
  .describe('The largest segment first') satisfies z.ZodType<Breakdown>;

const config = { role: 'viewer', cacheable: true } as const;

/** Metrics of brands over a range, from the rollups. */
export function registerMetricsRoutes(app: App, { reader, clock, brands, calibrations }: QueryDeps): void {
  const toRange = (query: { from: string; to: string }) => resolveRange(query, clock.now());

  const brandsSchema = {
    summary: 'Volume and net sentiment of every brand in a range',
    querystring: rangeQuery,
    response: { 200: brandsResponse },
  };
  app.get('/api/v1/brands', { config, schema: brandsSchema }, async ({ query }) => {
    const counts = await listBrands(reader, toRange(query), clock.now(), calibrations);
    const known = [{ name: '*', timeZone: 'UTC' }, ...brands()];
    const calibrationOf = await calibrations.readFor(
      known.map(({ name }) => name),
      toRange(query),
    );
    return known.map(({ name, timeZone }) => ({
      timeZone,
      ...(counts.find((row) => row.brand === name) ?? { brand: name, ...noPosts, calibration: calibrationOf(name) }),
    }));
  });

  const summarySchema = {
    summary: 'Metrics of a brand with 95% intervals, and their change from the preceding period of equal length',
    querystring: brandRangeQuery,
    response: { 200: summaryResponse },
  };
  app.get('/api/v1/summary', { config, schema: summarySchema }, async ({ query }) => {
    const range = toRange(query);
    const summary = await readSummary(reader, { brand: query.brand, ...range }, clock.now(), calibrations);
    return { brand: query.brand, ...toIsoRange(range), ...summary };
  });

  const shareOfVoiceSchema = {
    summary: 'Compares brands: a summary of each, and its share of the mentions of all',
    querystring: brandsRangeQuery,
    response: { 200: shareOfVoiceResponse },
  };
  app.get('/api/v1/share-of-voice', { config, schema: shareOfVoiceSchema }, async ({ query }) => {
    const range = toRange(query);
    const brandNames = query.brands ?? brands().map(({ name }) => name);
    if (brandNames.length === 0) throw new FeedpulseError('USAGE', 'brands: required, because no brands are configured.');
    return { ...toIsoRange(range), ...(await compareBrands(reader, { brands: brandNames, ...range }, clock.now(), calibrations)) };
  });

  const breakdownSchema = {
    summary: 'Posts of a brand by platform, by language and by model',
    querystring: brandRangeQuery,
    response: { 200: breakdownResponse },
  };
  app.get('/api/v1/breakdown', { config, schema: breakdownSchema }, async ({ query }) => {
    const range = toRange(query);
    return { brand: query.brand, ...toIsoRange(range), ...(await readBreakdown(reader, { brand: query.brand, ...range }, calibrations)) };
  });

  const trendsSchema = {
    summary: 'Volume per label and net sentiment over time; buckets without any post are gaps, not zeros',
    querystring: trendsQuery,
    response: { 200: trendsResponse },
  };
  app.get('/api/v1/trends', { config, schema: trendsSchema }, async ({ query: { brand, timeZone, ...query } }) => {
    const range = toRange(query);
    const read = (grain: Grain) => readTimeline(reader, { brand, timeZone, grain, ...range }, clock.now(), calibrations);
    const grain = chooseGrain(query.grain, range);
    const found = await read(grain);
    const coarser = query.grain === undefined ? coarserGrain(found, grain, range) : undefined;
    return {
      ...{ brand, grain: coarser ?? grain, timeZone },
      ...toIsoRange(range),
      ...(coarser ? await read(coarser) : found),
    };
  });
}

const noPosts = { volume: 0, negative: 0, neutral: 0, positive: 0, unscored: 0, netSentiment: null, calibratedNetSentiment: null };

const maxBuckets = 10_000;
const grainMs = { minute: minuteMs, '15m': bucketMs, hour: hourMs, day: dayMs, week: 7 * dayMs, month: 28 * dayMs } as const;

/** The requested bucket length, or one that splits the range into about 60 to 170 buckets. */
function chooseGrain(requested: Grain | undefined, { from, to }: { from: Date; to: Date }): Grain {
  const lengthMs = to.getTime() - from.getTime();
  if (requested && lengthMs / grainMs[requested] > maxBuckets)
    throw new FeedpulseError('USAGE', `grain: more than ${maxBuckets} buckets; choose a coarser grain.`);
  if (requested) return requested;
  if (lengthMs <= 2 * hourMs) return 'minute';
  if (lengthMs <= 36 * hourMs) return '15m';
  return lengthMs <= 8 * dayMs ? 'hour' : 'day';
}

/** With fewer scored posts, the net sentiment of a bucket is noise. */
const minScoredPosts = 30;
/** With fewer buckets, a chart shows no course. */
const minBuckets = 6;

/** A longer bucket, if those of the chosen length have too few scored posts on average; undefined if they have enough. */
function coarserGrain({ buckets }: Timeline, grain: Grain, { from, to }: { from: Date; to: Date }): Grain | undefined {
  const scored = buckets.map(({ volume, unscored }) => volume - unscored).filter((posts) => posts > 0);
  const mean = scored.reduce((sum, posts) => sum + posts, 0) / scored.length;
  // Also for a brand without posts, whose mean is NaN.
  if (!(mean < minScoredPosts)) return undefined;
  const longer = grains
    .slice(grains.indexOf(grain) + 1)
    .filter((name) => name !== 'month' && (to.getTime() - from.getTime()) / grainMs[name] >= minBuckets);
  return longer.find((name) => (mean * grainMs[name]) / grainMs[grain] >= minScoredPosts) ?? longer.at(-1);
}
