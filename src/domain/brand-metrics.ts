import type { StoredLabel } from './post.ts';

/** What is known of a stretch of time: the records that queries answer with and the page draws. */

/** Bounds of a 95 % confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Counts of posts. Unscored ones (in a language the model does not know) are volume, never sentiment. */
export interface SentimentCounts {
  readonly volume: number;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unscored: number;
  /** 100 · (P − N) / (P + N + U), in [−100, 100]; null where nothing is scored. */
  readonly netSentiment: number | null;
}

/** The figures that have an interval and are compared with the period before. */
export const metricNames = [
  'volume',
  'negativeShare',
  'neutralShare',
  'positiveShare',
  'netSentiment',
  'meanScore',
  'weightedNetSentiment',
  'shareOfVoice',
] as const;
export type Metric = (typeof metricNames)[number];

export interface BrandMetrics extends SentimentCounts {
  /** Shares of the scored posts, from 0 to 1; null where nothing is scored. */
  readonly negativeShare: number | null;
  readonly neutralShare: number | null;
  readonly positiveShare: number | null;
  /** Mean of the scores, in [−1, 1]. */
  readonly meanScore: number | null;
  /** Net sentiment with each post counted as 1 + ln(1 + likes + reposts + replies), in [−100, 100]. */
  readonly weightedNetSentiment: number | null;
  /** Mentions of the brand among those of the brands it is compared with, from 0 to 1; null where it is compared with none. */
  readonly shareOfVoice: number | null;
  /**
   * Distinct authors, approximate: within about 1 % (HyperLogLog with 2^14 registers), exact for small numbers. Null for
   * ranges of more than eight days, whose states are too many to be put together while somebody waits.
   */
  readonly authors: number | null;
  /** Null where too little is known for an interval. */
  readonly intervals: Readonly<Record<Metric, Interval | null>>;
}

/** A figure less what it was in the period before, in the figure's own unit, with the interval of the difference. */
export interface Change extends Interval {
  readonly difference: number;
  /** Whether the interval leaves out zero. */
  readonly significant: boolean;
}

export interface Summary {
  readonly current: BrandMetrics;
  /** The period of equal length that ends where this one starts; null where the history does not reach back to its start. */
  readonly previous: BrandMetrics | null;
  /** Null with `previous`; a figure's change is null where one of its two values is. */
  readonly changes: Readonly<Record<Metric, Change | null>> | null;
}

export type BrandSummary = Summary & { readonly brand: string };

/** Brands beside each other. */
export interface Comparison {
  /** What the shares of voice are of: the mentions of all brands compared. A post counts once for each brand it names. */
  readonly mentions: number;
  /** In the order in which they were asked for. */
  readonly brands: readonly BrandSummary[];
}

export interface BrandCounts extends SentimentCounts {
  /** `*` is all posts. */
  readonly brand: string;
}

/** A part of a brand's posts. */
export interface Segment extends SentimentCounts {
  readonly name: string;
  /** Of all posts of the brand, from 0 to 1. */
  readonly share: number;
  readonly intervals: Readonly<Record<'share' | 'netSentiment', Interval | null>>;
}

/** Where a brand's posts stand, and in which languages; the largest part first. */
export interface Breakdown {
  readonly platforms: readonly Segment[];
  readonly languages: readonly Segment[];
}

/** Lengths of a bucket. */
export const grains = ['minute', '15m', 'hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof grains)[number];

export interface Bucket extends SentimentCounts {
  /** ISO 8601 in UTC. */
  readonly start: string;
  readonly meanScore: number | null;
  readonly weightedNetSentiment: number | null;
  readonly intervals: Readonly<Record<'netSentiment', Interval | null>>;
}

export interface Timeline {
  /** Those in which posts of any brand arrived: one with a volume of 0 is a silence about this brand. */
  readonly buckets: readonly Bucket[];
  /** Starts of those in which nothing arrived at all, up to now: nobody knows what they would have held. */
  readonly gaps: readonly string[];
}

/** A model whose scores are stored. */
export interface ModelVersion {
  readonly version: string;
  /** Posts that count with its scores. */
  readonly counting: number;
  /** Posts for which its scores are kept beside those that count. */
  readonly kept: number;
  /** The first and the last of all these posts. */
  readonly from: string;
  readonly to: string;
}

export interface ModelCounts extends Readonly<Record<StoredLabel, number>> {
  readonly netSentiment: number | null;
  readonly meanScore: number | null;
}

/** Two models over the same posts: the one whose scores count, and another. */
export interface ModelComparison {
  /** Posts that have scores of both. */
  readonly posts: number;
  readonly counting: ModelCounts;
  readonly other: ModelCounts;
  /** Share of posts on which both say the same. */
  readonly agreement: number | null;
  /** How many posts have which label from each, the most first. */
  readonly labels: readonly { readonly counting: StoredLabel; readonly other: StoredLabel; readonly posts: number }[];
  /** The other's net sentiment less that of the one that counts, over posts that both score. */
  readonly netDifference: Change | null;
}
