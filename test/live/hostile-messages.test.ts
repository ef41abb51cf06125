import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type KafkaMessage, type Message } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, queryDataDir, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';

const topic = 'hostile';
const deadTopic = 'hostile.dead';

let kafka: TestKafka;
let client: kafkajs.Kafka;
let dir: string;

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-hostile-'));
});
afterAll(async () => {
  await kafka.stop();
  await rm(dir, { recursive: true, force: true });
});

/** The dead-letter reason; undefined for a valid post. */
type Reason = string | undefined;

const json = (post: object): string => JSON.stringify({ platform: 'p', text: 'I love this', ...post });

/** One message of each kind per round. The keys of posts differ between rounds. */
const kinds: readonly { readonly reason: Reason; readonly make: (round: number) => string | Buffer }[] = [
  { reason: 'not-json', make: () => 'hello' },
  { reason: 'not-json', make: (round) => json({ id: `cut-${round}` }).slice(0, -5) },
  { reason: 'not-json', make: () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) },
  { reason: 'not-an-object', make: () => '[1, 2, 3]' },
  { reason: 'wrong-type', make: (round) => json({ id: `typed-${round}`, text: 42 }) },
  { reason: 'missing-text', make: (round) => json({ id: `silent-${round}`, text: ' \n ' }) },
  { reason: 'missing-id', make: () => json({}) },
  { reason: 'bad-id', make: () => '{"platform":"p","id":"half \\ud83d","text":"x"}' },
  { reason: 'too-large', make: (round) => json({ id: `large-${round}`, text: 'a'.repeat(1_000_000) }) },
  { reason: 'too-old', make: (round) => json({ id: `old-${round}`, createdAt: '0000-01-01T00:00:00Z' }) },
  { reason: 'in-the-future', make: (round) => json({ id: `future-${round}`, createdAt: '9999-12-31T23:59:59Z' }) },
  { reason: 'bad-date', make: (round) => json({ id: `dated-${round}`, createdAt: 'yesterday' }) },
  {
    reason: undefined,
    make: (round) => `{"platform":"p","id":"deep-${round}","text":"x","more":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  },
  { reason: undefined, make: (round) => `{"platform":"p","id":"surrogate-${round}","text":"half an emoji \\ud83d in here"}` },
  { reason: undefined, make: (round) => json({ id: `nul-${round}`, text: 'before\0after' }) },
  { reason: undefined, make: (round) => json({ id: `unknown-${round}`, constructor: 1, __proto__: null, extra: { a: [1] } }) },
  { reason: undefined, make: (round) => json({ id: `sql-${round}`, text: "'; DROP TABLE posts; -- {id:String} \\' \t" }) },
  { reason: undefined, make: () => json({ id: 'twice', text: 'the same post again' }) },
];
const rounds = 12;

test('dead-letters malformed messages, scores valid edge cases, and does not stop', async () => {
  const messages: Message[] = [];
  for (let round = 0; round < rounds; round += 1) for (const { make } of kinds) messages.push({ value: make(round) });
  expect(messages.length).toBeGreaterThanOrEqual(200);
  messages.push({ value: json({ id: 'last', text: 'still here' }) });
  await send(messages);

  const dataDir = join(dir, 'data');
  const env = {
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: topic,
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: deadTopic,
  };
  const running = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], { ...env, FEEDPULSE_DEAD_LETTERS_MAX_RATIO: '0.9' });
  const rejected = kinds.filter(({ reason }) => reason !== undefined);
  await eventually('every message is committed', 60, async () => {
    const read = (await running.metric('feedpulse_posts_read_total')) + (await running.metric('feedpulse_dead_letters_total'));
    return read >= messages.length && (await running.metric('feedpulse_kafka_lag')) === 0;
  });
  expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  expect(await running.stop()).toBe(0);
  expect(running.log()).not.toContain('DROP TABLE');

  const scored = kinds.length - rejected.length - 1;
  const [rows] = await queryDataDir<{ rows: number }>(
    dataDir,
    "SELECT toUInt32(count()) AS rows FROM posts FINAL WHERE label != 'unscored'",
  );
  expect(rows?.rows).toBe(scored * rounds + 2); // the post that was sent twelve times, and the last one
  const [odd] = await queryDataDir<{ text: string }>(dataDir, "SELECT text FROM posts FINAL WHERE id = 'sql-3'");
  expect(odd?.text).toBe("'; DROP TABLE posts; -- {id:String} \\' \t");

  const deadLetters = await readAll(deadTopic, rejected.length * rounds);
  const counts = new Map<string, number>();
  for (const { headers } of deadLetters) {
    const reason = String(headers?.['feedpulse-reason']);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const expected = new Map<string, number>();
  for (const { reason = '' } of rejected) expected.set(reason, (expected.get(reason) ?? 0) + rounds);
  expect(counts).toEqual(expected);
  const sent = new Set(messages.map(({ value }) => Buffer.from(value ?? '').toString('base64')));
  for (const { value } of deadLetters) expect(sent.has((value ?? Buffer.alloc(0)).toString('base64'))).toBe(true);
});

async function send(messages: Message[]): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic, numPartitions: 2, configEntries: [{ name: 'max.message.bytes', value: '4000000' }] }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  for (const message of messages) await producer.send({ topic, messages: [message] });
  await producer.disconnect();
}

/** The first `count` messages of a topic. */
async function readAll(from: string, count: number): Promise<KafkaMessage[]> {
  const found: KafkaMessage[] = [];
  const consumer = client.consumer({ groupId: 'reader', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: from, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void found.push(message) });
  await eventually('the dead letters are read', 30, async () => found.length >= count);
  await consumer.disconnect();
  return found;
}
