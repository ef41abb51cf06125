import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Cursor, searchPosts } from '../../../analytics/search/search-posts.ts';
import { storedLabels } from '../../../domain/post.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { requireRole } from '../../auth/access.ts';
import type { QueryDeps } from '../history/history-routes.ts';
import { anyOfBrands, parseQuery, readTime, resolveRange, time } from '../query-schemas.ts';
import { postsResponse } from './post-responses.ts';

const share = z.coerce.number().min(0).max(1);

const postsQuery = z.strictObject({
  brand: anyOfBrands,
  from: time.optional().describe('Where it begins; all history when absent'),
  to: time.optional(),
  label: z.enum(storedLabels).optional(),
  platform: z.string().min(1).max(100).optional(),
  lang: z.string().min(1).max(35).optional().describe('Primary subtag, as posts have it: en, pt, und'),
  author: z.string().min(1).max(300).optional().describe('Id, or handle with or without @'),
  minConfidence: share.optional().describe('The highest calibrated probability, 0 to 1; 0 where a post is unscored'),
  maxConfidence: share.optional(),
  text: z.string().min(1).max(200).optional().describe('Words and "phrases", all of which a post has, whatever their case and accents'),
  sort: z.enum(['time', 'engagement']).default('time').describe('engagement: likes, reposts and replies together, over at most 31 days'),
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  before: z.string().max(2_000).optional().describe('The `next` of the page before, of the same question'),
});

export const postsApi = {
  '/api/v1/posts': {
    summary:
      'Posts of a brand, or of any of several, page by page; while `next` is not null there may be more, even where a page has few or none',
    query: postsQuery,
    answer: postsResponse,
  },
} as const;

/** Posts of a brand by time, label, platform, language, author, confidence and text. */
export function registerPostsRoutes(app: FastifyInstance, { heavyReader, clock }: QueryDeps): void {
  app.get('/api/v1/posts', requireRole('viewer'), async (request) => {
    const { from, to, before, ...query } = parseQuery(postsQuery, request.query);
    const range = openRange(from, to, clock.now());
    const { posts, next } = await searchPosts(
      heavyReader,
      { ...query, ...range, before: before === undefined ? before : decodeCursor(before) },
      clock,
    );
    return { brand: query.brand, posts, next: next && encodeCursor(next) };
  });
}

/** A range either of whose ends may be open. */
function openRange(from: string | undefined, to: string | undefined, now: number): { from?: Date; to?: Date } {
  if (from !== undefined && to !== undefined) return resolveRange({ from, to }, now);
  const dateOf = (value: string): Date => new Date(readTime(value, now) ?? now);
  return { ...(from !== undefined && { from: dateOf(from) }), ...(to !== undefined && { to: dateOf(to) }) };
}

function encodeCursor({ createdAtMs, platform, id, engagement }: Cursor): string {
  const parts = [createdAtMs, platform, id, ...(engagement === undefined ? [] : [engagement])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

const moment = z
  .int()
  .min(0)
  .max(Date.UTC(2106, 0, 1));
const cursorParts = z.tuple([moment, z.string(), z.string()]);
const cursorWithEngagement = z.tuple([moment, z.string(), z.string(), z.int().min(0)]);

function decodeCursor(text: string): Cursor {
  const [createdAtMs, platform, id, engagement] = partsOf(text);
  // A NUL or half a character never stood in a key.
  return { createdAtMs, platform: platform.toWellFormed(), id: id.toWellFormed(), ...(engagement !== undefined && { engagement }) };
}

function partsOf(text: string): readonly [number, string, string, number?] {
  try {
    const checked = z.union([cursorParts, cursorWithEngagement]).safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (checked.success) return checked.data;
  } catch {
    // No JSON: answered like any other cursor that is not ours.
  }
  throw new FeedpulseError('USAGE', 'before: expected the `next` of a page of posts');
}
