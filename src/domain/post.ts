/** Shared record types, from source to dashboard. */

export const labels = ['negative', 'neutral', 'positive'] as const;
export type Label = (typeof labels)[number];

/** `unscored`: in a language that the model does not support. Such posts count as volume, never as sentiment. */
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

/** A parsed post: validated, well-formed Unicode, with defaults for missing timestamps. */
export interface Post {
  readonly platform: string;
  /** Unique within its platform. */
  readonly id: string;
  /** Empty for a deletion. */
  readonly text: string;
  /** ISO 8601 in UTC with milliseconds; the message's timestamp if the post has none. */
  readonly createdAt: string;
  /** ISO 8601 in UTC with milliseconds. Of several versions of a post, the latest wins. */
  readonly updatedAt: string;
  readonly deleted: boolean;
  /** Set on a deletion of every stored post of `author`; `id` is then the author's. */
  readonly deletesAuthor?: true;
  /** BCP 47 tag in lower case, as declared by the platform. */
  readonly lang?: string;
  readonly author?: Author;
  readonly url?: string;
  readonly engagement?: Engagement;
  readonly inReplyTo?: string;
  /** IDs of the post besides `id`, where a platform gives each version its own. A deletion may name any of them. */
  readonly otherIds?: readonly string[];
  /** Stars of a review, 1 to 5. */
  readonly rating?: number;
}

/** Position of a message in its source: unique per source, and monotonic within (topic, partition). */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** Decimal, because Kafka offsets are 64 bits wide. */
  readonly offset: string;
}

/** Why a parsed post cannot be stored: inference failed on it, or the database rejected its row. */
export type Rejection = 'inference-failed' | 'insert-rejected';

/** A post with its position, as emitted by a source. */
export interface SourceRecord {
  readonly post: Post;
  readonly position: Position;
  /** Writes the post to the dead letters. Resolves once it is durable; do not acknowledge the batch earlier. */
  rejectToDeadLetters(reason: Rejection): Promise<void>;
}

/** The model's output for a text. Probabilities are calibrated and sum to 1 (all 0 if unscored). */
export interface Prediction {
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly label: StoredLabel;
  /** P(positive) − P(negative), in [−1, 1]; 0 when unscored. */
  readonly score: number;
  /** The highest calibrated probability; 0 when unscored. */
  readonly confidence: number;
  /** BCP 47 primary subtag: declared by the post unless the text is clearly in another language. `und` when unknown. */
  readonly lang: string;
  /** True if the text was longer than the model's maximum length: only its beginning and its end are scored. */
  readonly truncated: boolean;
  /** Sentiment per brand, for brands mentioned in only part of the text. */
  readonly brandSentiment?: readonly BrandSentiment[];
}

/** The model's output for the clauses about a brand; calibrated probabilities that sum to 1. */
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
  /** Hash of the brand rules that matched `brands`. */
  readonly brandsHash: string;
  readonly modelVersion: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly scoredAt: string;
  readonly position: Position;
}
