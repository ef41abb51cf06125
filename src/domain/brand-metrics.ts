import type { Calibration } from './calibration.ts';
import type { StoredLabel } from './post.ts';

/** Metrics of a time range: what queries return, the API serves and the web UI shows. */

/** Bounds of a 95% confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Post counts. Unscored posts (in a language that the model does not support) count as volume, never as sentiment. */
export interface SentimentCounts {
  readonly volume: number;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unscored: number;
  /** 100 · (P − N) / (P + N + U), in [−100, 100]; null without scored posts. */
  readonly netSentiment: number | null;
  /** Net sentiment corrected for the errors of the model, in [−100, 100]; null without scored posts. */
  readonly calibratedNetSentiment: number | null;
}

/** What calibrated net sentiment rests on. */
export interface Calibrated {
  readonly calibration: Calibration;
}

/** Metrics that have an interval and are compared with the previous period. */
export const metricNames = [
  'volume',
  'negativeShare',
  'neutralShare',
  'positiveShare',
  'netSentiment',
  'calibratedNetSentiment',
  'meanScore',
  'weightedNetSentiment',
  'shareOfVoice',
] as const;
export type Metric = (typeof metricNames)[number];

export interface BrandMetrics extends SentimentCounts {
  /** Shares of the scored posts, from 0 to 1; null without scored posts. */
  readonly negativeShare: number | null;
  readonly neutralShare: number | null;
  readonly positiveShare: number | null;
  /** Mean score, in [−1, 1]. */
  readonly meanScore: number | null;
  /** Net sentiment with each post weighted by 1 + ln(1 + likes + reposts + replies), in [−100, 100]. */
  readonly weightedNetSentiment: number | null;
  /** Mentions of the brand divided by those of all compared brands, from 0 to 1; null if no brands are compared. */
  readonly shareOfVoice: number | null;
  /**
   * Distinct authors, approximate: within about 1% (HyperLogLog with 2^14 registers), exact for small numbers. Null for
   * ranges over eight days, because merging their aggregate states takes too long for a request.
   */
  readonly authors: number | null;
  /** 95% confidence intervals; null with too few posts, or if the model's error is unknown. */
  readonly intervals: Readonly<Record<Metric, Interval | null>>;
}

/** Difference of a metric from the previous period, in the metric's unit, with its interval. */
export interface Change extends Interval {
  readonly difference: number;
  /** True if the interval excludes zero. */
  readonly significant: boolean;
}

/** Whether metrics trail the stored posts. */
export interface Freshness {
  /** Minutes of the range with posts that are stored and not yet counted; mostly the newest one or two of a live feed. */
  readonly pending: number;
}

export interface Summary extends Calibrated {
  readonly current: BrandMetrics;
  /** The period of equal length before this one; null if the history does not reach back to its start. */
  readonly previous: BrandMetrics | null;
  /** Null if `previous` is null. The change of a metric is null if one of its two values is. */
  readonly changes: Readonly<Record<Metric, Change | null>> | null;
}

export type BrandSummary = Summary & { readonly brand: string };

/** Several brands compared. */
export interface Comparison extends Freshness {
  /** Denominator of share of voice: mentions of all compared brands. A post counts once per brand that it mentions. */
  readonly mentions: number;
  /** In the order of the request. */
  readonly brands: readonly BrandSummary[];
}

export interface BrandCounts extends SentimentCounts, Calibrated {
  /** `*` is all posts. */
  readonly brand: string;
}

/** The posts of a brand on one platform or in one language. */
export interface Segment extends SentimentCounts {
  readonly name: string;
  /** Share of all of the brand's posts, from 0 to 1. */
  readonly share: number;
  readonly intervals: Readonly<Record<'share' | 'netSentiment' | 'calibratedNetSentiment', Interval | null>>;
}

/** Posts of a brand by platform, by language and by model, largest segment first. */
export interface Breakdown extends Calibrated {
  readonly platforms: readonly Segment[];
  readonly languages: readonly Segment[];
  /** The posts in the languages of each model, where it scored any. */
  readonly models: readonly Segment[];
}

/** Bucket lengths. */
export const grains = ['minute', '15m', 'hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof grains)[number];

export interface Bucket extends SentimentCounts {
  /** ISO 8601 in UTC. */
  readonly start: string;
  readonly meanScore: number | null;
  readonly weightedNetSentiment: number | null;
  readonly intervals: Readonly<Record<'netSentiment' | 'calibratedNetSentiment', Interval | null>>;
}

export interface Timeline extends Freshness, Calibrated {
  /** Buckets with posts of any brand. A volume of 0 means that no post in the bucket mentioned this brand. */
  readonly buckets: readonly Bucket[];
  /** Starts of past buckets without any post, of any brand; their volume is unknown. */
  readonly gaps: readonly string[];
}

/** A model version with stored scores. */
export interface ModelVersion {
  readonly version: string;
  /** Posts whose active score comes from this version. */
  readonly active: number;
  /** Posts with an inactive score from this version. */
  readonly inactive: number;
  /** Creation times of the first and the last of these posts. */
  readonly from: string;
  readonly to: string;
}

export interface ModelCounts extends Readonly<Record<StoredLabel, number>> {
  readonly netSentiment: number | null;
  readonly meanScore: number | null;
}

/** The active model and another one, compared on the same posts. */
export interface ModelComparison {
  /** Posts scored by both models. */
  readonly posts: number;
  readonly active: ModelCounts;
  readonly other: ModelCounts;
  /** Fraction of posts to which both models give the same label; null without posts. */
  readonly agreement: number | null;
  /** Posts by pair of labels, most frequent pair first. */
  readonly labels: readonly { readonly active: StoredLabel; readonly other: StoredLabel; readonly posts: number }[];
  /** The other model's net sentiment minus the active model's, over posts scored by both. */
  readonly netSentimentDifference: Change | null;
}
