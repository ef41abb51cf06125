import { z } from 'zod';
import { timeZone } from '../../../config/schema.ts';
import {
  type BrandCounts,
  type BrandMetrics,
  type Breakdown,
  type Comparison,
  grains,
  type ModelComparison,
  type ModelCounts,
  type ModelVersion,
  metricNames,
  type Summary,
  type Timeline,
} from '../../../domain/brand-metrics.ts';
import { storedLabels } from '../../../domain/post.ts';

/** What questions about the history are answered with: a test holds every answer to it, and the OpenAPI document shows it. */

const count = z.int().min(0);
const share = z.number().min(0).max(1).nullable();
const net = z
  .number()
  .min(-100)
  .max(100)
  .nullable()
  .describe('100 · (positive − negative) / (positive + negative + neutral); null where nothing is scored');
const interval = z.strictObject({ low: z.number(), high: z.number() }).describe('95 % confidence interval');
const moment = z.iso.datetime();
const brand = z.string().describe('`*` is all posts');
const range = { from: moment, to: moment };

const figures = {
  volume: count,
  negative: count,
  neutral: count,
  positive: count,
  unscored: count.describe('In a language that the model does not know: volume, never sentiment'),
  netSentiment: net,
};

const everyMeasure = <T extends z.ZodType>(schema: T) =>
  z.strictObject(Object.fromEntries(metricNames.map((measure) => [measure, schema])) as Record<(typeof metricNames)[number], T>); // one of each

const totals = z.strictObject({
  ...figures,
  negativeShare: share.describe('Of the scored posts'),
  neutralShare: share,
  positiveShare: share,
  meanScore: z.number().min(-1).max(1).nullable(),
  weightedNetSentiment: net.describe('Net sentiment, each post counted as 1 + ln(1 + likes + reposts + replies)'),
  shareOfVoice: share.describe('Of the mentions of all brands compared; null where there are none'),
  authors: count.nullable().describe('Distinct authors, within about 1 %; null for ranges of more than eight days'),
  intervals: everyMeasure(interval.nullable()),
}) satisfies z.ZodType<BrandMetrics>;

const change = z
  .strictObject({ difference: z.number(), low: z.number(), high: z.number(), significant: z.boolean() })
  .describe('Less what it was in the period before, with the 95 % interval of the difference');

const summary = z.strictObject({
  current: totals,
  previous: totals.nullable().describe('The period of equal length before; null where the history does not reach back to its start'),
  changes: everyMeasure(change.nullable()).nullable(),
}) satisfies z.ZodType<Summary>;

const part = z.strictObject({
  name: z.string(),
  share: z.number().min(0).max(1),
  ...figures,
  intervals: z.strictObject({ share: interval.nullable(), netSentiment: interval.nullable() }),
});

const bucket = z.strictObject({
  start: moment,
  ...figures,
  meanScore: z.number().min(-1).max(1).nullable(),
  weightedNetSentiment: net,
  intervals: z.strictObject({ netSentiment: interval.nullable() }),
});

export const brandsResponse = z.array(z.strictObject({ brand, timeZone, ...figures })) satisfies z.ZodType<BrandCounts[]>;
export const summaryResponse = z.strictObject({ brand, ...range, ...summary.shape });
export const trendsResponse = z.strictObject({
  brand,
  grain: z.enum(grains),
  timeZone,
  ...range,
  buckets: z.array(bucket).describe('Those in which posts of any brand arrived'),
  gaps: z.array(moment).describe('Starts of buckets in which nothing arrived at all'),
}) satisfies z.ZodType<Timeline>;
export const shareOfVoiceResponse = z.strictObject({
  ...range,
  mentions: count.describe('Of all brands compared; a post counts once for each brand it names'),
  brands: z.array(z.strictObject({ brand, ...summary.shape })),
}) satisfies z.ZodType<Comparison>;
export const breakdownResponse = z.strictObject({
  brand,
  ...range,
  platforms: z.array(part),
  languages: z.array(part).describe('Primary subtags; `und` is not known'),
}) satisfies z.ZodType<Breakdown>;

const label = z.enum(storedLabels);
const modelFigures = z.strictObject({
  negative: count,
  neutral: count,
  positive: count,
  unscored: count,
  netSentiment: net,
  meanScore: z.number().min(-1).max(1).nullable(),
}) satisfies z.ZodType<ModelCounts>;

export const modelsResponse = z.array(
  z.strictObject({
    version: z.string(),
    counting: count.describe('Posts that count with its scores'),
    kept: count.describe('Posts for which its scores are kept beside those that count'),
    ...range,
  }),
) satisfies z.ZodType<ModelVersion[]>;

export const modelComparisonResponse = z.strictObject({
  brand,
  version: z.string(),
  ...range,
  posts: count.describe('With scores of both; corrected ones are left out'),
  counting: modelFigures,
  other: modelFigures,
  agreement: share,
  labels: z.array(z.strictObject({ counting: label, other: label, posts: count })),
  netDifference: change.nullable(),
}) satisfies z.ZodType<ModelComparison>;
