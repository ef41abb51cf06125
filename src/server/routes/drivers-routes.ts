import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { drivers } from '../../analytics/drivers/drivers.ts';
import type { BrandRule } from '../../config/schema.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { requireRole } from '../auth/access.ts';
import type { QueryDeps } from './history/history-routes.ts';
import { driversResponse } from './posts/post-responses.ts';
import { brandRangeQuery, parseQuery, resolveRange } from './query-schemas.ts';

const driversQuery = brandRangeQuery.extend({
  platform: z.string().min(1).max(100).optional(),
  lang: z.string().min(1).max(35).optional().describe('Primary subtag, as posts have it: en, pt, und'),
  limit: z.coerce.number().int().min(1).max(100).default(10).describe('Most drivers of each label'),
});

export const driversApi = {
  '/api/v1/drivers': {
    summary: 'Words, pairs of words, hashtags and emoji that set the negative and the positive posts of a range apart, with examples',
    query: driversQuery,
    answer: driversResponse,
  },
} as const;

const longestRangeMs = 92 * 86_400_000;

/** What drives the sentiment of a brand. */
export function registerDriversRoutes(app: FastifyInstance, { heavyReader, clock, brands }: QueryDeps): void {
  app.get('/api/v1/drivers', requireRole('viewer'), async (request) => {
    const { from, to, ...query } = parseQuery(driversQuery, request.query);
    const range = resolveRange({ from, to }, clock.now());
    if (range.to.getTime() - range.from.getTime() > longestRangeMs)
      throw new FeedpulseError('USAGE', 'from: drivers are of at most 92 days');
    return {
      brand: query.brand,
      ...range,
      ...(await drivers(heavyReader, { ...query, ...range, names: namesOf(query.brand, brands) }, clock)),
    };
  });
}

/** What the brand that is asked about is called; of all posts, what any brand is. */
function namesOf(brand: string, brands: readonly BrandRule[]): string[] {
  const asked = brand === '*' ? brands : brands.filter(({ name }) => name === brand);
  return [...(brand === '*' ? [] : [brand]), ...asked.flatMap(({ name, aliases }) => [name, ...aliases])];
}
