import { z } from 'zod';
import { brandRangeQuery, postsQuery, rangeQuery, trendsQuery } from './query-schemas.ts';

const routes = {
  '/api/v1/brands': { summary: 'Volume and net sentiment of every brand in a range', query: rangeQuery },
  '/api/v1/summary': { summary: 'Totals of a brand in a range, and in the period of equal length before it', query: brandRangeQuery },
  '/api/v1/trends': { summary: 'Volume per label and net sentiment over time; buckets without data are left out', query: trendsQuery },
  '/api/v1/posts': { summary: 'Posts of a brand, newest first, page by page', query: postsQuery },
} as const;

/** The description of the HTTP interface, made from the schemas that check the requests. */
export function openApiDocument(version: string): object {
  const paths = Object.fromEntries(Object.entries(routes).map(([path, { summary, query }]) => [path, { get: operation(summary, query) }]));
  const stream = {
    get: {
      summary: 'Scored posts (`event: post`) and the state of the process (`event: status`), as server-sent events',
      responses: { 200: { description: 'text/event-stream' } },
    },
  };
  return { openapi: '3.1.0', info: { title: 'feedpulse', version }, paths: { ...paths, '/api/v1/stream': stream } };
}

function operation(summary: string, query: z.ZodObject): object {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return {
    summary,
    parameters: Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    responses: { 200: { description: 'JSON' }, 400: { description: 'A problem (RFC 9457) that names the parameter' } },
  };
}
