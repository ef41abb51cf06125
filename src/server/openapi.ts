import { z } from 'zod';
import { driversApi } from './drivers-routes.ts';
import { postsApi } from './posts-routes.ts';
import { brandRangeQuery, rangeQuery, trendsQuery } from './query-schemas.ts';
import { signInBody } from './session-routes.ts';
import { correctionBody, erasureBody, postQuery, rangeBody } from './upkeep-schemas.ts';

const routes = {
  '/api/v1/brands': { summary: 'Volume and net sentiment of every brand in a range', query: rangeQuery },
  '/api/v1/summary': { summary: 'Totals of a brand in a range, and in the period of equal length before it', query: brandRangeQuery },
  '/api/v1/trends': { summary: 'Volume per label and net sentiment over time; buckets without data are left out', query: trendsQuery },
  ...postsApi,
  ...driversApi,
} as const;

const problem = (description: string): object => ({ description: `A problem (RFC 9457): ${description}` });
const limited = { 429: problem('too many requests; `Retry-After` says when to come back') };
const refusals = { 401: problem('no token, or one that is not known'), 403: problem('another origin, or too low a role'), ...limited };

/** Where no token exists yet, nothing needs one. */
const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'An API token, made with `feedpulse tokens add`' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'feedpulse',
    description: 'From POST /api/v1/session; over TLS its name is __Host-feedpulse',
  },
};

/** The description of the HTTP interface, made from the schemas that check the requests. */
export function openApiDocument(version: string): object {
  const paths = Object.fromEntries(Object.entries(routes).map(([path, { summary, query }]) => [path, { get: operation(summary, query) }]));
  const stream = {
    get: {
      summary: 'Scored posts (`event: post`) and the state of the process (`event: status`), as server-sent events',
      responses: { 200: { description: 'text/event-stream' }, ...refusals },
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'feedpulse', version },
    security: [{ token: [] }, { session: [] }],
    components: { securitySchemes },
    paths: { ...paths, ...upkeepPaths(), '/api/v1/session': session(), '/api/v1/stream': stream },
  };
}

function operation(summary: string, query: z.ZodObject): object {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return {
    summary,
    parameters: Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    responses: { 200: { description: 'JSON' }, 400: problem('it names the parameter'), ...refusals },
  };
}

/** What changes stored posts and figures. */
function upkeepPaths(): object {
  const change = (summary: string, schema: z.ZodType, responses: object): object => ({
    summary,
    requestBody: { required: true, content: { 'application/json': { schema: z.toJSONSchema(schema, { io: 'input' }) } } },
    responses: { ...responses, 400: problem('it names the field'), ...refusals },
  });
  const job = { 202: { description: 'A job: its state is at /api/v1/jobs/{id}' } };
  const count = { 200: { description: 'JSON: how many posts' } };
  const { properties = {} } = z.toJSONSchema(postQuery, { io: 'input' });
  const parameters = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: true, schema }));
  const idOf = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
  const found = { 200: { description: 'JSON' }, 404: problem('this process knows no such job'), ...refusals };
  return {
    '/api/v1/corrections': {
      post: change('Corrects the label of posts, or takes that back; for editors', correctionBody, count),
      delete: { summary: 'Takes back the correction of a post; for editors', parameters, responses: { ...count, ...refusals } },
    },
    '/api/v1/rematch': { post: change('Applies the brand rules to stored posts; for admins', rangeBody, job) },
    '/api/v1/rollups/rebuild': { post: change('Computes the figures of a range anew; for admins', rangeBody, job) },
    '/api/v1/erasures': { post: change('Removes posts for good; for admins', erasureBody, { ...count, ...job }) },
    '/api/v1/jobs/{id}': { get: { summary: 'How far a job is; for admins', parameters: [idOf], responses: found } },
  };
}

function session(): object {
  const content = { 'application/json': { schema: z.toJSONSchema(signInBody, { io: 'input' }) } };
  const wrong = { 401: problem('the token is not known'), ...limited };
  return {
    get: { summary: 'Whether a token is needed, and whose it is that came', security: [], responses: { 200: { description: 'JSON' } } },
    post: {
      summary: 'Opens a session of twelve hours, kept in a cookie',
      security: [],
      requestBody: { required: true, content },
      responses: { 200: { description: 'JSON, with Set-Cookie' }, ...wrong },
    },
    delete: { summary: 'Ends the session', security: [], responses: { 204: { description: 'It has ended' } } },
  };
}
