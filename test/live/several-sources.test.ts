import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PipelineReport, SourceStatus } from '../../src/domain/status.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

const chats = 2_000;
const reviews = 300;
const archived = 400;
const total = chats + reviews + archived;

let kafka: TestKafka;
let dir: string;
let config: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-sources-'));
  const createdAt = new Date(Date.now() - 3_600_000).toISOString();
  const messages = (count: number, fields: (id: number) => object) =>
    Array.from({ length: count }, (_, id) => JSON.stringify({ platform: 'murmur', createdAt, ...fields(id) }));
  await writeFile(
    join(dir, 'archive.ndjson'),
    messages(archived, (id) => ({ id: `a${id}`, text: `Kestrivo was late, flight ${id}` })).join('\n'),
  );
  await produce('several.chats', [
    ...messages(chats, (id) => ({ id: `c${id}`, body: `Lovely trip with Kestrivo, number ${id}` })),
    'no chat',
  ]);
  await produce(
    'several.reviews',
    messages(reviews, (id) => ({ id: `r${id}`, review: `Never again, Brixomel ${id}` })),
  );
  const topic = (name: string, text: string) => ({
    ...{ name, type: 'kafka', mapping: { text } },
    kafka: { topic: `several.${name}`, groupId: `several.${name}`, deadLetterTopic: `several.${name}.dead` },
  });
  const settings = {
    dataDir: join(dir, 'data'),
    kafka: { brokers: kafka.brokers, sessionTimeout: '6s' },
    sources: [
      topic('chats', 'body'),
      topic('reviews', 'review'),
      { name: 'archive', type: 'ndjson', ndjson: { path: join(dir, 'archive.ndjson') } },
      // No broker listens there.
      { name: 'elsewhere', type: 'kafka', kafka: { brokers: ['127.0.0.1:1'], topic: 'several.elsewhere' } },
    ],
    alerts: { enabled: false },
  };
  config = join(dir, 'config.yaml');
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
});
afterEach(() => running?.kill());
afterAll(async () => {
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

async function produce(topic: string, values: readonly string[]): Promise<void> {
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value, index) => ({ key: String(index), value })) });
  await producer.disconnect();
}

async function readSources(process: RunningFeedpulse): Promise<ReadonlyMap<string, SourceStatus>> {
  const { sources } = await process.get<PipelineReport>('/api/v1/pipeline');
  return new Map(sources.map((source) => [source.name, source]));
}

test('an unreachable source does not stop the others, which are counted once, also after a SIGKILL', async () => {
  running = await startFeedpulse(['--config', config]);
  const first = running;
  await eventually('some posts are stored', 120, async () => (await first.metric('feedpulse_rows_written_total')) > 0);
  await first.kill();

  running = await startFeedpulse(['--config', config]);
  const second = running;
  await eventually('every post is in the rollups', 120, async () => {
    const { current } = await second.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
    return current.volume >= total;
  });
  await eventually('the file has ended, the topics are read, and there is no lag', 60, async () => {
    const sources = await readSources(second);
    // No lag is known where the first process had committed everything.
    const isRead = (name: string): boolean => sources.get(name)?.issue === null && (sources.get(name)?.lag ?? 0) === 0;
    return sources.get('archive')?.state === 'ended' && isRead('chats') && isRead('reviews');
  });
  const ready = await fetch(`${second.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      ready: true,
      degraded: true,
      components: {
        'source chats': 'ok',
        'source reviews': 'ok',
        'source archive': 'ok',
        'source elsewhere': expect.stringMatching(/Kafka|127\.0\.0\.1:1/),
        model: 'ok',
        database: 'ok',
      },
    },
  ]);
  const sources = await readSources(second);
  expect(sources.get('chats')).toMatchObject({ type: 'kafka', state: 'running', issue: null });
  expect(sources.get('elsewhere')).toMatchObject({ state: 'running', issue: expect.any(String), lag: null });

  const list = JSON.parse((await feedpulse('dead-letters', 'list', '--config', config, '--source', 'chats', '--format', 'json')).stdout);
  expect(list).toMatchObject({ counts: { 'not-json': 1 }, deadLetters: [{ source: 'chats' }] });
  expect(await second.stop()).toBe(0);

  const [rows] = await queryDataDir<{ rows: number; ids: number; volume: number }>(
    join(dir, 'data'),
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids,
       (SELECT toUInt32(sum(negative + neutral + positive + unscored)) FROM rollup_15m FINAL WHERE brand = '*') AS volume
     FROM posts FINAL`,
  );
  expect(rows).toEqual({ rows: total, ids: total, volume: total });
});
