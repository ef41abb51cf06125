import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc, { type Schema } from 'avsc';
import kafkajs, { type KafkaMessage, type Message } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registerCodecs } from '../../src/ingest/sources/kafka/codecs.ts';
import { readTopic } from '../../src/ingest/sources/kafka/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../support/kafka.ts';
import { framed, startRegistry, type TestRegistry } from '../support/schema-registry.ts';

const topic = 'formats';
const each = 100;

const fields = [
  { name: 'platform', type: 'string' },
  { name: 'id', type: 'string' },
  { name: 'text', type: 'string' },
  { name: 'createdAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
] as const;
const first = { type: 'record', name: 'Post', fields: [...fields] } as const;
/** A later version, with an additional optional field. */
const second = { ...first, fields: [...fields, { name: 'lang', type: ['null', 'string'], default: null }] } as const;

let kafka: TestKafka;
let registry: TestRegistry;
let client: kafkajs.Kafka;
let dir: string;
let running: RunningFeedpulse | undefined;

beforeAll(async () => {
  [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-formats-'));
  registerCodecs();
});
afterEach(() => running?.kill());
afterAll(async () => {
  await Promise.all([kafka.stop(), registry.stop()]);
  await rm(dir, { recursive: true, force: true });
});

async function send(to: string, messages: Message[], compression: number): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: to, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '8000000' }] }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: to, messages, compression });
  await producer.disconnect();
}

function createEnv(to: string): Record<string, string> {
  return {
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: to,
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${to}.dead`,
    FEEDPULSE_KAFKA_SCHEMA_REGISTRY_URL: registry.config.url,
    FEEDPULSE_KAFKA_SCHEMA_REGISTRY_USERNAME: registry.config.username ?? '',
    FEEDPULSE_KAFKA_SCHEMA_REGISTRY_PASSWORD: registry.config.password ?? '',
  };
}

const post = (kind: string, index: number) => ({ platform: 'p', id: `${kind}-${index}`, text: 'What a lovely day', createdAt: Date.now() });

test('stores Avro in two versions, JSON Schema and JSON despite registry outages, and dead-letters the rest', async () => {
  // The package's types require mutable arrays.
  const [avro1, avro2] = [avsc.Type.forSchema(first as unknown as Schema), avsc.Type.forSchema(second as unknown as Schema)];
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const large = json({ ...post('large', 0), text: 'x'.repeat(5_000_000) });
  const damaged = framed(1, Buffer.from('not a post'));
  const indexes = Array.from({ length: each }, (_, index) => index);
  await send(
    topic,
    indexes.map((index) => ({ value: framed(1, avro1.toBuffer(post('first', index))) })),
    kafkajs.CompressionTypes.GZIP,
  );
  await send(
    topic,
    indexes.map((index) => ({ value: framed(2, avro2.toBuffer({ ...post('second', index), lang: 'en' })) })),
    kafkajs.CompressionTypes.LZ4,
  );
  await send(
    topic,
    indexes.map((index) => ({ value: framed(3, json(post('schema', index))) })),
    kafkajs.CompressionTypes.Snappy,
  );
  await send(
    topic,
    indexes.map((index) => ({ value: json(post('plain', index)) })),
    kafkajs.CompressionTypes.None,
  );
  await send(topic, [{ value: damaged }, { value: large }, { value: json(post('last', 0)) }], kafkajs.CompressionTypes.None);

  registry.register(1, { schema: JSON.stringify(first) });
  registry.register(3, { schema: '{}', schemaType: 'JSON' });
  registry.fail(5, 503);
  const dataDir = join(dir, 'data');
  const reader = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir], createEnv(topic));
  running = reader;
  // The second version is registered after its messages were produced.
  await eventually('the schema was requested twice', 30, async () => registry.requests() > 9);
  expect(await reader.metric('feedpulse_dead_letters_total')).toBe(0);
  registry.register(2, { schema: JSON.stringify(second) });
  await eventually('every message is committed', 60, async () => {
    const read = (await reader.metric('feedpulse_posts_read_total')) + (await reader.metric('feedpulse_dead_letters_total'));
    return read >= 4 * each + 3 && (await reader.metric('feedpulse_kafka_lag')) === 0;
  });
  expect(await reader.stop()).toBe(0);

  const query = "SELECT splitByChar('-', id)[1] AS kind, toUInt32(count()) AS rows FROM posts FINAL GROUP BY kind ORDER BY kind";
  expect(await queryDataDir(dataDir, query)).toEqual([
    { kind: 'first', rows: each },
    { kind: 'last', rows: 1 },
    { kind: 'plain', rows: each },
    { kind: 'schema', rows: each },
    { kind: 'second', rows: each },
  ]);
  const deadLetters: KafkaMessage[] = [];
  await readTopic({
    kafka: client,
    topic: `${topic}.dead`,
    groupPrefix: 'test',
    clock: systemClock,
    visit: (message) => void deadLetters.push(message),
  });
  expect(deadLetters.map(({ headers }) => String(headers?.['feedpulse-reason']))).toEqual(['undecodable', 'too-large']);
  expect(deadLetters.map(({ value }) => value?.equals(damaged) || value?.equals(large))).toEqual([true, true]);
});

test('a batch that decompresses to more than the limit stops the pipeline with a clear error', async () => {
  const bomb = { value: Buffer.alloc(60 * 1_048_576, 0x20) };
  await send('bomb', [bomb], kafkajs.CompressionTypes.GZIP);
  const config = join(dir, 'bomb.yaml');
  const settings = {
    source: 'kafka',
    kafka: { brokers: kafka.brokers, topic: 'bomb' },
    server: { enabled: false },
    log: { level: 'error' },
  };
  await writeFile(config, JSON.stringify({ ...settings, dataDir: join(dir, 'bomb') })); // JSON is YAML
  const run = feedpulse('run', '--config', config);
  await expect(run).rejects.toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/KAFKA_UNREADABLE: .*exceeds the decompression limit/),
  });
});

test.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads a topic compressed with %s', async (codec) => {
  const to = `kept-in-${codec}`;
  const admin = client.admin();
  await admin.connect();
  // The broker recompresses the messages with its own implementation, the reference.
  const configEntries = [{ name: 'compression.type', value: codec }];
  await admin.createTopics({ topics: [{ topic: to, numPartitions: 1, configEntries }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic: to, messages: Array.from({ length: each }, (_, index) => ({ value: JSON.stringify(post(codec, index)) })) });
  await producer.disconnect();
  running = await startFeedpulse(['--source', 'kafka', '--data-dir', join(dir, to)], createEnv(to));
  const { metric } = running;
  await eventually('every post is written', 60, async () => (await metric('feedpulse_rows_written_total')) === each);
  expect(await running.stop()).toBe(0);
  const rows = await queryDataDir<{ text: string }>(join(dir, to), 'SELECT DISTINCT text FROM posts FINAL');
  expect(rows).toEqual([{ text: 'What a lovely day' }]);
});
