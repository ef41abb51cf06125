import type { ClickHouseClient } from '@clickhouse/client';
import type { Author, BrandSentiment, Engagement, Label, StoredLabel } from '../../domain/post.ts';
import { selectPosts } from './reading.ts';

/** A person's word against the model's, which then is the post's label (and −1, 0 or 1 its score). */
export interface StoredCorrection {
  /** What the model says. */
  readonly modelLabel: StoredLabel;
  /** Whose word it is. */
  readonly by: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason: string;
}

export interface StoredPost {
  readonly platform: string;
  readonly id: string;
  readonly text: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly lang: string;
  readonly author?: Author;
  readonly url?: string;
  readonly engagement: Engagement;
  readonly inReplyTo?: string;
  readonly brands: readonly string[];
  readonly label: StoredLabel;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly score: number;
  readonly confidence: number;
  readonly modelVersion: string;
  readonly truncated: boolean;
  /** What is said of each of several brands, where that is not all of the text; none where the post is corrected. */
  readonly brandSentiment?: readonly BrandSentiment[];
  readonly correction?: StoredCorrection;
}

/** What a post is found by. */
export interface PostKey {
  readonly createdAtMs: number;
  readonly platform: string;
  readonly id: string;
}

interface Row
  extends Omit<StoredPost, 'createdAt' | 'author' | 'engagement' | 'brandSentiment' | 'correction'>,
    Record<keyof Engagement, number | string> {
  readonly createdAtMs: number | string;
  readonly authorId: string;
  readonly authorHandle: string;
  readonly authorName: string;
  readonly followers: number | string;
  readonly brandSentimentRows: readonly (readonly [brand: string, label: Label, negative: number, positive: number])[];
  /** Empty where there is no correction. */
  readonly modelLabel: StoredLabel | '';
  readonly correctedBy: string;
  readonly correctedAtMs: number | string;
  readonly reason: string;
}

/** Ids may be long, and over HTTP parameters are part of the address. */
const mostKeysAtOnce = 200;

/** The posts with these keys, in their order, as they are now. Those deleted since are left out. */
export async function readPosts(reader: ClickHouseClient, keys: readonly PostKey[]): Promise<StoredPost[]> {
  const found = new Map<string, StoredPost>();
  for (let at = 0; at < keys.length; at += mostKeysAtOnce) {
    const part = keys.slice(at, at + mostKeysAtOnce);
    const params = {
      minutes: part.map(({ createdAtMs }) => Math.floor(createdAtMs / 60_000) * 60),
      platforms: part.map(({ platform }) => platform),
      ids: part.map(({ id }) => id),
    };
    const result = await reader.query({ query: selectPosts, query_params: params, format: 'JSONEachRow' });
    for (const row of await result.json<Row>()) found.set(nameOf(row), toPost(row));
  }
  return keys.flatMap((key) => found.get(nameOf(key)) ?? []);
}

const nameOf = ({ platform, id }: { platform: string; id: string }): string => JSON.stringify([platform, id]);

function toPost({
  createdAtMs,
  authorId,
  authorHandle,
  authorName,
  followers,
  likes,
  reposts,
  replies,
  url,
  inReplyTo,
  brandSentimentRows,
  modelLabel,
  correctedBy,
  correctedAtMs,
  reason,
  ...rest
}: Row): StoredPost {
  return {
    ...rest,
    createdAt: new Date(Number(createdAtMs)).toISOString(),
    engagement: { likes: Number(likes), reposts: Number(reposts), replies: Number(replies) },
    ...(authorId ? { author: { id: authorId, handle: authorHandle, name: authorName, followers: Number(followers) } } : {}),
    ...(url ? { url } : {}),
    ...(inReplyTo ? { inReplyTo } : {}),
    ...(brandSentimentRows.length > 0 ? { brandSentiment: brandSentimentRows.map(toBrandSentiment) } : {}),
    ...(modelLabel ? { correction: { modelLabel, by: correctedBy, at: new Date(Number(correctedAtMs)).toISOString(), reason } } : {}),
  };
}

const toBrandSentiment = ([brand, label, negative, positive]: Row['brandSentimentRows'][number]): BrandSentiment => ({
  brand,
  label,
  negative,
  neutral: Math.max(0, 1 - negative - positive),
  positive,
});
