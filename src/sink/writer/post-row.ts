import type { ScoredPost } from '../../domain/post.ts';
import { RowRejected } from '../client/database-errors.ts';
import { maxDateTimeMs } from '../client/limits.ts';

/**
 * A post as a row of `posts`.
 * @param found `createdAtMs`: milliseconds since 1970, from its first version; `isCopy`: whether its text repeats another post's
 * @throws DATABASE_REJECTED for a value that ClickHouse would silently change
 */
export function toRow(post: ScoredPost, { createdAtMs, isCopy }: { readonly createdAtMs: number; readonly isCopy: boolean }) {
  return {
    created_at: toDateTime(createdAtMs),
    platform: post.platform,
    id: post.id,
    version: toVersion(post),
    updated_at: toDateTime(toTimestampMs(post, 'updatedAt')),
    deleted: post.deleted,
    text: post.text,
    lang: post.lang,
    author_id: post.author?.id ?? '',
    author_handle: post.author?.handle ?? '',
    author_name: post.author?.name ?? '',
    author_followers: requireCount(post, 'followers', post.author?.followers),
    url: post.url ?? '',
    likes: requireCount(post, 'likes', post.engagement?.likes),
    reposts: requireCount(post, 'reposts', post.engagement?.reposts),
    replies: requireCount(post, 'replies', post.engagement?.replies),
    in_reply_to: post.inReplyTo ?? '',
    rating: requireRating(post),
    brands: post.brands,
    brands_hash: post.brandsHash,
    label: post.label,
    negative: requireInRange(post, 'negative', 0),
    neutral: requireInRange(post, 'neutral', 0),
    positive: requireInRange(post, 'positive', 0),
    score: requireInRange(post, 'score', -1),
    confidence: requireInRange(post, 'confidence', 0),
    model_version: post.modelVersion,
    scored_at: toDateTime(toTimestampMs(post, 'scoredAt')),
    truncated: post.truncated,
    is_copy: isCopy,
    ...brandSentimentColumns(checkBrandSentiment(post)),
    topic: post.position.topic,
    partition: post.position.partition,
    offset: requireOffset(post),
  };
}

/** The version of a post's row: twice its time of change in ms, plus one for a deletion, which therefore wins a tie. */
export function toVersion(post: ScoredPost): number {
  return toTimestampMs(post, 'updatedAt') * 2 + (post.deleted ? 1 : 0);
}

/** Brand sentiment as the aligned array columns of `posts` and `scores`. */
export function brandSentimentColumns(brandSentiment: ScoredPost['brandSentiment'] = []) {
  return {
    brand_sentiment_brands: brandSentiment.map(({ brand }) => brand),
    brand_sentiment_labels: brandSentiment.map(({ label }) => label),
    brand_sentiment_negative: brandSentiment.map(({ negative }) => negative),
    brand_sentiment_positive: brandSentiment.map(({ positive }) => positive),
  };
}

/** Milliseconds since 1970 of one of a post's times. */
export function toTimestampMs(post: ScoredPost, field: 'createdAt' | 'updatedAt' | 'scoredAt'): number {
  const ms = Date.parse(post[field]);
  if (!(ms >= 0 && ms < maxDateTimeMs)) throw rowRejected(post, field);
  return ms;
}

/** `2026-01-31 12:00:00.000`, as the DateTime columns expect it, in UTC. */
export function toDateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

function requireInRange(post: ScoredPost, field: 'negative' | 'neutral' | 'positive' | 'score' | 'confidence', min: number): number {
  const value = post[field];
  if (!isWithin(value, min)) throw rowRejected(post, field);
  return value;
}

function checkBrandSentiment(post: ScoredPost): ScoredPost['brandSentiment'] {
  if (post.brandSentiment?.some(({ negative, positive }) => !isWithin(negative, 0) || !isWithin(positive, 0)))
    throw rowRejected(post, 'brandSentiment');
  return post.brandSentiment;
}

/** Softmax in single precision may slightly exceed 1. */
const isWithin = (value: number, min: number): boolean => value >= min - 1e-3 && value <= 1.001;

function requireCount(post: ScoredPost, field: string, value = 0): number {
  if (!Number.isSafeInteger(value) || value < 0) throw rowRejected(post, field);
  return value;
}

/** Stars as whole numbers; 0 without a rating. */
function requireRating(post: ScoredPost): number {
  const { rating = 0 } = post;
  if (!Number.isInteger(rating) || rating < 0 || rating > 5) throw rowRejected(post, 'rating');
  return rating;
}

function requireOffset(post: ScoredPost): string {
  if (!/^\d{1,19}$/.test(post.position.offset)) throw rowRejected(post, 'offset');
  return post.position.offset;
}

/** Names the post by its position: its own fields are personal data. */
function rowRejected({ position }: ScoredPost, field: string): RowRejected {
  return new RowRejected(`The ${field} of the post at ${position.topic}/${position.partition}/${position.offset} is out of range.`);
}
