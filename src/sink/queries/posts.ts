import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { type Author, type BrandSentiment, type Engagement, labels, type StoredLabel, storedLabels } from '../../domain/post.ts';
import { minuteMs } from '../../lib/duration.ts';
import { toIso } from '../../lib/time.ts';
import { numeric, query } from '../client/query.ts';
import { keyParams, type PageKey } from './sql.ts';

/** A person's label for a post, which replaces the model's (its score is then -1, 0 or 1). */
export interface StoredCorrection {
  /** The model's label. */
  readonly modelLabel: StoredLabel;
  /** Who corrected it. */
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
  /** Stars of a review, 1 to 5. */
  readonly rating?: number;
  readonly brands: readonly string[];
  readonly label: StoredLabel;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly score: number;
  readonly confidence: number;
  readonly modelVersion: string;
  readonly truncated: boolean;
  /** Sentiment for brands that have clauses of their own; absent if the post is corrected. */
  readonly brandSentiment?: readonly BrandSentiment[];
  readonly correction?: StoredCorrection;
}

/** Identifies a post in the table. */
export interface PostKey {
  readonly createdAtMs: number;
  readonly platform: string;
  readonly id: string;
}

const storedPost = z.object({
  ...{ platform: z.string(), id: z.string(), text: z.string(), createdAtMs: numeric, lang: z.string() },
  ...{ authorId: z.string(), authorHandle: z.string(), authorName: z.string(), followers: numeric },
  ...{ url: z.string(), likes: numeric, reposts: numeric, replies: numeric, inReplyTo: z.string(), rating: numeric },
  ...{ brands: z.array(z.string()), label: z.enum(storedLabels) },
  ...{ negative: numeric, neutral: numeric, positive: numeric, score: numeric, confidence: numeric },
  ...{ modelVersion: z.string(), truncated: z.boolean() },
  brandSentiment: z.array(z.tuple([z.string(), z.enum(labels), numeric, numeric])),
  // Empty if there is no correction.
  ...{ modelLabel: z.enum([...storedLabels, '']), correctedBy: z.string(), correctedAtMs: numeric, reason: z.string() },
});

/** IDs may be long, and over HTTP parameters are part of the URL. */
const maxKeys = 200;

/** Current versions of the posts with these keys, in key order; deleted posts are omitted. */
export async function readPosts(reader: ClickHouseClient, keys: readonly PostKey[]): Promise<StoredPost[]> {
  const sql = `
  SELECT p.platform AS platform, p.id AS id, text, toUnixTimestamp64Milli(p.created_at) AS createdAtMs, lang,
    author_id AS authorId, author_handle AS authorHandle, author_name AS authorName, author_followers AS followers,
    url, likes, reposts, replies, in_reply_to AS inReplyTo, rating, brands, label,
    negative, neutral, positive, score, confidence, model_version AS modelVersion, truncated,
    arrayZip(brand_sentiment_brands, brand_sentiment_labels, brand_sentiment_negative, brand_sentiment_positive) AS brandSentiment,
    if(correction = 'none', '', model_label) AS modelLabel, corrected_by AS correctedBy, correction_reason AS reason,
    toUnixTimestamp64Milli(corrected_at) AS correctedAtMs
  FROM effective_posts AS p
  WHERE NOT deleted AND (p.minute, p.platform, p.id) IN (
    SELECT toDateTime(k.1, 'UTC'), k.2, k.3
    FROM (SELECT arrayJoin(arrayZip({minutes:Array(UInt32)}, {platforms:Array(String)}, {ids:Array(String)})) AS k)
  )`;
  const found = new Map<string, StoredPost>();
  for (let offset = 0; offset < keys.length; offset += maxKeys) {
    const batch = keys.slice(offset, offset + maxKeys);
    const params = {
      minutes: batch.map(({ createdAtMs }) => Math.floor(createdAtMs / minuteMs) * 60),
      platforms: batch.map(({ platform }) => platform),
      ids: batch.map(({ id }) => id),
    };
    for (const row of await query(reader, storedPost, sql, params)) found.set(postKey(row), toPost(row));
  }
  return keys.flatMap((key) => found.get(postKey(key)) ?? []);
}

/** A post's platform and id in one string. */
export const postKey = ({ platform, id }: { readonly platform: string; readonly id: string }): string => JSON.stringify([platform, id]);

function toPost(row: z.output<typeof storedPost>): StoredPost {
  const { createdAtMs, authorId, authorHandle, authorName, followers, likes, reposts, replies, ...other } = row;
  const { url, inReplyTo, rating, brandSentiment, modelLabel, correctedBy, correctedAtMs, reason, ...rest } = other;
  return {
    ...rest,
    createdAt: toIso(createdAtMs),
    engagement: { likes, reposts, replies },
    ...(authorId && { author: { id: authorId, handle: authorHandle, name: authorName, followers } }),
    ...(url && { url }),
    ...(inReplyTo && { inReplyTo }),
    ...(rating && { rating }),
    ...(brandSentiment.length > 0 && {
      brandSentiment: brandSentiment.map(([brand, label, negative, positive]) => ({
        ...{ brand, label, negative, neutral: Math.max(0, 1 - negative - positive), positive },
      })),
    }),
    ...(modelLabel && { correction: { modelLabel, by: correctedBy, at: toIso(correctedAtMs), reason } }),
  };
}

const authoredPost = z.object({
  ...{ minute: numeric, platform: z.string(), id: z.string(), createdAtMs: numeric, author: z.string(), version: numeric },
});
export type AuthoredPost = z.output<typeof authoredPost>;

/**
 * One page of the posts of a platform by any of these authors, in the order of the table, so that a page is read without
 * the rest. Read without FINAL: a post may be there in several versions, and one that names the author is found although a
 * later one does not, until the two are merged.
 */
export function readPostsOfAuthors(
  client: ClickHouseClient,
  { platform, authors }: { readonly platform: string; readonly authors: readonly string[] },
  { after, limit }: { readonly after: Omit<PageKey, 'platform'>; readonly limit: number },
  signal?: AbortSignal,
): Promise<AuthoredPost[]> {
  const sql = `
  SELECT toUnixTimestamp(p.minute) AS minute, p.platform AS platform, p.id AS id, toUnixTimestamp64Milli(p.created_at) AS createdAtMs,
    p.author_id AS author, p.version AS version
  FROM posts AS p
  WHERE p.platform = {platform:String} AND p.author_id IN {authors:Array(String)}
    AND p.minute >= toDateTime({minute:UInt32}, 'UTC') AND (p.minute, p.id) > (toDateTime({minute:UInt32}, 'UTC'), {id:String})
  ORDER BY p.minute, p.platform, p.id
  LIMIT {limit:UInt32}
  SETTINGS max_threads = 1, max_memory_usage = 400000000`;
  return query(client, authoredPost, sql, { platform, authors, minute: after.minute, id: after.id, limit }, signal);
}

/** Bounds the length of one statement's parameters. */
const maxFirstSeenKeys = 1_000;

const firstSeen = z.object({ platform: z.string(), id: z.string(), createdAt: numeric });

/**
 * When each of these posts was created (ms since 1970) according to its first version, by `keyOf`. Posts never seen are
 * omitted. The two lists of parameters are independent, so other posts may be in the result.
 */
export async function findFirstSeen(
  client: ClickHouseClient,
  keys: readonly Pick<PostKey, 'platform' | 'id'>[],
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const sql = `
  SELECT platform, id, toUnixTimestamp64Milli(argMin(created_at, _block_number)) AS createdAt
  FROM post_first_seen
  WHERE id IN {ids:Array(String)} AND platform IN {platforms:Array(String)}
  GROUP BY platform, id
  SETTINGS max_threads = 1`;
  const found = new Map<string, number>();
  for (let start = 0; start < keys.length; start += maxFirstSeenKeys) {
    const params = keyParams(keys.slice(start, start + maxFirstSeenKeys));
    for (const row of await query(client, firstSeen, sql, params, signal)) found.set(postKey(row), row.createdAt);
  }
  return found;
}

/** Number of stored posts of each minute since `since` (both in ms since 1970); minutes without posts are omitted. */
export async function countPostsByMinute(reader: ClickHouseClient, since: number): Promise<Map<number, number>> {
  const sql = `
  SELECT toUnixTimestamp(minute) AS start, count() AS posts
  FROM posts FINAL
  WHERE minute >= toDateTime({since:UInt32}, 'UTC')
  GROUP BY minute`;
  const rows = await query(reader, z.object({ start: numeric, posts: numeric }), sql, { since: Math.floor(since / 1_000) });
  return new Map(rows.map(({ start, posts }) => [start * 1_000, posts]));
}

/**
 * IDs that start with `prefix`, of the newest stored posts of a platform that are not deleted and were created after
 * `since` (ms since 1970).
 */
export async function listRecentIds(
  reader: ClickHouseClient,
  { platform, prefix, since, limit }: { platform: string; prefix: string; since: number; limit: number },
): Promise<readonly string[]> {
  // Without FINAL, which would also merge the posts of other platforms.
  const sql = `
  SELECT id
  FROM posts
  WHERE minute >= toDateTime({since:UInt32}, 'UTC') AND platform = {platform:String} AND startsWith(id, {prefix:String})
  GROUP BY id
  HAVING NOT argMax(deleted, version)
  ORDER BY max(created_at) DESC
  LIMIT {limit:UInt32}`;
  const params = { platform, prefix, since: Math.floor(since / 1_000), limit };
  return (await query(reader, z.object({ id: z.string() }), sql, params)).map(({ id }) => id);
}
