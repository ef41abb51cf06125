import { z } from 'zod';
import { alertsApi } from '../routes/alerts/alert-routes.ts';
import {
  alertResponse,
  backtestBody,
  backtestResult,
  channelTestsResponse,
  markBody,
  muteBody,
  silenceResponse,
  testBody,
  unmuteQuery,
} from '../routes/alerts/alert-schemas.ts';
import { anomaliesApi } from '../routes/alerts/anomalies-route.ts';
import { deadLettersApi, replayBody, replayResult } from '../routes/dead-letter-routes.ts';
import { driversApi } from '../routes/drivers-routes.ts';
import { historyApi } from '../routes/history/history-routes.ts';
import {
  activateBody,
  correctionBody,
  erasureBody,
  jobResponse,
  postCountResponse,
  postQuery,
  rangeBody,
  rescoreBody,
} from '../routes/maintenance/maintenance-schemas.ts';
import { modelsApi } from '../routes/maintenance/rescore-routes.ts';
import { pipelineResponse } from '../routes/pipeline-report.ts';
import { postsApi } from '../routes/posts/posts-routes.ts';
import { signInBody } from '../routes/session-routes.ts';

/** Questions about the history, by path. */
export const queries = { ...historyApi, ...postsApi, ...driversApi, ...modelsApi, ...alertsApi, ...anomaliesApi } as const;

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

/** The description of the HTTP interface, made from the schemas that check the requests and hold the answers in the tests. */
export function openApiDocument(version: string): object {
  // Dead letters are no part of the history, nor of a database.
  const asked = { ...queries, ...deadLettersApi };
  const paths = Object.fromEntries(Object.entries(asked).map(([path, question]) => [path, { get: operation(question) }]));
  const stream = {
    get: {
      summary:
        'Scored posts (`event: post`) the state of the process (`event: status`) and beginnings and ends of alerts (`event: alert`), as server-sent events',
      responses: { 200: { description: 'text/event-stream' }, ...refusals },
    },
  };
  const pipeline = {
    get: {
      summary: 'What this process is doing: readiness, pace, delays, lag, dead letters, model, memory and disk',
      responses: { 200: json('As of now', pipelineResponse), ...refusals },
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'feedpulse', version },
    security: [{ token: [] }, { session: [] }],
    components: { securitySchemes },
    paths: {
      ...paths,
      '/api/v1/pipeline': pipeline,
      ...alertPaths(),
      ...maintenancePaths(),
      '/api/v1/session': session(),
      '/api/v1/stream': stream,
    },
  };
}

/** A response of JSON. */
function json(description: string, schema: z.ZodType): object {
  return { description, content: { 'application/json': { schema: z.toJSONSchema(schema, { unrepresentable: 'any' }) } } };
}

function operation({ summary, query, answer }: { summary: string; query: z.ZodObject; answer: z.ZodType }): object {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return {
    summary,
    parameters: Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    responses: {
      200: json('The answer; its `ETag` can be sent back in `If-None-Match`', answer),
      304: { description: 'Nothing has changed since the answer with that `ETag`' },
      400: problem('it names the parameter'),
      ...refusals,
    },
  };
}

/** An operation that changes something. */
const change = (summary: string, schema: z.ZodType, responses: object): object => ({
  summary,
  requestBody: { required: true, content: { 'application/json': { schema: z.toJSONSchema(schema, { io: 'input' }) } } },
  responses: { ...responses, 400: problem('it names the field'), ...refusals },
});
const inQuery = (schema: z.ZodObject, required: boolean): object[] =>
  Object.entries(z.toJSONSchema(schema, { io: 'input' }).properties ?? {}).map(([name, of]) => ({
    name,
    in: 'query',
    required,
    schema: of,
  }));
const idOf = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

/** Single alerts, and what people say of them. */
function alertPaths(): object {
  const found = { 200: json('The alert', alertResponse), 404: problem('there is no such alert') };
  const ended = z.strictObject({ ended: z.int().min(0) });
  const path = '/api/v1/alerts';
  return {
    [`${path}/{id}`]: { get: { summary: 'One alert', parameters: [idOf], responses: { ...found, ...refusals } } },
    [`${path}/{id}/ack`]: {
      post: { summary: 'Says that somebody looks after it; for editors', parameters: [idOf], responses: { ...found, ...refusals } },
    },
    [`${path}/{id}/mark`]: {
      post: { ...change('Says whether it was useful or noise; for editors', markBody, found), parameters: [idOf] },
    },
    [`${path}/test`]: {
      post: change('Sends channels a test message; for admins', testBody, { 200: json('What came of it', channelTestsResponse) }),
    },
    [`${path}/backtest`]: {
      post: change('When a rule would have spoken over stored history: a job, whose answer tells; for editors', backtestBody, {
        202: json('A job: its state is at /api/v1/jobs/{id}', jobResponse.extend({ result: backtestResult.exactOptional() })),
      }),
    },
    [`${path}/mutes`]: {
      post: change('Tells nobody for a while; for editors', muteBody, { 200: json('Until when', silenceResponse) }),
      delete: {
        summary: 'Ends a mute; for editors',
        parameters: inQuery(unmuteQuery, false),
        responses: { 200: json('How many there were', ended), ...refusals },
      },
    },
  };
}

/** What changes stored posts and figures. */
function maintenancePaths(): object {
  const job = { 202: json('A job: its state is at /api/v1/jobs/{id}', jobResponse) };
  const count = { 200: json('How many posts', postCountResponse) };
  const parameters = inQuery(postQuery, true);
  const found = { 200: json('The job', jobResponse), 404: problem('this process knows no such job'), ...refusals };
  return {
    '/api/v1/corrections': {
      post: change('Corrects the label of posts, or takes that back; for editors', correctionBody, count),
      delete: { summary: 'Takes back the correction of a post; for editors', parameters, responses: { ...count, ...refusals } },
    },
    '/api/v1/brands/reapply': { post: change('Applies the brand rules to stored posts; for admins', rangeBody, job) },
    '/api/v1/rollups/rebuild': { post: change('Computes the figures of a range anew; for admins', rangeBody, job) },
    '/api/v1/erasures': { post: change('Removes posts for good; for admins', erasureBody, { ...count, ...job }) },
    '/api/v1/rescore': {
      post: change('Scores stored posts with another model, beside the scores that count; for admins', rescoreBody, job),
    },
    '/api/v1/models/activate': {
      post: change('Makes the scores of a model those that count; for admins', activateBody, { ...count, ...job }),
    },
    '/api/v1/dead-letters/replay': {
      post: change('Puts dead letters back that are posts by now, each once: a job; for admins', replayBody, {
        202: json('A job: its state is at /api/v1/jobs/{id}', jobResponse.extend({ result: replayResult.exactOptional() })),
      }),
    },
    '/api/v1/jobs/{id}': {
      delete: {
        summary: 'Cuts a job off; for admins',
        parameters: [idOf],
        responses: { 204: { description: 'It is cut off' }, ...refusals },
      },
      get: { summary: 'How far a job is; for editors', parameters: [idOf], responses: found },
    },
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
