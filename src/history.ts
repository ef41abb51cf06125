/** What is known of a stretch of time: the records that queries answer with and the page draws. */

/** Counts of posts. Unscored ones (in a language the model does not know) are volume, never sentiment. */
export interface Figures {
  readonly volume: number;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unscored: number;
  /** 100 · (P − N) / (P + N + U), in [−100, 100]; null where nothing is scored. */
  readonly netSentiment: number | null;
}

export interface Totals extends Figures {
  /** Distinct authors, approximate: within about 1 % (HyperLogLog with 2^14 registers), exact for small numbers. */
  readonly authors: number;
}

export interface Summary {
  readonly current: Totals;
  /** The period of equal length that ends where this one starts. */
  readonly previous: Totals;
}

export interface BrandFigures extends Figures {
  /** `*` is all posts. */
  readonly brand: string;
}

/** Lengths of a bucket. */
export type Grain = 'minute' | 'quarter' | 'hour' | 'day' | 'week';

export interface Bucket extends Figures {
  /** ISO 8601 in UTC. */
  readonly start: string;
}
