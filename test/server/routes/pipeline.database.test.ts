import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { openDeadLetters } from '../../../src/ingest/dead-letters/open-dead-letters.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Job } from '../../../src/server/jobs.ts';
import { deadLettersResponse, replayResult } from '../../../src/server/routes/dead-letters.ts';
import { pipelineResponse } from '../../../src/server/routes/pipeline.ts';
import { openTestDatabase, quiet } from '../../support/test-database.ts';
import { send, startTestServer, type TestServer, upkeepOf } from '../test-server.ts';

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: string;
let server: TestServer;

const createDeadLetter = (offset: number, reason: string, message: string): string =>
  JSON.stringify({
    reason,
    position: { topic: 'ndjson:feed', partition: 0, offset: String(offset) },
    bytes: Buffer.from(message).toString('base64'),
    timestamp: Date.now(),
    at: '2026-11-01T00:00:00.000Z',
    version: '0.2.0',
  });

beforeAll(async () => {
  opened = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-letters-'));
  const config = configSchema.parse({ dataDir: folder });
  const parts = { config, clock: systemClock, log: quiet };
  const post = JSON.stringify({ platform: 'chirper', id: '1', text: 'It is a post by now' });
  const letters = [
    createDeadLetter(1, 'missing-text', post),
    createDeadLetter(2, 'not-json', 'no post'),
    createDeadLetter(3, 'later-reason', 'no post'),
  ];
  await writeFile(join(folder, 'dead-letters.ndjson'), `${letters.join('\n')}\n`);
  server = await startTestServer({
    reader: opened.db.reader,
    maintenance: upkeepOf(opened.db),
    openDeadLetters: (source) => openDeadLetters(parts, new AbortController().signal, source),
  });
});
afterAll(async () => {
  await server.close();
  await opened.remove();
  await rm(folder, { recursive: true, force: true });
});

const read = async (path: string): Promise<unknown> => JSON.parse((await send(`${server.url}/api/v1/${path}`)).text);

test('the pipeline report follows the metrics and the table sizes', async () => {
  const { metrics } = server;
  metrics.postsRead.inc({ source: 'demo' }, 9);
  metrics.postsScored.inc({ label: 'negative' }, 6);
  metrics.postsScored.inc({ label: 'unscored' }, 3);
  metrics.lowConfidence.inc(3);
  metrics.deadLetters.inc({ source: 'demo', reason: 'not-json' }, 2);
  metrics.lag.set({ topic: 'posts', partition: 10 }, 4);
  metrics.lag.set({ topic: 'posts', partition: 9 }, -1);
  const report = pipelineResponse.parse(await read('pipeline'));
  expect(report).toMatchObject({
    posts: { read: 9, scored: 9 },
    lowConfidenceShare: 0.5,
    deadLetters: { 'not-json': 2 },
    lag: [
      { topic: 'posts', partition: 9, messages: 0 },
      { topic: 'posts', partition: 10, messages: 4 },
    ],
    model: { version: 'm@1.0.0', bytes: 648, metrics: null },
  });
  expect(report.storage).toContainEqual(expect.objectContaining({ table: 'schema_migrations', rows: expect.any(Number) }));
});

test('without a database, the rest of the report remains', async () => {
  const without = await startTestServer();
  const { text } = await send(`${without.url}/api/v1/pipeline`);
  expect(pipelineResponse.parse(JSON.parse(text)).storage).toBeNull();
  await without.close();
});

test('dead letters are listed latest first, with reasons but without content', async () => {
  const found = deadLettersResponse.parse(await read('dead-letters?limit=2'));
  expect(found.counts).toEqual({ 'missing-text': 1, 'not-json': 1, 'later-reason': 1 });
  expect(found.deadLetters.map(({ position, meaning }) => [position, meaning])).toEqual([
    ['ndjson:feed/0/3', null],
    ['ndjson:feed/0/2', 'The message is not JSON in valid UTF-8.'],
  ]);
  expect(JSON.stringify(found)).not.toContain(Buffer.from('no post').toString('base64'));
  expect(deadLettersResponse.parse(await read('dead-letters?reason=not-json')).deadLetters).toHaveLength(1);
  expect(await read('dead-letters?reason=nonsense')).toMatchObject({ status: 400, detail: expect.stringContaining('reason') });
});

async function replay(body: object): Promise<unknown> {
  const { text } = await send(
    `${server.url}/api/v1/dead-letters/replay`,
    { 'content-type': 'application/json' },
    'POST',
    JSON.stringify(body),
  );
  let job = JSON.parse(text) as Job; // the route's own answer
  while (job.state === 'queued' || job.state === 'running') job = (await read(`jobs/${job.id}`)) as Job; // the same
  expect(job.state).toBe('done');
  return replayResult.parse(job.result);
}

test('messages that parse now are replayed once; a dry run changes nothing', async () => {
  const skipped = { 'not-json': 2 };
  expect(await replay({ dryRun: true })).toEqual({ replayed: 1, alreadyReplayed: 0, skipped });
  const done = (await replay({})) as { destination: string }; // as it is parsed
  expect(done).toEqual({ replayed: 1, alreadyReplayed: 0, skipped, destination: expect.stringContaining('replays') });
  expect(await readFile(done.destination, 'utf8')).toContain('It is a post by now');
  expect(await replay({})).toEqual({ replayed: 0, alreadyReplayed: 1, skipped });
});
