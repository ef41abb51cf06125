import type { ScoredPost } from '../../domain/post.ts';
import { RowRejected } from '../client/database-errors.ts';

/** The range of a DateTime column; ClickHouse would silently clamp other values. */
const minMs = 0;
const maxMs = Date.UTC(2106, 0, 1);

/**
 * A post as a row of `posts`.
 * @param createdAtMs milliseconds since 1970, from its first version
 * @throws DATABASE_REJECTED for a value that ClickHouse would silently change
 */
export function toRow(post: ScoredPost, createdAtMs: number) {
  const updatedAtMs = readTime(post, 'updatedAt');
  return {
    created_at: toDateTime(createdAtMs),
    platform: post.platform,
    id: post.id,
    version: updatedAtMs * 2 + (post.deleted ? 1 : 0),
    updated_at: toDateTime(updatedAtMs),
    deleted: post.deleted,
    text: post.text,
    lang: post.lang,
    author_id: post.author?.id ?? '',
    author_handle: post.author?.handle ?? '',
    author_name: post.author?.name ?? '',
    author_followers: count(post, 'followers', post.author?.followers),
    url: post.url ?? '',
    likes: count(post, 'likes', post.engagement?.likes),
    reposts: count(post, 'reposts', post.engagement?.reposts),
    replies: count(post, 'replies', post.engagement?.replies),
    in_reply_to: post.inReplyTo ?? '',
    brands: post.brands,
    brands_hash: post.brandsHash,
    label: post.label,
    negative: within(post, 'negative', 0),
    neutral: within(post, 'neutral', 0),
    positive: within(post, 'positive', 0),
    score: within(post, 'score', -1),
    confidence: within(post, 'confidence', 0),
    model_version: post.modelVersion,
    scored_at: toDateTime(readTime(post, 'scoredAt')),
    truncated: post.truncated,
    ...brandSentimentColumns(checkedBrandSentiment(post)),
    topic: post.position.topic,
    partition: post.position.partition,
    offset: offset(post),
  };
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
export function readTime(post: ScoredPost, field: 'createdAt' | 'updatedAt' | 'scoredAt'): number {
  const ms = Date.parse(post[field]);
  if (!(ms >= minMs && ms < maxMs)) throw rowRejected(post, field);
  return ms;
}

/** `2026-01-31 12:00:00.000`, as the DateTime columns expect it, in UTC. */
export function toDateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

function within(post: ScoredPost, field: 'negative' | 'neutral' | 'positive' | 'score' | 'confidence', min: number): number {
  const value = post[field];
  if (!isWithin(value, min)) throw rowRejected(post, field);
  return value;
}

function checkedBrandSentiment(post: ScoredPost): ScoredPost['brandSentiment'] {
  if (post.brandSentiment?.some(({ negative, positive }) => !isWithin(negative, 0) || !isWithin(positive, 0)))
    throw rowRejected(post, 'brandSentiment');
  return post.brandSentiment;
}

/** Softmax in single precision may slightly exceed 1. */
const isWithin = (value: number, min: number): boolean => value >= min - 1e-3 && value <= 1.001;

function count(post: ScoredPost, field: string, value = 0): number {
  if (!Number.isSafeInteger(value) || value < 0) throw rowRejected(post, field);
  return value;
}

function offset(post: ScoredPost): string {
  if (!/^\d{1,19}$/.test(post.position.offset)) throw rowRejected(post, 'offset');
  return post.position.offset;
}

/** Names the post by its position: its own fields are personal data. */
function rowRejected({ position }: ScoredPost, field: string): RowRejected {
  return new RowRejected(`${field} of the post at ${position.topic}/${position.partition}/${position.offset} is out of range`);
}
