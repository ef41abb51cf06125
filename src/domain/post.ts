/** The records that travel from feed to dashboard. Every room speaks in these. */

export const labels = ['negative', 'neutral', 'positive'] as const;
export type Label = (typeof labels)[number];

/** `unscored`: in a language the model does not know. It counts as volume, never as sentiment. */
export const storedLabels = [...labels, 'unscored'] as const;
export type StoredLabel = (typeof storedLabels)[number];

export interface Author {
  readonly id: string;
  readonly handle?: string;
  readonly name?: string;
  readonly followers?: number;
}

export interface Engagement {
  readonly likes: number;
  readonly reposts: number;
  readonly replies: number;
}

/** A post as a feed hands it over: checked, well-formed Unicode, every date filled in. */
export interface Post {
  readonly platform: string;
  /** Unique within its platform. */
  readonly id: string;
  /** Empty for a deletion. */
  readonly text: string;
  /** ISO 8601 in UTC with milliseconds; the feed's own timestamp where the message had none. */
  readonly createdAt: string;
  /** ISO 8601 in UTC with milliseconds; decides which of several versions of a post wins. */
  readonly updatedAt: string;
  readonly deleted: boolean;
  /** BCP 47, lower case, as the platform declared it. */
  readonly lang?: string;
  readonly author?: Author;
  readonly url?: string;
  readonly engagement?: Engagement;
  readonly inReplyTo?: string;
}

/** Where a message came from: unique per feed, and monotonic within (topic, partition). */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** Decimal, because Kafka offsets are 64 bits wide. */
  readonly offset: string;
}

/** Why a post that was read cannot be kept after all: the model fails on it, or the database refuses its row. */
export type Rejection = 'inference-failed' | 'insert-rejected';

/** A post and the place it came from, as ingest emits it. */
export interface SourceRecord {
  readonly post: Post;
  readonly position: Position;
  /** Puts the post to the dead letters. Resolves when it is durable there; only then may its batch be acknowledged. */
  rejectToDeadLetters(reason: Rejection): Promise<void>;
}

/** What the model says of one text. Probabilities are calibrated and sum to 1 (all 0 when unscored). */
export interface Prediction {
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly label: StoredLabel;
  /** P(positive) − P(negative), in [−1, 1]; 0 when unscored. */
  readonly score: number;
  /** The highest calibrated probability; 0 when unscored. */
  readonly confidence: number;
  /** BCP 47 primary subtag: declared by the post, or detected. `und` when unknown. */
  readonly lang: string;
  /** True when the text was longer than the model reads. */
  readonly truncated: boolean;
  /** What is said of each of several brands, where that is another part of the text than all of it. */
  readonly brandSentiment?: readonly BrandSentiment[];
}

/** What the model says of the clauses about one brand; calibrated probabilities that sum to 1. */
export interface BrandSentiment {
  readonly brand: string;
  readonly label: Label;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
}

export interface ScoredPost extends Post, Prediction {
  readonly lang: string;
  readonly brands: readonly string[];
  /** Hash of the brand rules that produced `brands`. */
  readonly brandsHash: string;
  readonly modelVersion: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly scoredAt: string;
  readonly position: Position;
}
