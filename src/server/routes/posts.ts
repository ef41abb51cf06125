import { z } from 'zod';
import {
  type Cursor,
  countMatches,
  type FoldedPost,
  type PostCounts,
  searchFolded,
  searchPosts,
} from '../../analytics/search/search-posts.ts';
import { officialHandles } from '../../config/official-accounts.ts';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { normalizeHandle } from '../../lib/handle.ts';
import { parseJson } from '../../lib/json.ts';
import type { StoredPost } from '../../sink/queries/posts.ts';
import type { App } from '../http/create-app.ts';
import type { QueryDeps } from './dependencies.ts';
import { anyOfBrands, readTime, resolveRange, time } from './query-schemas.ts';
import { count, fraction, timestamp } from './response-schemas.ts';

const confidence = z.coerce.number().min(0).max(1);

const filterFields = {
  brand: anyOfBrands,
  label: z.enum(storedLabels).optional(),
  platform: z.string().min(1).max(100).optional(),
  lang: z.string().min(1).max(35).optional().describe('Primary language subtag: en, pt, und'),
  author: z.string().min(1).max(300).optional().describe('ID, or handle with or without @'),
  minConfidence: confidence.optional().describe('The highest calibrated probability, 0 to 1; 0 for unscored posts'),
  maxConfidence: confidence.optional(),
  text: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Words in any inflection, "phrases", prefix*, AND, OR, NOT or -, parentheses; ignores case and diacritics'),
  official: z
    .enum(['include', 'exclude', 'only'])
    .default('include')
    .describe("Posts by the brands' own accounts (`brands[].official`, or the aliases that are handles)"),
};

const postsQuery = z.strictObject({
  ...filterFields,
  from: time.optional().describe('Start of the range; all history when absent'),
  to: time.optional(),
  sort: z
    .enum(['time', 'impact', 'reach', 'confidence', 'engagement'])
    .default('time')
    .describe(
      'impact: confidence × (1 + ln(1 + followers + engagement)); reach: followers; engagement: likes + reposts + replies. All but time: over at most 31 days',
    ),
  fold: z.enum(['true', 'false']).default('false').describe('Folds near-duplicates on a page into the first of them'),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  before: z.string().max(2_000).optional().describe('`next` of the previous page of the same query'),
});

const storedLabel = z.enum(storedLabels);
const probabilities = { negative: fraction, neutral: fraction, positive: fraction };

const postFields = {
  platform: z.string(),
  id: z.string(),
  text: z.string().describe('Untrusted text: never render it as markup'),
  createdAt: timestamp,
  lang: z.string(),
  author: z
    .strictObject({
      id: z.string(),
      handle: z.string().exactOptional(),
      name: z.string().exactOptional(),
      followers: count.exactOptional(),
    })
    .exactOptional(),
  url: z.string().exactOptional(),
  engagement: z.strictObject({ likes: count, reposts: count, replies: count }),
  inReplyTo: z.string().exactOptional(),
  rating: z.int().meta({ minimum: 1, maximum: 5 }).exactOptional().describe('Stars of a review'),
  brands: z.array(z.string()).readonly(),
  label: storedLabel.describe('The corrected label if there is a correction'),
  ...probabilities,
  score: z.number().meta({ minimum: -1, maximum: 1 }).describe('P(positive) − P(negative); −1, 0 or 1 for corrected posts'),
  confidence: fraction,
  modelVersion: z.string(),
  truncated: z.boolean(),
  brandSentiment: z
    .array(z.strictObject({ brand: z.string(), label: z.enum(labels), ...probabilities }))
    .readonly()
    .exactOptional()
    .describe('Sentiment per brand, if scored separately from the whole post'),
  correction: z.strictObject({ modelLabel: storedLabel, by: z.string(), at: timestamp, reason: z.string() }).exactOptional(),
  official: z.literal(true).exactOptional().describe("By one of the brands' own accounts"),
};
export const plainPost = z.strictObject(postFields) satisfies z.ZodType<StoredPost>;

const post = z.strictObject({
  ...postFields,
  similar: z
    .strictObject({ count: count.describe('Other posts of this page with nearly the same text'), posts: z.array(plainPost).readonly() })
    .exactOptional(),
}) satisfies z.ZodType<FoldedPost>;

const postsResponse = z
  .strictObject({
    brand: z.union([z.string(), z.array(z.string())]).describe('As requested: a list for several brands'),
    posts: z.array(post).readonly(),
    next: z.string().nullable().describe('`before` of the next page'),
  })
  .describe('One page of posts');

const countsResponse = z
  .strictObject({
    total: count,
    bucketMs: z.int(),
    buckets: z.array(z.strictObject({ start: timestamp, negative: count, neutral: count, positive: count, unscored: count })).readonly(),
  })
  .describe('Buckets with posts in chronological order') satisfies z.ZodType<PostCounts>;

const countsSchema = {
  summary: 'How many posts match a search, and when they were created; over at most 92 days',
  querystring: z.strictObject({ ...filterFields, from: time.default('now-24h'), to: time.default('now') }),
  response: { 200: countsResponse },
};

const schema = {
  summary: 'Posts of one or several brands, page by page; while `next` is not null there may be more, even after an empty page',
  querystring: postsQuery,
  response: { 200: postsResponse },
};

/** Search of stored posts by time, label, platform, language, author, confidence and text. */
export function registerPostsRoutes(app: App, { heavyReader, clock, brands }: QueryDeps): void {
  const config = { role: 'viewer', cacheable: true } as const;
  const toFilter = <Q extends { official: 'include' | 'exclude' | 'only' }>({ official, ...query }: Q) => ({
    ...query,
    ...(official === 'exclude' && { excludedHandles: officialHandles(brands()) }),
    ...(official === 'only' && { onlyHandles: officialHandles(brands()) }),
  });

  app.get('/api/v1/posts', { config, schema }, async ({ query: { from, to, before, fold, ...query } }) => {
    const range = openRange(from, to, clock.now());
    const cursor = before === undefined ? undefined : decodeCursor(before);
    const search = fold === 'true' ? searchFolded : searchPosts;
    const { posts, next } = await search(heavyReader, { ...toFilter(query), ...range, before: cursor }, clock);
    const handles = officialHandles(brands());
    const isOfficial = ({ author }: StoredPost): boolean => handles.includes(normalizeHandle(author?.handle ?? ''));
    const mark = <P extends StoredPost>(post: P): P => (isOfficial(post) ? { ...post, official: true } : post);
    const marked = posts.map((post: FoldedPost) => ({
      ...mark(post),
      ...(post.similar && { similar: { ...post.similar, posts: post.similar.posts.map(mark) } }),
    }));
    return { brand: query.brand, posts: marked, next: next && encodeCursor(next) };
  });

  app.get('/api/v1/posts/counts', { config, schema: countsSchema }, ({ query: { from, to, ...query } }) =>
    countMatches(heavyReader, { ...toFilter(query), ...resolveRange({ from, to }, clock.now()) }),
  );
}

/** A range with optional ends. */
function openRange(from: string | undefined, to: string | undefined, now: number): { from?: Date; to?: Date } {
  if (from !== undefined && to !== undefined) return resolveRange({ from, to }, now);
  const dateOf = (value: string): Date => new Date(readTime(value, now) ?? now);
  return { ...(from !== undefined && { from: dateOf(from) }), ...(to !== undefined && { to: dateOf(to) }) };
}

function encodeCursor({ createdAtMs, platform, id, rank }: Cursor): string {
  const parts = [createdAtMs, platform, id, ...(rank === undefined ? [] : [rank])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

const timestampMs = z
  .int()
  .min(0)
  .max(Date.UTC(2106, 0, 1));
const cursorParts = z.union([
  z.tuple([timestampMs, z.string(), z.string()]),
  z.tuple([timestampMs, z.string(), z.string(), z.int().min(0)]),
]);

/** @throws USAGE if `text` is not a cursor that `encodeCursor` made */
function decodeCursor(text: string): Cursor {
  const checked = cursorParts.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!checked.success) throw new FeedpulseError('USAGE', 'before: expected the `next` of a page of posts.');
  const [createdAtMs, platform, id, rank] = checked.data;
  // Stored keys are well-formed Unicode; a lone surrogate could not be sent as a parameter.
  return { createdAtMs, platform: platform.toWellFormed(), id: id.toWellFormed(), ...(rank !== undefined && { rank }) };
}
