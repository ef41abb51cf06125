import { z } from 'zod';
import { type Drivers, findDrivers } from '../../analytics/drivers/drivers.ts';
import { brandTerms } from '../../ingest/brands/brand-matcher.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { App } from '../http/create-app.ts';
import type { QueryDeps } from './dependencies.ts';
import { brandRangeQuery, resolveRange, toIsoRange } from './query-schemas.ts';
import { count, fraction, netSentiment, range, timestamp } from './response-schemas.ts';

const maxRangeMs = 92 * 86_400_000;

const driversQuery = brandRangeQuery.extend({
  platform: z.string().min(1).max(100).optional(),
  lang: z.string().min(1).max(35).optional().describe('Primary language subtag: en, pt, und'),
  limit: z.coerce.number().int().min(1).max(100).default(10).describe('Maximum drivers per label'),
});

const driver = z.strictObject({
  term: z.string(),
  kind: z.enum(['word', 'bigram', 'hashtag', 'emoji']),
  z: z.number().describe('z-score: how strongly the term distinguishes this label'),
  posts: count.describe('Distinct posts with this label and the term; near-duplicates count once'),
  postsWithDuplicates: count.describe('Posts with this label and the term, near-duplicates included'),
  share: fraction.describe('`posts` as a fraction of the distinct posts with this label'),
  netSentiment,
  examples: z
    .array(
      z.strictObject({
        platform: z.string(),
        id: z.string(),
        createdAt: timestamp,
        text: z.string().describe('At most the first 1,000 characters'),
        url: z.string().exactOptional(),
        engagement: count.describe('Likes + reposts + replies'),
      }),
    )
    .readonly(),
});

const driversResponse = z
  .strictObject({
    brand: z.string(),
    ...range,
    posts: count.describe('Scored posts in the range'),
    sampled: count.describe('Posts that were read'),
    distinct: count.describe('Posts read, with near-duplicates counted once'),
    negative: z.array(driver).readonly(),
    positive: z.array(driver).readonly(),
  })
  .describe('Terms per label, the strongest first') satisfies z.ZodType<Drivers>;

const schema = {
  summary: 'Words, word pairs, hashtags and emoji that drive negative and positive sentiment in a range, with examples',
  querystring: driversQuery,
  response: { 200: driversResponse },
};

/** Terms that drive the sentiment of a brand. */
export function registerDriversRoute(app: App, { heavyReader, clock, brands }: QueryDeps): void {
  app.get(
    '/api/v1/drivers',
    { config: { role: 'viewer', cacheable: true, heavy: true }, schema },
    async ({ query: { from, to, ...query } }) => {
      const range = resolveRange({ from, to }, clock.now());
      if (range.to.getTime() - range.from.getTime() > maxRangeMs)
        throw new FeedpulseError('USAGE', 'from: the range must not exceed 92 days.');
      const found = await findDrivers(heavyReader, { ...query, ...range, names: brandTerms(query.brand, brands()) });
      return { brand: query.brand, ...toIsoRange(range), ...found };
    },
  );
}
