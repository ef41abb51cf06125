import { expect, test } from 'vitest';
import { z } from 'zod';
import { FeedpulseError } from '../../../src/lib/errors.ts';
import type { Log } from '../../../src/lib/log.ts';
import { createApp } from '../../../src/server/http/create-app.ts';
import { HttpProblem } from '../../../src/server/http/problem.ts';
import { quiet } from '../../support/test-database.ts';

/** The answer to a request whose handler throws, and what was logged about it. */
async function answerTo(thrown: unknown) {
  const logged: object[] = [];
  const log: Log = { ...quiet, error: (fields) => logged.push(fields) };
  const app = createApp({ log });
  app.get('/', async () => {
    throw thrown;
  });
  const { statusCode, headers, body } = await app.inject('/');
  return { status: statusCode, retryAfter: headers['retry-after'], detail: JSON.parse(body).detail as string, logged }; // RFC 9457
}

const databaseFault = (code: string) => Object.assign(new Error(`secret row of ${code}`), { code });

test.each([
  ['a wrong parameter', new FeedpulseError('USAGE', 'from: must be before to'), 400],
  ['an unknown resource', new HttpProblem(404, 'No such alert.'), 404],
])('%s is answered with its reason, and not logged', async (_what, error, expected) => {
  expect(await answerTo(error)).toEqual({ status: expected, retryAfter: undefined, detail: error.message, logged: [] });
});

test.each([
  ['a refused connection', databaseFault('ECONNREFUSED')],
  ['a reset connection', databaseFault('ECONNRESET')],
  ['a time-out of the ClickHouse client', databaseFault('CLICKHOUSE_CLIENT')],
  ['a ClickHouse time-out', databaseFault('159')],
  ['a full memory of ClickHouse', databaseFault('241')],
  ['an unavailable database', new FeedpulseError('DATABASE_UNAVAILABLE', 'no server')],
])('%s is answered with 503 and Retry-After', async (_what, error) => {
  const { status, retryAfter, detail, logged } = await answerTo(error);
  expect([status, retryAfter, logged.length]).toEqual([503, '5', 1]);
  expect(`${detail} ${JSON.stringify(logged)}`).not.toContain('secret');
});

test.each([
  ['a TypeError', new TypeError('undefined is not a function')],
  ['a broken invariant', new Error('a completed rule is missing')],
  ['a Node API called wrongly', databaseFault('ERR_INVALID_ARG_TYPE')],
  ['a statement that ClickHouse cannot parse', databaseFault('62')],
])('%s is a bug: 500, logged with its stack', async (_what, error) => {
  const { status, retryAfter, detail, logged } = await answerTo(error);
  expect([status, retryAfter, detail]).toEqual([500, undefined, 'Internal error; the log has the details.']);
  expect(logged).toMatchObject([{ stack: expect.stringContaining('problem.test.ts') }]);
  if (error.message.startsWith('secret row of 6')) expect(JSON.stringify(logged)).not.toContain('secret');
});

test('a response that does not match its schema is a bug', async () => {
  const logged: object[] = [];
  const app = createApp({ log: { ...quiet, error: (fields) => logged.push(fields) } });
  app.get('/', { schema: { response: { 200: z.strictObject({ posts: z.int() }) } } }, async () => ({ posts: 1.5 }));
  expect((await app.inject('/')).statusCode).toBe(500);
  expect(JSON.stringify(logged)).toContain('posts');
});

test.each([
  ['a query', '/?limit=x', 'limit: '],
  ['an unknown parameter', '/?limits=1', 'query: '],
])('%s that does not match its schema is answered with the field', async (_what, url, detail) => {
  const app = createApp({ log: quiet });
  app.get('/', { schema: { querystring: z.strictObject({ limit: z.coerce.number().optional() }) } }, async () => 'never');
  const { statusCode, body } = await app.inject(url);
  expect([statusCode, JSON.parse(body).detail]).toEqual([400, expect.stringMatching(`^${detail}.`)]);
});
