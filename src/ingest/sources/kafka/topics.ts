import { randomUUID } from 'node:crypto';
import type { Admin, Batch, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import type { Clock } from '../../../lib/clock.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** The largest batch that the topic takes, in bytes; the broker's own limit where it is absent. */
  readonly maxMessageBytes?: number;
  /** Keeps the last message of each key for ever, instead of all for the broker's time. */
  readonly compacted?: boolean;
}

/** Creates the topic unless it is there; replicated as the broker does by default. True when it was created. */
export async function ensureTopic(kafka: Kafka, { topic, partitions, maxMessageBytes, compacted }: NewTopic): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return false;
    const configEntries = [
      ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
      ...(compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : []),
    ];
    return await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: -1, configEntries }],
      waitForLeaders: true,
    });
  } catch (thrown) {
    // Somebody else was faster.
    if (hasKafkaErrorCode(thrown, 'TOPIC_ALREADY_EXISTS')) return false;
    throw thrown;
  } finally {
    await admin.disconnect();
  }
}

export interface TopicReading {
  readonly kafka: Kafka;
  readonly topic: string;
  /** The reader's group has a name that begins so; it commits nothing and leaves no trace. */
  readonly groupPrefix: string;
  readonly clock: Clock;
  visit(message: KafkaMessage): Promise<void> | void;
  onProgress?(done: number, total: number): void;
}

/** Milliseconds without any progress after which the broker counts as gone. */
const patience = 60_000;

/**
 * Visits every message that the topic holds when the call begins, in order within a partition; none where the
 * topic does not exist. Messages of transactions that were not committed are left out.
 * @throws KAFKA_UNAVAILABLE when the broker stops answering, and whatever `visit` throws
 */
export async function readTopic(reading: TopicReading): Promise<void> {
  const ends = await endsOf(reading);
  if (ends.size === 0) return;
  const consumer = reading.kafka.consumer({
    groupId: `${reading.groupPrefix}.${randomUUID()}`,
    maxWaitTimeInMs: 250,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries: 8, restartOnFailure: async () => false },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: reading.topic, fromBeginning: true });
    await consume(consumer, ends, reading);
  } finally {
    await consumer.disconnect();
  }
}

/** Where a partition begins and ends, for those that hold something. */
type Ends = Map<number, { readonly low: bigint; readonly high: bigint }>;

async function endsOf({ kafka, topic }: TopicReading): Promise<Ends> {
  const admin: Admin = kafka.admin();
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(topic)) return new Map();
    const offsets = await admin.fetchTopicOffsets(topic);
    const ends = offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }] as const);
    return new Map(ends.filter(([, { low, high }]) => high > low));
  } finally {
    await admin.disconnect();
  }
}

async function consume(consumer: Consumer, ends: Ends, { topic, clock, visit, onProgress }: TopicReading): Promise<void> {
  const total = [...ends.values()].reduce((sum, { low, high }) => sum + Number(high - low), 0);
  const open = new Map(ends);
  let lastProgress = clock.now();
  let failure: Error | undefined;
  const over = new AbortController();
  const fail = (error: Error): void => {
    failure ??= error;
    over.abort();
  };
  /** Everything of the partition below `next` was seen. */
  const reached = (partition: number, next: bigint): void => {
    lastProgress = clock.now();
    const end = open.get(partition);
    if (end && next >= end.high) open.delete(partition);
    else if (end) open.set(partition, { ...end, low: next });
    onProgress?.(total - [...open.values()].reduce((sum, { low, high }) => sum + Number(high - low), 0), total);
    if (open.size === 0) over.abort();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  // Told also of batches that hold nothing but the marks of transactions, which no handler sees.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (!over.signal.aborted) reached(payload.partition, BigInt(payload.lastOffset) + 1n);
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => {
      try {
        await visitAll(batch, ends, over.signal, visit, heartbeat);
      } catch (thrown) {
        fail(asError(thrown));
      }
    },
  });
  while (!over.signal.aborted) {
    await clock.sleep(1_000, over.signal);
    if (clock.now() - lastProgress > patience) fail(new FeedpulseError('KAFKA_UNAVAILABLE', `The rest of ${topic} does not arrive.`));
  }
  if (failure) throw failure;
}

async function visitAll(
  { partition, messages }: Batch,
  ends: Ends,
  over: AbortSignal,
  visit: TopicReading['visit'],
  heartbeat: () => Promise<void>,
): Promise<void> {
  const high = ends.get(partition)?.high ?? 0n;
  for (const message of messages) {
    if (over.aborted || BigInt(message.offset) >= high) return;
    await visit(message);
    await heartbeat(); // kafkajs sends one only when it is due
  }
}
