import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin, type Kafka, type TopicPartitionOffsetAndMetadata } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../../src/config/schema.ts';
import type { Source } from '../../../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../../../src/domain/post.ts';
import { createKafkaSource } from '../../../../src/ingest/sources/kafka/kafka-source.ts';
import { ensureTopic } from '../../../../src/ingest/sources/kafka/topics.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { createMetrics, type Metrics } from '../../../../src/lib/metrics.ts';
import { eventually } from '../../../support/feedpulse.ts';
import { startKafka, type TestKafka } from '../../../support/kafka.ts';
import { quiet } from '../../../support/test-database.ts';

/** The source against a real broker. Its posts count as durable at once. */

let kafka: TestKafka;
let client: Kafka;
let admin: Admin;
let members: Member[] = [];

beforeAll(async () => {
  kafka = await startKafka();
  client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  admin = client.admin();
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(members.map((member) => member.stop()));
  members = [];
});
afterAll(async () => {
  await admin.disconnect();
  await kafka.stop();
});

interface Member {
  readonly source: Source<SourceRecord>;
  readonly metrics: Metrics;
  /** IDs of the posts so far, in the order of their delivery. */
  readonly ids: string[];
  readonly logged: string[];
  /** Resolves to the error that ended the source; undefined if it was stopped. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

interface Settings {
  readonly topic: string;
  readonly groupId?: string;
  readonly sessionTimeout?: string;
}

/** @param memberIds shared by the sources of one process */
function start(settings: Settings, { isExclusive = false, memberIds = new Set<string>() } = {}): Member {
  const { kafka: config, mapping } = configSchema.parse({ kafka: { brokers: kafka.brokers, sessionTimeout: '3s', ...settings } });
  const metrics = createMetrics();
  const [ids, logged]: [string[], string[]] = [[], []];
  const remember = (_: object, message: string): void => void logged.push(message);
  const deadLetters = { write: async () => {}, observe: () => {}, close: async () => {} };
  const source = createKafkaSource({
    name: 'kafka',
    config,
    mapping,
    deadLetters,
    clock: systemClock,
    log: { ...quiet, info: remember, warn: remember, error: remember },
    metrics,
    isExclusive,
    memberIds,
    onSkip: () => {},
  });
  const stopping = new AbortController();
  const emit: Parameters<typeof source.run>[0] = ({ items, ack }) => {
    ids.push(...items.map(({ post }) => post.id));
    ack();
  };
  const ended = source.run(emit, stopping.signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  const member = { source, metrics, ids, logged, ended, stop };
  members.push(member);
  return member;
}

/** A topic of this test run. */
async function createTopic(partitions: number, name = `source-${randomUUID()}`): Promise<string> {
  await ensureTopic(client, { topic: name, partitions });
  return name;
}

/** Sends posts with these IDs, evenly over the partitions. */
async function send(topic: string, ids: readonly string[], partitions: number): Promise<void> {
  const producer = client.producer();
  await producer.connect();
  const toMessage = (id: string, index: number) => ({
    partition: index % partitions,
    value: JSON.stringify({ platform: 'p', id, text: 'Ines likes the Kestrivo' }),
  });
  await producer.send({ topic, messages: ids.map(toMessage) });
  await producer.disconnect();
}

/** Commits an offset as a member of the group, and leaves it; the admin client drops the metadata. */
async function commit(groupId: string, offset: TopicPartitionOffsetAndMetadata): Promise<void> {
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: offset.topic });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  await systemClock.sleep(200); // kafkajs commits nothing until the join is complete
  await consumer.commitOffsets([offset]);
  await consumer.disconnect();
}

const range = (count: number, prefix = ''): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const isReady = ({ source }: Member) => source.healthIssue() === undefined;

async function lagPartitions({ metrics }: Member): Promise<unknown[]> {
  return (await metrics.lag.get()).values.map(({ labels }) => labels['partition']).sort();
}

test('members of one group that read different topics each get all of theirs', async () => {
  const groupId = randomUUID();
  const [left, right] = [await createTopic(4), await createTopic(2)];
  const first = start({ topic: left, groupId });
  await eventually('the first has joined', 20, async () => isReady(first));
  const second = start({ topic: right, groupId });
  await eventually('the second has joined', 20, async () => isReady(second));
  await Promise.all([send(left, range(80), 4), send(right, range(40), 2)]);
  await eventually('both have read everything', 20, async () => first.ids.length >= 80 && second.ids.length >= 40);
  expect(new Set(first.ids)).toEqual(new Set(range(80)));
  expect(new Set(second.ids)).toEqual(new Set(range(40)));
});

test('the lag of a partition that another member now reads is removed', async () => {
  const topic = await createTopic(2);
  await send(topic, range(20), 2);
  const first = start({ topic });
  await eventually('the first reports both partitions', 20, async () => (await lagPartitions(first)).length === 2);
  const second = start({ topic });
  await eventually('the second has joined', 20, async () => isReady(second));
  await eventually('the first reports one', 10, async () => (await lagPartitions(first)).length === 1);
  await send(topic, range(20), 2);
  await eventually('the second reports the other', 20, async () => (await lagPartitions(second)).length === 1);
  expect(await lagPartitions(first)).not.toEqual(await lagPartitions(second));
  await second.stop();
  expect(await lagPartitions(second)).toEqual([]);
});

test('a group of another program is left alone', async () => {
  const [topic, groupId] = [await createTopic(1), randomUUID()];
  const other = client.consumer({ groupId, maxWaitTimeInMs: 100 });
  await other.connect();
  await other.subscribe({ topic });
  const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve));
  await other.run({ eachMessage: async () => {} });
  await joined;
  const since = Date.now();
  expect(await start({ topic, groupId }).ended).toMatchObject({ code: 'KAFKA_GROUP_IN_USE', message: expect.stringContaining(groupId) });
  expect(Date.now() - since).toBeLessThan(5_000);
  await other.disconnect();
});

test('the default group has the name of the topic, and continues where the former default group stopped', async () => {
  const topic = await createTopic(2);
  await send(topic, range(20, 'old'), 2);
  await admin.setOffsets({ groupId: 'feedpulse', topic, partitions: [0, 1].map((partition) => ({ partition, offset: '10' })) });
  const member = start({ topic });
  await eventually('it has joined', 20, async () => isReady(member));
  const commits = async () => {
    const [found] = await admin.fetchOffsets({ groupId: `feedpulse-${topic}`, topics: [topic] });
    return found?.partitions.map(({ offset }) => offset);
  };
  await eventually('the offsets are committed in the new group', 10, async () => String(await commits()) === '10,10');
  await send(topic, range(4, 'new'), 2);
  await eventually('the new posts are read', 20, async () => member.ids.length >= 4);
  expect(member.ids.toSorted()).toEqual(range(4, 'new'));
  // Its own offsets count from now on.
  await member.stop();
  await send(topic, range(2, 'later'), 2);
  const next = start({ topic });
  await eventually('the last posts are read', 20, async () => next.ids.length >= 2);
  expect(next.ids.toSorted()).toEqual(range(2, 'later'));
});

test('an exclusive member that finds others waits until their session would have expired, then stops', async () => {
  const topic = await createTopic(2);
  const first = start({ topic }, { isExclusive: true });
  await eventually('the first has joined', 20, async () => isReady(first));
  const second = start({ topic }, { isExclusive: true });
  await eventually('the second waits', 10, async () => second.source.healthIssue()?.includes('Waiting for') ?? false);
  await send(topic, range(20), 2);
  expect(await second.ended).toMatchObject({ code: 'KAFKA_GROUP_SHARED', message: expect.stringContaining(topic) });
  await eventually('the first has read everything', 10, async () => first.ids.length >= 20);
  expect(first.ids.toSorted()).toEqual(range(20).toSorted());
  expect(second.ids).toEqual([]);
});

test('of two exclusive members that start at the same moment, one goes on alone', async () => {
  const topic = await createTopic(4);
  await send(topic, range(40), 4);
  const both = [start({ topic }, { isExclusive: true }), start({ topic }, { isExclusive: true })];
  const ended = await Promise.race(both.map((member) => member.ended.then((error) => ({ member, error }))));
  expect(ended.error).toMatchObject({ code: 'KAFKA_GROUP_SHARED' });
  expect(ended.member.ids).toEqual([]);
  const survivor = both.find((member) => member !== ended.member);
  await eventually('the other reads everything', 30, async () => new Set(survivor?.ids).size === 40);
  expect(await Promise.race([survivor?.ended, systemClock.sleep(3_000).then(() => 'runs on')])).toBe('runs on');
});

test('two sources of one process may share a group, although it must not be shared with others', async () => {
  const groupId = randomUUID();
  const [left, right] = [await createTopic(2), await createTopic(2)];
  const options = { isExclusive: true, memberIds: new Set<string>() };
  const [first, second] = [start({ topic: left, groupId }, options), start({ topic: right, groupId }, options)];
  await Promise.all([send(left, range(20), 2), send(right, range(20), 2)]);
  await eventually('both have read everything', 20, async () => first.ids.length >= 20 && second.ids.length >= 20);
  expect([isReady(first), isReady(second)]).toEqual([true, true]);
});

test('an exclusive member stops when another joins and stays', async () => {
  const [topic, groupId] = [await createTopic(2), randomUUID()];
  const exclusive = start({ topic, groupId }, { isExclusive: true });
  await eventually('it has joined', 20, async () => isReady(exclusive));
  start({ topic, groupId });
  expect(await exclusive.ended).toMatchObject({ code: 'KAFKA_GROUP_SHARED' });
});

test('a topic that is created again between two fetches is read from its beginning', async () => {
  const topic = await createTopic(2);
  await send(topic, range(20, 'old'), 2);
  const member = start({ topic });
  await eventually('the old posts are read', 20, async () => member.ids.length >= 20);
  await admin.deleteTopics({ topics: [topic] });
  await createTopic(2, topic);
  await send(topic, range(60, 'new'), 2);
  await eventually('every new post is read', 30, async () => new Set(member.ids).size === 80);
  const recreated = async () => (await member.metrics.topicRecreated.get()).values[0]?.value;
  await eventually('it is counted', 10, async () => (await recreated()) === 1);
  expect(member.logged).toContain('the topic was deleted and created again; reading it from the beginning');
});

test('offsets that were committed for a deleted topic of the same name are not used', async () => {
  const topic = await createTopic(1);
  await send(topic, range(20, 'new'), 1);
  await commit(`feedpulse-${topic}`, { topic, partition: 0, offset: '10', metadata: 'topic-id:AAAAAAAAAAAAAAAAAAAAAA' });
  const member = start({ topic });
  await eventually('every post is read', 20, async () => member.ids.length >= 20);
  expect(member.ids).toEqual(range(20, 'new'));
});
