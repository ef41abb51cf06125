import { z } from 'zod';
import { labels, storedLabels } from '../../../domain/post.ts';
import type { Job } from '../../jobs.ts';
import { brandRangeQuery, time } from '../query-schemas.ts';

const platform = z.string().min(1).max(256);
const id = z.string().min(1).max(256);

const filter = z.strictObject({
  from: time,
  to: time.default('now'),
  brand: z.string().min(1).max(100).default('*').describe('A brand of the config; `*` is all posts'),
  platform: platform.optional(),
  lang: z.string().min(1).max(35).optional(),
  label: z.enum(storedLabels).optional().describe('The label that counts now'),
  text: z.string().min(1).max(256).optional().describe('A part of the text, in any case'),
});

const post = z.strictObject({ platform, id });

/** Which posts are meant: one, or all of a range that fit. */
export const correctionBody = z
  .strictObject({
    label: z.enum(labels).nullable().describe('What the posts say in truth; null takes their corrections back'),
    reason: z.string().max(500).default('').describe('Why, for those who look at it later'),
    post: post.optional(),
    filter: filter.optional(),
    expected: z.int().min(0).optional().describe('Refuse if it would be another number of posts'),
    dryRun: z.boolean().default(false).describe('Only count'),
  })
  .refine((body) => (body.post === undefined) !== (body.filter === undefined), 'either post or filter is needed');

/** One post, in a query string. */
export const postQuery = post;

/** A range of posts by creation; without `since`, from the first post on. */
export const rangeBody = z.strictObject({ since: time.optional(), until: time.default('now') });

export const erasureBody = z.strictObject({
  kind: z.enum(['post', 'author']),
  platform,
  id: id.describe('Of the post, or of the author'),
  dryRun: z.boolean().default(false).describe('Only count'),
});

export const rescoreBody = rangeBody.extend({
  model: z.string().min(1).max(1_000).describe('A model folder on the machine of the process'),
});

const modelVersion = z.string().min(1).max(200).describe('As posts have it: name@version');

export const activateBody = rangeBody.extend({
  version: modelVersion,
  dryRun: z.boolean().default(false).describe('Only count'),
});

export const compareModelsQuery = brandRangeQuery.extend({ version: modelVersion });

export const jobParams = z.strictObject({ id: z.uuid() });

/** How many posts a change is about. */
export const postCountResponse = z.strictObject({ posts: z.int().min(0) });

export const jobResponse = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  done: z.int().min(0).describe('How far it is, in steps of its own'),
  total: z.int().min(0).describe('0 while it is not known'),
  changed: z.int().min(0).exactOptional().describe('How many posts or minutes it changed, once it is done'),
  result: z.looseObject({}).exactOptional().describe('What it found out, once it is done'),
  detail: z.string().exactOptional().describe('Why it failed'),
}) satisfies z.ZodType<Job>;
