import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { DeadLetterStore, ReplayItem } from '../../src/ingest/dead-letters/dead-letter-store.ts';
import { createKafkaDeadLetterSink } from '../../src/ingest/dead-letters/kafka-sink.ts';
import { createKafkaDeadLetterStore } from '../../src/ingest/dead-letters/kafka-store.ts';
import { readTopic } from '../../src/ingest/sources/kafka/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { repository } from '../support/repository.ts';
import { quiet } from '../support/test-database.ts';

const topic = 'replays';
const posts = 2_400;
const hostile = ['{"platform":"p","id":"\u001b[2J', '{"platform":"p","id":"no text"}', '\u009b31m'];
/** Timestamp of every message; the posts have no date of their own. */
const sentAt = Date.now() - 3_600_000;

let kafka: TestKafka;
let client: kafkajs.Kafka;
let dir: string;
/** Configs with the wrong and the fixed mapping. */
let wrong: string;
let fixed: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-dead-letters-'));
  const settings = {
    source: 'kafka',
    kafka: { brokers: kafka.brokers, topic, groupId: 'readers' },
    dataDir: join(dir, 'data'),
    deadLetters: { maxConsecutive: 100_000, maxRatio: 1 },
    log: { level: 'warn' },
  };
  // JSON is YAML.
  wrong = join(dir, 'wrong.yaml');
  fixed = join(dir, 'fixed.yaml');
  await writeFile(wrong, JSON.stringify(settings));
  await writeFile(fixed, JSON.stringify({ ...settings, mapping: { text: 'content.body' } }));
});
afterAll(async () => {
  await running?.kill();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

async function send(): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
  await admin.disconnect();
  const bodied = Array.from({ length: posts }, (_, id) =>
    JSON.stringify({ platform: 'p', id, content: { body: `What a lovely day, number ${id}` } }),
  );
  const messages = [...bodied, ...hostile].map((value, index) => ({ key: `p:${index}`, value, timestamp: String(sentAt) }));
  const producer = client.producer();
  await producer.connect();
  for (let at = 0; at < messages.length; at += 500) await producer.send({ topic, messages: messages.slice(at, at + 500) });
  await producer.disconnect();
}

async function runDeadLetters<T>(...args: string[]): Promise<T> {
  const { stdout } = await feedpulse('dead-letters', ...args, '--format', 'json');
  return JSON.parse(stdout) as T; // the caller knows the command
}

interface ReplayResult {
  readonly replayed: number;
  readonly alreadyReplayed: number;
  readonly skipped: Readonly<Record<string, number>>;
}

const replay = (...args: string[]) => runDeadLetters<ReplayResult>('replay', '--config', fixed, ...args);

/** Starts a replay that the caller kills. */
function startReplay(): ChildProcess {
  return spawn(process.execPath, [`${repository}bin/feedpulse.cjs`, 'dead-letters', 'replay', '--config', fixed], { stdio: 'ignore' });
}

/** Replayed messages in the source topic, as consumers see them. */
async function readReplayed(): Promise<KafkaMessage[]> {
  const found: KafkaMessage[] = [];
  const visit = (message: KafkaMessage): void => {
    if (message.headers?.['feedpulse-replayed-from']) found.push(message);
  };
  await readTopic({ kafka: client, topic, groupPrefix: 'test', clock: systemClock, visit });
  return found;
}

/** Writes ten dead letters to their own topic; resolves to their store. */
async function tenDeadLetters(name: string): Promise<DeadLetterStore> {
  const config = configSchema.parse({
    kafka: { brokers: kafka.brokers, topic: name, deadLetterTopic: `${name}.dead`, groupId: name },
  }).kafka;
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const sink = createKafkaDeadLetterSink({ config, log: quiet });
  const position = (index: number) => ({ topic: name, partition: 0, offset: String(index) });
  const fields = { reason: 'too-old', timestamp: 1, at: '2026-01-01T00:00:00.000Z', version: '0.0.0' } as const;
  await sink.write(
    Array.from({ length: 10 }, (_, index) => ({ ...fields, bytes: Buffer.from(`{"id":${index}}`), position: position(index) })),
  );
  await sink.close();
  return createKafkaDeadLetterStore({ config, clock: systemClock, log: quiet });
}

async function readDeadLetters(store: DeadLetterStore): Promise<ReplayItem[]> {
  const found: ReplayItem[] = [];
  await store.read((deadLetter) => void found.push({ deadLetter, key: deadLetter.position.offset }));
  return found;
}

async function readValues(name: string): Promise<string[]> {
  const values: string[] = [];
  await readTopic({
    kafka: client,
    topic: name,
    groupPrefix: 'test',
    clock: systemClock,
    visit: ({ value }) => void values.push(String(value)),
  });
  return values;
}

test('skips messages of other producers in the dead-letter topic', async () => {
  const store = await tenDeadLetters('foreign');
  const producer = client.producer();
  await producer.connect();
  const headers = { 'feedpulse-reason': 'x', 'feedpulse-topic': 'foreign', 'feedpulse-partition': '0' };
  const twoOffsets = { ...headers, 'feedpulse-offset': ['1', '2'] };
  await producer.send({
    topic: 'foreign.dead',
    messages: [{ value: 'x' }, { value: 'x', headers }, { value: 'x', headers: twoOffsets }, { value: null }],
  });
  await producer.disconnect();
  expect(await store.read(() => {})).toEqual({ unreadable: 4 });
  expect(await readDeadLetters(store)).toHaveLength(10);
});

test('a new replay fences off a running one', async () => {
  const store = await tenDeadLetters('fenced');
  const items = await readDeadLetters(store);
  expect(items).toHaveLength(10);
  const first = await store.beginReplay();
  const second = await store.beginReplay();
  // If this commit succeeded, the second replay would send the messages again.
  await expect(first.put(items.slice(0, 3))).rejects.toMatchObject({ code: 'REPLAY_CONFLICT' });
  await second.put(items.slice(0, 3));
  const third = await store.beginReplay();
  expect(third.replayed.size).toBe(3);
  await expect(second.put(items.slice(3, 6))).rejects.toMatchObject({ code: 'REPLAY_CONFLICT' });
  await third.put(items.slice(3));
  await Promise.all([first.close(), second.close(), third.close()]);
  expect(await readValues('fenced')).toEqual(items.map(({ deadLetter }) => String(deadLetter.bytes)));
  expect((await store.replayed()).size).toBe(10);
});

test('a new replay aborts the open transaction of a crashed one', async () => {
  const store = await tenDeadLetters('crashed');
  const items = await readDeadLetters(store);
  const crashing = client.producer({ transactionalId: 'crashed.dead.replayed', transactionTimeout: 60_000, maxInFlightRequests: 1 });
  await (await store.beginReplay()).close(); // creates the topic of replayed IDs
  await crashing.connect();
  const transaction = await crashing.transaction();
  await transaction.send({ topic: 'crashed', messages: items.map(({ deadLetter }) => ({ value: deadLetter.bytes })) });
  await transaction.send({ topic: 'crashed.dead.replayed', messages: items.map(({ deadLetter }) => ({ key: deadLetter.id, value: 'x' })) });
  await crashing.disconnect();
  const next = await store.beginReplay();
  expect(next.replayed.size).toBe(0);
  await next.put(items);
  await next.close();
  expect(await readValues('crashed')).toHaveLength(10);
});

test('too many consecutive dead letters stop the pipeline: they are stored, and nothing after them is committed', async () => {
  const name = 'stopped';
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }], waitForLeaders: true });
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: name, messages: Array.from({ length: 100 }, (_, index) => ({ value: `no post ${index}` })) });
  await producer.disconnect();
  const config = join(dir, 'stopped.yaml');
  const kafkaSettings = { brokers: kafka.brokers, topic: name, deadLetterTopic: `${name}.dead`, groupId: name };
  const settings = {
    source: 'kafka',
    kafka: kafkaSettings,
    dataDir: join(dir, name),
    deadLetters: { maxConsecutive: 30 },
    server: { enabled: false },
  };
  await writeFile(config, JSON.stringify(settings));
  const run = () => feedpulse('run', '--config', config);
  await expect(run()).rejects.toMatchObject({ code: 7, stderr: expect.stringContaining('TOO_MANY_DEAD_LETTERS') });
  // A second run reads the same messages; the duplicate dead letters count once.
  await expect(run()).rejects.toMatchObject({ code: 7 });
  const [offsets] = await admin.fetchOffsets({ groupId: name, topics: [name] });
  expect(offsets?.partitions.map(({ offset }) => offset)).toEqual(['-1']);
  await admin.disconnect();
  expect(await readValues(`${name}.dead`)).toHaveLength(200);
  expect(await runDeadLetters('list', '--config', config)).toMatchObject({ counts: { 'not-json': 100 } });
});

async function waitUntilRead(process: RunningFeedpulse, messages: number): Promise<void> {
  await eventually('every message is committed', 90, async () => {
    const read = (await process.metric('feedpulse_posts_read_total')) + (await process.metric('feedpulse_dead_letters_total'));
    return read >= messages && (await process.metric('feedpulse_kafka_lag')) === 0;
  });
}

test('after the mapping is fixed, replayed dead letters count once, however often and concurrently they are replayed', async () => {
  await send();
  running = await startFeedpulse(['--config', wrong]);
  await waitUntilRead(running, posts + hostile.length);
  expect(await running.stop()).toBe(0);

  const listing = await runDeadLetters<{ counts: object; deadLetters: { position: string; reason: string }[] }>(
    'list',
    '--config',
    wrong,
    '--limit',
    '4000',
  );
  expect(listing.counts).toEqual({ 'missing-text': posts + 1, 'not-json': 2 });
  const { stdout: table } = await feedpulse('dead-letters', 'list', '--config', wrong, '--limit', '5');
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { position } of listing.deadLetters.filter(({ reason }) => reason === 'not-json')) {
    const { stdout } = await feedpulse('dead-letters', 'show', position, '--config', fixed);
    expect(stdout).toMatch(/\\u\{(1b|9b)\}/);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toMatch(/^parses now +no: not-json$/m);
  }

  expect(await replay('--dry-run')).toMatchObject({ replayed: posts, alreadyReplayed: 0, skipped: { 'missing-text': 1, 'not-json': 2 } });
  expect(await readReplayed()).toHaveLength(0);
  expect(await replay('--reason', 'not-json')).toMatchObject({ replayed: 0, skipped: { 'not-json': 2 } });

  // Killed at any time: during startup, while reading, within a transaction or between two.
  for (const delay of [1_200, 2_000, 2_500]) {
    const process = startReplay();
    const exited = once(process, 'exit');
    await systemClock.sleep(delay + Math.random() * 400);
    process.kill('SIGKILL');
    await exited;
  }
  // Two concurrent replays, then a third.
  const both = await Promise.allSettled([replay(), replay()]);
  for (const result of both) if (result.status === 'rejected') expect(String(result.reason)).toContain('REPLAY_CONFLICT');
  const last = await replay();
  expect(last.replayed + last.alreadyReplayed).toBe(posts);
  expect(await replay()).toMatchObject({ replayed: 0, alreadyReplayed: posts, skipped: { 'missing-text': 1, 'not-json': 2 } });
  const messages = await readReplayed();
  expect(new Set(messages.map(({ key }) => String(key))).size).toBe(posts);
  expect(messages).toHaveLength(posts);

  running = await startFeedpulse(['--config', fixed]);
  await waitUntilRead(running, posts);
  const consumer = running;
  await eventually('the posts are in the rollups', 30, async () => {
    const { current } = await consumer.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
    return current.volume === posts;
  });
  expect(await running.stop()).toBe(0);
  const query =
    "SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids, toString(min(created_at), 'UTC') AS first FROM posts FINAL";
  const [rows] = await queryDataDir<{ rows: number; ids: number; first: string }>(join(dir, 'data'), query);
  expect([rows?.rows, rows?.ids]).toEqual([posts, posts]);
  // The time of a message without a date is that of its first delivery, not of its replay.
  expect(rows?.first.slice(0, 19)).toBe(new Date(sentAt).toISOString().slice(0, 19).replace('T', ' '));
});
