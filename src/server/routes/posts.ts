import { z } from 'zod';
import { type Cursor, searchPosts } from '../../analytics/search/search-posts.ts';
import { labels, storedLabels } from '../../domain/post.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/json.ts';
import type { StoredPost } from '../../sink/queries/posts.ts';
import type { App } from '../http/create-app.ts';
import type { QueryDeps } from './dependencies.ts';
import { anyOfBrands, readTime, resolveRange, time } from './query-schemas.ts';
import { count, fraction, timestamp } from './response-schemas.ts';

const confidence = z.coerce.number().min(0).max(1);

const postsQuery = z.strictObject({
  brand: anyOfBrands,
  from: time.optional().describe('Start of the range; all history when absent'),
  to: time.optional(),
  label: z.enum(storedLabels).optional(),
  platform: z.string().min(1).max(100).optional(),
  lang: z.string().min(1).max(35).optional().describe('Primary language subtag: en, pt, und'),
  author: z.string().min(1).max(300).optional().describe('ID, or handle with or without @'),
  minConfidence: confidence.optional().describe('The highest calibrated probability, 0 to 1; 0 for unscored posts'),
  maxConfidence: confidence.optional(),
  text: z.string().min(1).max(200).optional().describe('Words and "phrases" that a post must contain; ignores case and diacritics'),
  sort: z.enum(['time', 'engagement']).default('time').describe('engagement: likes + reposts + replies, over at most 31 days'),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  before: z.string().max(2_000).optional().describe('`next` of the previous page of the same query'),
});

const storedLabel = z.enum(storedLabels);
const probabilities = { negative: fraction, neutral: fraction, positive: fraction };

const post = z.strictObject({
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
}) satisfies z.ZodType<StoredPost>;

const postsResponse = z
  .strictObject({
    brand: z.union([z.string(), z.array(z.string())]).describe('As requested: a list for several brands'),
    posts: z.array(post).readonly(),
    next: z.string().nullable().describe('`before` of the next page'),
  })
  .describe('One page of posts');

const schema = {
  summary: 'Posts of one or several brands, page by page; while `next` is not null there may be more, even after an empty page',
  querystring: postsQuery,
  response: { 200: postsResponse },
};

/** Search of stored posts by time, label, platform, language, author, confidence and text. */
export function registerPostsRoutes(app: App, { heavyReader, clock }: QueryDeps): void {
  app.get('/api/v1/posts', { config: { role: 'viewer', cacheable: true }, schema }, async ({ query: { from, to, before, ...query } }) => {
    const range = openRange(from, to, clock.now());
    const cursor = before === undefined ? undefined : decodeCursor(before);
    const { posts, next } = await searchPosts(heavyReader, { ...query, ...range, before: cursor }, clock);
    return { brand: query.brand, posts, next: next && encodeCursor(next) };
  });
}

/** A range with optional ends. */
function openRange(from: string | undefined, to: string | undefined, now: number): { from?: Date; to?: Date } {
  if (from !== undefined && to !== undefined) return resolveRange({ from, to }, now);
  const dateOf = (value: string): Date => new Date(readTime(value, now) ?? now);
  return { ...(from !== undefined && { from: dateOf(from) }), ...(to !== undefined && { to: dateOf(to) }) };
}

function encodeCursor({ createdAtMs, platform, id, engagement }: Cursor): string {
  const parts = [createdAtMs, platform, id, ...(engagement === undefined ? [] : [engagement])];
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
  const [createdAtMs, platform, id, engagement] = checked.data;
  // Stored keys are well-formed Unicode; a lone surrogate could not be sent as a parameter.
  return { createdAtMs, platform: platform.toWellFormed(), id: id.toWellFormed(), ...(engagement !== undefined && { engagement }) };
}
