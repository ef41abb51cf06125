import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type KafkaMessage, type Message } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureTopic, readTopic } from '../../src/ingest/sources/kafka/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

/** Messages that use what Kafka offers besides the value: tombstones, keys and headers. */

let kafka: TestKafka;
let client: kafkajs.Kafka;
let dir: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-kafka-messages-'));
});
afterAll(async () => {
  await running?.kill();
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Sends the messages to a new topic; resolves to the path of a config that reads it. */
async function prepare(topic: string, messages: Message[], mapping: object = {}): Promise<string> {
  await ensureTopic(client, { topic, partitions: 1 });
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
  return writeConfig(topic, mapping);
}

async function writeConfig(topic: string, mapping: object): Promise<string> {
  const config = join(dir, `${topic}.yaml`);
  const settings = {
    source: 'kafka',
    kafka: { brokers: kafka.brokers, topic, deadLetterTopic: `${topic}.dead` },
    alerts: { enabled: false },
    mapping,
    dataDir: join(dir, topic),
  };
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
  return config;
}

test('a tombstone deletes the post that its key names; others are skipped, however many there are', async () => {
  const topic = 'tombstones';
  const post = (id: number): Message => ({
    key: `p:${id}`,
    value: JSON.stringify({ platform: 'p', id: `${id}`, text: 'Tomas praises the Brixomel' }),
  });
  const tombstone = (key: string | null): Message => ({ key, value: null });
  const config = await prepare(topic, [
    ...Array.from({ length: 50 }, (_, id) => post(id)),
    ...Array.from({ length: 45 }, (_, id) => tombstone(`p:${id}`)),
    ...Array.from({ length: 1_155 }, (_, index) => tombstone(index % 2 === 0 ? null : `order-${index}`)),
  ]);
  running = await startFeedpulse(['--config', config]);
  const reader = running;
  await eventually('every tombstone is skipped', 60, async () => (await reader.metric('feedpulse_messages_skipped_total')) === 1_155);
  await eventually('every message is committed', 30, async () => (await reader.metric('feedpulse_kafka_lag')) === 0);
  expect(await reader.metric('feedpulse_dead_letters_total')).toBe(0);
  expect((await fetch(`${reader.url}/readyz`)).status).toBe(200);
  expect(await reader.stop()).toBe(0);
  const rows = await queryDataDir<{ deleted: number; posts: number }>(
    join(dir, topic),
    'SELECT deleted, toUInt32(count()) AS posts FROM posts FINAL GROUP BY deleted ORDER BY deleted',
  );
  expect(rows.map(({ posts }) => posts)).toEqual([5, 45]);
});

test('headers can be mapped, stay with a dead letter, and are restored by a replay', async () => {
  const topic = 'headers';
  const headers = { CE_ID: '17', trace: ['a\u001b[2J', 'b'], raw: Buffer.from([0, 255]) };
  const mapping = { platformName: 'events', id: '$headers.ce_id' };
  const values = [{ text: 'Ines likes the Kestrivo' }, { other: 'Ines likes the Kestrivo, too' }];
  const config = await prepare(
    topic,
    values.map((value) => ({ value: JSON.stringify(value), headers })),
    mapping,
  );
  running = await startFeedpulse(['--config', config]);
  const reader = running;
  await eventually('the dead letter is written', 60, async () => (await reader.metric('feedpulse_dead_letters_total')) === 1);
  await eventually('both are committed', 30, async () => (await reader.metric('feedpulse_kafka_lag')) === 0);
  expect(await reader.stop()).toBe(0);
  expect(await queryDataDir(join(dir, topic), 'SELECT platform, id FROM posts FINAL')).toEqual([{ platform: 'events', id: '17' }]);
  const { stdout } = await feedpulse('dead-letters', 'show', `${topic}/0/1`, '--config', config);
  expect(stdout).toMatch(/^header +CE_ID: 17$/m);
  expect(stdout).toMatch(/^header +trace: a\\u\{1b\}\[2J$/m);
  expect(stdout).toMatch(/^header +raw: 00ff$/m);

  await writeConfig(topic, { ...mapping, text: 'other' });
  await feedpulse('dead-letters', 'replay', '--config', config);
  const messages: KafkaMessage[] = [];
  await readTopic({ kafka: client, topic, groupPrefix: 'test', clock: systemClock, visit: (message) => void messages.push(message) });
  expect(messages).toHaveLength(3);
  const [first, , replayed] = messages;
  expect(replayed?.headers).toMatchObject({ ...first?.headers });
});
