import type { ClickHouseClient } from '@clickhouse/client';
import type { FastifyInstance } from 'fastify';
import { breakdown } from '../../../analytics/figures/breakdown.ts';
import { brandsOverview, compareBrands, summary } from '../../../analytics/figures/summary.ts';
import { timeline } from '../../../analytics/figures/timeline.ts';
import type { BrandRule } from '../../../config/schema.ts';
import type { Grain } from '../../../domain/brand-metrics.ts';
import type { Clock } from '../../../lib/clock.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { requireRole } from '../../auth/access.ts';
import { brandRangeQuery, brandsRangeQuery, parseQuery, rangeQuery, resolveRange, trendsQuery } from '../query-schemas.ts';
import { brandsResponse, breakdownResponse, shareOfVoiceResponse, summaryResponse, trendsResponse } from './history-responses.ts';

export interface QueryDeps {
  readonly reader: ClickHouseClient;
  readonly heavyReader: ClickHouseClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly brands: readonly BrandRule[];
}

export const historyApi = {
  '/api/v1/brands': { summary: 'Volume and net sentiment of every brand in a range', query: rangeQuery, answer: brandsResponse },
  '/api/v1/summary': {
    summary: 'Figures of a brand in a range with 95 % intervals, and their change against the period of equal length before it',
    query: brandRangeQuery,
    answer: summaryResponse,
  },
  '/api/v1/trends': {
    summary: 'Volume per label and net sentiment over time; where nothing arrived at all there is a gap, and no zero',
    query: trendsQuery,
    answer: trendsResponse,
  },
  '/api/v1/share-of-voice': {
    summary: 'Brands beside each other: figures as in a summary, and the share of each in the mentions of all',
    query: brandsRangeQuery,
    answer: shareOfVoiceResponse,
  },
  '/api/v1/breakdown': { summary: 'Posts of a brand by platform and by language', query: brandRangeQuery, answer: breakdownResponse },
} as const;

/** Reads of the stored history. Every value of a request reaches the database as a bound parameter. */
export function registerHistoryRoutes(app: FastifyInstance, { reader, clock, brands }: QueryDeps): void {
  const rangeOf = (query: { from: string; to: string }) => resolveRange(query, clock.now());

  app.get('/api/v1/brands', requireRole('viewer'), async (request) => {
    const range = rangeOf(parseQuery(rangeQuery, request.query));
    const figures = await brandsOverview(reader, range, clock.now());
    const nothing = { volume: 0, negative: 0, neutral: 0, positive: 0, unscored: 0, netSentiment: null };
    const known = [{ name: '*', timeZone: 'UTC' }, ...brands];
    return known.map(({ name, timeZone }) => ({
      timeZone,
      ...(figures.find(({ brand }) => brand === name) ?? { brand: name, ...nothing }),
    }));
  });

  app.get('/api/v1/summary', requireRole('viewer'), async (request) => {
    const query = parseQuery(brandRangeQuery, request.query);
    const range = rangeOf(query);
    return { brand: query.brand, ...range, ...(await summary(reader, { brand: query.brand, ...range }, clock.now())) };
  });

  app.get('/api/v1/share-of-voice', requireRole('viewer'), async (request) => {
    const query = parseQuery(brandsRangeQuery, request.query);
    const range = rangeOf(query);
    const named = query.brands ?? brands.map(({ name }) => name);
    if (named.length === 0) throw new FeedpulseError('USAGE', 'brands: none is given, and the config has none');
    return { ...range, ...(await compareBrands(reader, { brands: named, ...range }, clock.now())) };
  });

  app.get('/api/v1/breakdown', requireRole('viewer'), async (request) => {
    const query = parseQuery(brandRangeQuery, request.query);
    const range = rangeOf(query);
    return { brand: query.brand, ...range, ...(await breakdown(reader, { brand: query.brand, ...range })) };
  });

  app.get('/api/v1/trends', requireRole('viewer'), async (request) => {
    const { brand, timeZone, ...query } = parseQuery(trendsQuery, request.query);
    const range = rangeOf(query);
    const grain = chooseGrain(query.grain, range);
    return { brand, grain, timeZone, ...range, ...(await timeline(reader, { brand, timeZone, grain, ...range }, clock.now())) };
  });
}

const hour = 3_600_000;
const grainMs = { minute: 60_000, '15m': hour / 4, hour, day: 24 * hour, week: 7 * 24 * hour, month: 28 * 24 * hour } as const;
const mostBuckets = 10_000;

/** The grain that was asked for, or one that makes about 60 to 170 buckets of the range. */
function chooseGrain(wanted: Grain | undefined, { from, to }: { from: Date; to: Date }): Grain {
  const span = to.getTime() - from.getTime();
  if (wanted && span / grainMs[wanted] > mostBuckets)
    throw new FeedpulseError('USAGE', `grain: more than ${mostBuckets} buckets; choose a longer one`);
  if (wanted) return wanted;
  if (span <= 2 * hour) return 'minute';
  if (span <= 36 * hour) return '15m';
  return span <= 8 * 24 * hour ? 'hour' : 'day';
}
