import { z } from 'zod';
import type { Drivers } from '../../../analytics/drivers/drivers.ts';
import { labels, storedLabels } from '../../../domain/post.ts';
import type { StoredPost } from '../../../sink/queries/stored-post.ts';

/** What questions about single posts are answered with: a test holds every answer to it, and the OpenAPI document shows it. */

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const moment = z.iso.datetime();
const storedLabel = z.enum(storedLabels);

const post = z.strictObject({
  platform: z.string(),
  id: z.string(),
  text: z.string().describe('Data from strangers: never markup'),
  createdAt: moment,
  lang: z.string(),
  author: z.strictObject({ id: z.string(), handle: z.string(), name: z.string(), followers: count }).exactOptional(),
  url: z.string().exactOptional(),
  engagement: z.strictObject({ likes: count, reposts: count, replies: count }),
  inReplyTo: z.string().exactOptional(),
  brands: z.array(z.string()),
  label: storedLabel.describe('That of the correction, where there is one'),
  negative: share,
  neutral: share,
  positive: share,
  score: z.number().min(-1).max(1).describe('P(positive) − P(negative); −1, 0 or 1 where it is corrected'),
  confidence: share,
  modelVersion: z.string(),
  truncated: z.boolean(),
  brandSentiment: z
    .array(z.strictObject({ brand: z.string(), label: z.enum(labels), negative: share, neutral: share, positive: share }))
    .exactOptional()
    .describe('What is said of each of several brands, where that is another part of the text than all of it'),
  correction: z.strictObject({ modelLabel: storedLabel, by: z.string(), at: moment, reason: z.string() }).exactOptional(),
}) satisfies z.ZodType<StoredPost>;

export const postsResponse = z.strictObject({
  brand: z.union([z.string(), z.array(z.string())]).describe('As it was asked for: a list where several were'),
  posts: z.array(post),
  next: z.string().nullable().describe('`before` of the next page'),
});

const driver = z.strictObject({
  term: z.string(),
  kind: z.enum(['word', 'bigram', 'hashtag', 'emoji']),
  z: z.number().describe('How far it sets the posts of this label apart, in standard deviations'),
  n: count.describe('Posts of this label with the term; near-duplicates count once'),
  withCopies: count,
  share: share.describe('n as a fraction of the distinct posts of this label'),
  netSentiment: z.number().min(-100).max(100).nullable(),
  examples: z.array(
    z.strictObject({
      platform: z.string(),
      id: z.string(),
      createdAt: moment,
      text: z.string().describe('At most its first 1,000 characters'),
      url: z.string().exactOptional(),
      engagement: count.describe('Likes, reposts and replies together'),
    }),
  ),
});

export const driversResponse = z.strictObject({
  brand: z.string(),
  from: moment,
  to: moment,
  posts: count.describe('Scored posts of the range'),
  sampled: count.describe('How many of them were read'),
  distinct: count.describe('How many are left where near-duplicates count once'),
  negative: z.array(driver),
  positive: z.array(driver),
}) satisfies z.ZodType<Drivers>;
