import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureTopic } from '../../src/ingest/sources/kafka/topics.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { writePosts } from '../support/post-file.ts';

/** What `run` and `doctor` say about a consumer group that they must not join. */

const posts = 200;
let kafka: TestKafka;
let client: kafkajs.Kafka;
let dir: string;
let first: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-group-'));
});
afterAll(async () => {
  await first?.kill();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

const env = (topic: string): Record<string, string> => ({
  FEEDPULSE_SOURCE: 'kafka',
  FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
  FEEDPULSE_KAFKA_TOPIC: topic,
  FEEDPULSE_KAFKA_SESSION_TIMEOUT: '3s',
});

/** Runs until it exits on its own. */
const run = (topic: string, name: string) => runCommand(['run', '--no-server', '--data-dir', join(dir, name)], env(topic));
const doctor = (topic: string) => runCommand(['doctor', '--data-dir', join(dir, 'doctor')], env(topic));

test('a group that another program uses is named at once', async () => {
  const topic = 'group-in-use';
  await ensureTopic(client, { topic, partitions: 1 });
  const other = client.consumer({ groupId: `feedpulse-${topic}`, maxWaitTimeInMs: 100 });
  await other.connect();
  await other.subscribe({ topic });
  const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve));
  await other.run({ eachMessage: async () => {} });
  await joined;
  const problem = `Another program uses the consumer group feedpulse-${topic}. Choose another`;
  expect(await run(topic, topic)).toMatchObject({ code: 5, output: expect.stringContaining(`KAFKA_GROUP_IN_USE: ${problem}`) });
  expect(await doctor(topic)).toMatchObject({ code: 1, output: expect.stringMatching(new RegExp(`✗ group +${problem}`)) });
  await other.disconnect();
});

test('a second process with an embedded database stops, and the first one gets every post', async () => {
  const topic = 'group-shared';
  const file = join(dir, 'posts.ndjson');
  await writePosts(file, posts);
  await ensureTopic(client, { topic, partitions: 2 });
  first = await startFeedpulse(['--data-dir', join(dir, 'first')], env(topic));
  const running = first;
  await eventually('the first has joined', 30, async () => (await fetch(`${running.url}/readyz`)).status === 200);
  const [second, checked] = await Promise.all([run(topic, 'second'), doctor(topic)]);
  expect(second).toMatchObject({
    code: 5,
    output: expect.stringMatching(/KAFKA_GROUP_SHARED: .*feedpulse-group-shared has another member/),
  });
  expect(checked.output).toMatch(/✗ group .*has another member/);
  await feedpulse('produce', file, '--topic', topic, '--brokers', kafka.brokers.join(','));
  await eventually('the first has every post', 30, async () => (await running.metric('feedpulse_rows_written_total')) >= posts);
  expect(await running.stop()).toBe(0);
  expect(await queryDataDir(join(dir, 'first'), 'SELECT toUInt32(count()) AS rows FROM posts FINAL')).toEqual([{ rows: posts }]);
});

test('waits for a topic that is created later', async () => {
  const topic = 'created-later';
  const checked = await doctor(topic);
  expect(checked).toMatchObject({ code: 1, output: expect.stringContaining(`The topic ${topic} does not exist yet`) });
  const waiting = await startFeedpulse(['--data-dir', join(dir, topic)], env(topic));
  first = waiting;
  await ensureTopic(client, { topic, partitions: 1 });
  await eventually('it is ready', 30, async () => (await fetch(`${waiting.url}/readyz`)).status === 200);
  expect(await waiting.stop()).toBe(0);
});
