import { z } from 'zod';
import { type BrandMetrics, metricNames, type Summary } from '../../domain/brand-metrics.ts';
import { type Calibration, calibrationBases } from '../../domain/calibration.ts';
import { type ErrorCode, errorCodes } from '../../lib/errors.ts';
import type { Job } from '../jobs.ts';

/**
 * Building blocks of responses. Bounds of computed numbers are documentation, not checks (`meta`): a rounding error
 * in the last digit must not turn a response into an error.
 */

export const count = z.int().min(0);
export const fraction = z.number().meta({ minimum: 0, maximum: 1 });
export const share = fraction.nullable();
export const meanScore = z.number().meta({ minimum: -1, maximum: 1 }).nullable();
export const netSentiment = z
  .number()
  .meta({ minimum: -100, maximum: 100 })
  .nullable()
  .describe('100 · (positive − negative) / (positive + negative + neutral); null if no post is scored');
const calibratedNetSentiment = z
  .number()
  .meta({ minimum: -100, maximum: 100 })
  .nullable()
  .describe('Net sentiment corrected for the errors of the model; null if no post is scored');
export const interval = z.strictObject({ low: z.number(), high: z.number() }).describe('95% confidence interval');
export const timestamp = z.iso.datetime();
export const brand = z.string().describe('`*` is all posts');
export const range = { from: timestamp, to: timestamp };

export const sentimentCounts = {
  volume: count,
  negative: count,
  neutral: count,
  positive: count,
  unscored: count.describe('Posts in a language without a model: counted in volume, not in sentiment'),
  netSentiment,
  calibratedNetSentiment,
};

const points = z.number().meta({ minimum: -100, maximum: 100 });

export const calibration = z
  .strictObject({
    basis: z
      .enum(calibrationBases)
      .describe(
        'labels: posts of the brand labeled by people; feed-labels: such posts of all brands; history: none, so only changes are corrected',
      ),
    modelVersion: z.string().describe('The model whose errors it corrects'),
    labels: count.describe('Labeled posts'),
    window: z.strictObject(range).nullable().describe('The posts of countedLevel; null if they are not stored'),
    level: points,
    countedLevel: points,
    slope: z.number().describe('calibrated = level + slope · (counted − countedLevel)'),
    levelError: z.number().nullable().describe('Standard error of level, in points; null if the error of the model is unknown'),
    slopeError: z.number(),
  })
  .describe('What calibratedNetSentiment rests on') satisfies z.ZodType<Calibration>;

const perMetric = <T extends z.ZodType>(schema: T) =>
  z.strictObject(Object.fromEntries(metricNames.map((metric) => [metric, schema])) as Record<(typeof metricNames)[number], T>); // fromEntries forgets the keys

const brandMetrics = z.strictObject({
  ...sentimentCounts,
  negativeShare: share.describe('Of the scored posts'),
  neutralShare: share,
  positiveShare: share,
  meanScore,
  weightedNetSentiment: netSentiment.describe('Net sentiment with each post weighted by 1 + ln(1 + likes + reposts + replies)'),
  shareOfVoice: share.describe('Of the mentions of all compared brands; null if there are none'),
  authors: count.nullable().describe('Distinct authors, within about 1%; null for ranges of more than eight days'),
  intervals: perMetric(interval.nullable()),
}) satisfies z.ZodType<BrandMetrics>;

export const change = z
  .strictObject({ difference: z.number(), low: z.number(), high: z.number(), significant: z.boolean() })
  .describe('Difference from the previous period, with its 95% confidence interval');

export const summary = z.strictObject({
  current: brandMetrics,
  previous: brandMetrics.nullable().describe('The preceding period of equal length; null if the history starts later'),
  changes: perMetric(change.nullable()).nullable(),
  calibration,
}) satisfies z.ZodType<Summary>;

export const pending = count.describe(
  'Minutes of the range with stored posts that these metrics do not contain yet; mostly the newest one or two of a live feed',
);

/** How many posts a change affects. */
export const postCountResponse = z.strictObject({ posts: count }).describe('Number of posts');

const codes = Object.keys(errorCodes) as ErrorCode[]; // an object's keys are typed as strings

export const jobResponse = z
  .strictObject({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    done: count.describe('Completed steps'),
    total: count.describe('All steps; 0 while unknown'),
    changed: count.exactOptional().describe('Changed posts or minutes, once the job is done'),
    result: z.looseObject({}).exactOptional().describe('Result of the job, once it is done'),
    code: z.enum(codes).exactOptional().describe('Error code of a failed job'),
    detail: z.string().exactOptional().describe('Why the job failed'),
  })
  .describe('The job') satisfies z.ZodType<Job>;

/** A job whose result has this shape. */
export function jobResponseWith(result: z.ZodType): typeof jobResponse {
  const described = jobResponse.extend({ result: result.exactOptional() }).describe('The job; GET /api/v1/jobs/{id} returns its state');
  return described as unknown as typeof jobResponse; // a job that has just been started has no result yet
}
