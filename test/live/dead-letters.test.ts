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

const topic = 'letters';
const posts = 2_400;
const hostile = ['{"platform":"p","id":"\u001b[2J', '{"platform":"p","id":"no text"}', '\u009b31m'];
/** When every message is said to have been sent: none says itself when it was written. */
const sentAt = Date.now() - 3_600_000;

let kafka: TestKafka;
let client: kafkajs.Kafka;
let folder: string;
/** The mapping as it was, and as it should have been. */
let wrong: string;
let mended: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-letters-'));
  const settings = {
    source: 'kafka',
    kafka: { brokers: kafka.brokers, topic, groupId: 'readers' },
    dataDir: join(folder, 'data'),
    deadLetters: { maxConsecutive: 100_000, maxRatio: 1 },
    log: { level: 'warn' },
  };
  // JSON is YAML.
  wrong = join(folder, 'wrong.yaml');
  mended = join(folder, 'mended.yaml');
  await writeFile(wrong, JSON.stringify(settings));
  await writeFile(mended, JSON.stringify({ ...settings, mapping: { text: 'content.body' } }));
});
afterAll(async () => {
  await running?.kill();
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
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

async function letters<T>(...args: string[]): Promise<T> {
  const { stdout } = await feedpulse('dead-letters', ...args, '--format', 'json');
  return JSON.parse(stdout) as T; // the caller knows the command
}

interface Outcome {
  readonly replayed: number;
  readonly alreadyReplayed: number;
  readonly skipped: Readonly<Record<string, number>>;
}

const replay = (...args: string[]) => letters<Outcome>('replay', '--config', mended, ...args);

/** A replay that the caller ends. */
function startReplay(): ChildProcess {
  return spawn(process.execPath, [`${repository}bin/feedpulse.cjs`, 'dead-letters', 'replay', '--config', mended], { stdio: 'ignore' });
}

/** What the feed's topic holds of replays, as its readers see it. */
async function replayed(): Promise<KafkaMessage[]> {
  const found: KafkaMessage[] = [];
  const visit = (message: KafkaMessage): void => {
    if (message.headers?.['feedpulse-replayed-from']) found.push(message);
  };
  await readTopic({ kafka: client, topic, groupPrefix: 'test', clock: systemClock, visit });
  return found;
}

/** Ten letters of a feed of their own, and the store that has them. */
async function tenLetters(name: string): Promise<DeadLetterStore> {
  const config = configSchema.parse({
    kafka: { brokers: kafka.brokers, topic: name, deadLetterTopic: `${name}.dead`, groupId: name },
  }).kafka;
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const sink = createKafkaDeadLetterSink({ config, log: quiet });
  const position = (index: number) => ({ topic: name, partition: 0, offset: String(index) });
  const facts = { reason: 'too-old', timestamp: 1, at: '2026-01-01T00:00:00.000Z', version: '0.0.0' } as const;
  await sink.write(
    Array.from({ length: 10 }, (_, index) => ({ ...facts, bytes: Buffer.from(`{"id":${index}}`), position: position(index) })),
  );
  await sink.close();
  return createKafkaDeadLetterStore({ config, clock: systemClock, log: quiet });
}

async function lettersOf(store: DeadLetterStore): Promise<ReplayItem[]> {
  const found: ReplayItem[] = [];
  await store.read((deadLetter) => void found.push({ deadLetter, key: deadLetter.position.offset }));
  return found;
}

async function valuesIn(name: string): Promise<string[]> {
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
  const store = await tenLetters('foreign');
  const producer = client.producer();
  await producer.connect();
  const headers = { 'feedpulse-reason': 'x', 'feedpulse-topic': 'foreign', 'feedpulse-partition': '0' };
  const twice = { ...headers, 'feedpulse-offset': ['1', '2'] };
  await producer.send({
    topic: 'foreign.dead',
    messages: [{ value: 'x' }, { value: 'x', headers }, { value: 'x', headers: twice }, { value: null }],
  });
  await producer.disconnect();
  expect(await store.read(() => {})).toEqual({ unreadable: 4 });
  expect(await lettersOf(store)).toHaveLength(10);
});

test('a new replay fences off a running one', async () => {
  const store = await tenLetters('overtaken');
  const letters = await lettersOf(store);
  expect(letters).toHaveLength(10);
  const first = await store.beginReplay();
  const second = await store.beginReplay();
  // Had this gone through, the second would do it again: it has read what was put back before.
  await expect(first.put(letters.slice(0, 3))).rejects.toMatchObject({ code: 'REPLAY_CONFLICT' });
  await second.put(letters.slice(0, 3));
  const third = await store.beginReplay();
  expect(third.replayed.size).toBe(3);
  await expect(second.put(letters.slice(3, 6))).rejects.toMatchObject({ code: 'REPLAY_CONFLICT' });
  await third.put(letters.slice(3));
  await Promise.all([first.close(), second.close(), third.close()]);
  expect(await valuesIn('overtaken')).toEqual(letters.map(({ deadLetter }) => String(deadLetter.bytes)));
  expect((await store.replayed()).size).toBe(10);
});

test('a new replay aborts the open transaction of a crashed one', async () => {
  const store = await tenLetters('died');
  const letters = await lettersOf(store);
  const dying = client.producer({ transactionalId: 'died.dead.replayed', transactionTimeout: 60_000, maxInFlightRequests: 1 });
  await (await store.beginReplay()).close(); // makes the topic of the record
  await dying.connect();
  const transaction = await dying.transaction();
  await transaction.send({ topic: 'died', messages: letters.map(({ deadLetter }) => ({ value: deadLetter.bytes })) });
  await transaction.send({ topic: 'died.dead.replayed', messages: letters.map(({ deadLetter }) => ({ key: deadLetter.id, value: 'x' })) });
  await dying.disconnect();
  const next = await store.beginReplay();
  expect(next.replayed.size).toBe(0);
  await next.put(letters);
  await next.close();
  expect(await valuesIn('died')).toHaveLength(10);
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
  const config = join(folder, 'stopped.yaml');
  const own = { brokers: kafka.brokers, topic: name, deadLetterTopic: `${name}.dead`, groupId: name };
  const settings = {
    source: 'kafka',
    kafka: own,
    dataDir: join(folder, name),
    deadLetters: { maxConsecutive: 30 },
    server: { enabled: false },
  };
  await writeFile(config, JSON.stringify(settings));
  const run = () => feedpulse('run', '--config', config);
  await expect(run()).rejects.toMatchObject({ code: 7, stderr: expect.stringContaining('TOO_MANY_DEAD_LETTERS') });
  // Again: the same messages come, and the copies of their letters count once.
  await expect(run()).rejects.toMatchObject({ code: 7 });
  const [offsets] = await admin.fetchOffsets({ groupId: name, topics: [name] });
  expect(offsets?.partitions.map(({ offset }) => offset)).toEqual(['-1']);
  await admin.disconnect();
  expect(await valuesIn(`${name}.dead`)).toHaveLength(200);
  expect(await letters('list', '--config', config)).toMatchObject({ counts: { 'not-json': 100 } });
});

async function untilRead(process: RunningFeedpulse, messages: number): Promise<void> {
  await eventually('every message committed', 90, async () => {
    const read = (await process.metric('feedpulse_posts_read_total')) + (await process.metric('feedpulse_dead_letters_total'));
    return read >= messages && (await process.metric('feedpulse_kafka_lag')) === 0;
  });
}

test('after the mapping is fixed, replayed dead letters count once, however often and concurrently they are replayed', async () => {
  await send();
  running = await startFeedpulse(['--config', wrong]);
  await untilRead(running, posts + hostile.length);
  expect(await running.stop()).toBe(0);

  const listing = await letters<{ counts: object; letters: { position: string; reason: string }[] }>(
    'list',
    '--config',
    wrong,
    '--limit',
    '4000',
  );
  expect(listing.counts).toEqual({ 'missing-text': posts + 1, 'not-json': 2 });
  const { stdout: table } = await feedpulse('dead-letters', 'list', '--config', wrong, '--limit', '5');
  expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { position } of listing.letters.filter(({ reason }) => reason === 'not-json')) {
    const { stdout } = await feedpulse('dead-letters', 'show', position, '--config', mended);
    expect(stdout).toMatch(/\\u\{(1b|9b)\}/);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(stdout).toContain('rejected again: not-json');
  }

  expect(await replay('--dry-run')).toMatchObject({ replayed: posts, alreadyReplayed: 0, skipped: { 'missing-text': 1, 'not-json': 2 } });
  expect(await replayed()).toHaveLength(0);
  expect(await replay('--reason', 'not-json')).toMatchObject({ replayed: 0, skipped: { 'not-json': 2 } });

  // Killed anywhere: while it starts, reads, within a transaction, between two.
  for (const delay of [1_200, 2_000, 2_500]) {
    const dying = startReplay();
    const exited = once(dying, 'exit');
    await systemClock.sleep(delay + Math.random() * 400);
    dying.kill('SIGKILL');
    await exited;
  }
  // Two people at once, then one who wants to be sure.
  const both = await Promise.allSettled([replay(), replay()]);
  for (const one of both) if (one.status === 'rejected') expect(String(one.reason)).toContain('REPLAY_CONFLICT');
  const last = await replay();
  expect(last.replayed + last.alreadyReplayed).toBe(posts);
  expect(await replay()).toMatchObject({ replayed: 0, alreadyReplayed: posts, skipped: { 'missing-text': 1, 'not-json': 2 } });
  const back = await replayed();
  expect(new Set(back.map(({ key }) => String(key))).size).toBe(posts);
  expect(back).toHaveLength(posts);

  running = await startFeedpulse(['--config', mended]);
  await untilRead(running, posts);
  const counting = running;
  await eventually('every post in the figures', 30, async () => {
    const { current } = await counting.get<{ current: { volume: number } }>('/api/v1/summary?from=now-48h');
    return current.volume === posts;
  });
  expect(await running.stop()).toBe(0);
  const query =
    "SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids, toString(min(created_at), 'UTC') AS first FROM posts FINAL";
  const [rows] = await queryDataDir<{ rows: number; ids: number; first: string }>(join(folder, 'data'), query);
  expect([rows?.rows, rows?.ids]).toEqual([posts, posts]);
  // The time of a message without a date is that of its first coming, not of its replay.
  expect(rows?.first.slice(0, 19)).toBe(new Date(sentAt).toISOString().slice(0, 19).replace('T', ' '));
});
