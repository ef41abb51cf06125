import type { ClickHouseClient } from '@clickhouse/client';
import type { Author, Engagement, StoredLabel } from '../post.ts';
import { selectPosts, selectReach } from './queries.ts';

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
}

/** The last post of a page: the next page starts below it. */
export type Cursor = Pick<StoredPost, 'createdAt' | 'platform' | 'id'>;

interface Row extends Omit<StoredPost, 'createdAt' | 'author' | 'engagement'>, Record<keyof Engagement, number | string> {
  readonly createdAtMs: number | string;
  readonly authorId: string;
  readonly authorHandle: string;
  readonly authorName: string;
  readonly followers: number | string;
}

/** Beyond every stored post, and within Int64. */
const endOfTimeMs = Date.UTC(2106, 0, 1);

/** The newest posts of a brand (`*`: all posts), newest first; `before` a cursor: the next page. Deleted ones are left out. */
export async function recentPosts(
  reader: ClickHouseClient,
  query: { brand: string; before?: Cursor; limit: number },
): Promise<StoredPost[]> {
  const { brand, before, limit } = query;
  const beforeMs = before ? Date.parse(before.createdAt) : endOfTimeMs;
  const params = { brand, limit, beforeMs, beforePlatform: before?.platform ?? '', beforeId: before?.id ?? '' };
  const reach = await reader.query({ query: selectReach, query_params: params, format: 'JSONEachRow' });
  const [row] = await reach.json<{ since: number }>();
  const result = await reader.query({
    query: selectPosts,
    query_params: { ...params, since: Number(row?.since ?? 0) },
    format: 'JSONEachRow',
  });
  return (await result.json<Row>()).map(toPost);
}

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
  ...rest
}: Row): StoredPost {
  return {
    ...rest,
    createdAt: new Date(Number(createdAtMs)).toISOString(),
    engagement: { likes: Number(likes), reposts: Number(reposts), replies: Number(replies) },
    ...(authorId ? { author: { id: authorId, handle: authorHandle, name: authorName, followers: Number(followers) } } : {}),
    ...(url ? { url } : {}),
    ...(inReplyTo ? { inReplyTo } : {}),
  };
}
