import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Batch, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** `max.message.bytes` of the topic; the broker's default if absent. */
  readonly maxMessageBytes?: number;
  /** Sets `cleanup.policy` to `compact`. */
  readonly isCompacted?: boolean;
}

/** Creates the topic unless it exists, with the broker's default replication. Resolves to whether it was created. */
export async function ensureTopic(kafka: Kafka, { topic, partitions, maxMessageBytes, isCompacted }: NewTopic): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return false;
    const configEntries = [
      ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
      ...(isCompacted ? [{ name: 'cleanup.policy', value: 'compact' }] : []),
    ];
    const isCreated = await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: -1, configEntries }],
      waitForLeaders: false,
    });
    await waitForLeaders(admin, topic);
    return isCreated;
  } catch (thrown) {
    // Another process created it first.
    if (hasKafkaErrorCode(thrown, 'TOPIC_ALREADY_EXISTS')) return false;
    throw thrown;
  } finally {
    await admin.disconnect();
  }
}

/** Milliseconds that brokers get to publish a new topic. */
const newTopicTimeoutMs = 10_000;
const newTopicPollMs = 100;

/**
 * Waits until a new topic has leaders. kafkajs's own wait, and its producer, fail at once if the broker does not know the
 * topic yet, although it has just confirmed the creation.
 */
async function waitForLeaders(admin: Admin, topic: string): Promise<void> {
  const deadline = performance.now() + newTopicTimeoutMs;
  while (!(await hasLeaders(admin, topic, performance.now() < deadline))) await sleep(newTopicPollMs);
}

async function hasLeaders(admin: Admin, topic: string, mayBeUnknown: boolean): Promise<boolean> {
  try {
    const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
    return !mayBeUnknown || (metadata?.partitions.every(({ leader }) => leader >= 0) ?? false);
  } catch (thrown) {
    if (mayBeUnknown && hasKafkaErrorCode(thrown, 'UNKNOWN_TOPIC_OR_PARTITION')) return false;
    throw thrown;
  }
}

export interface ReadTopicOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Prefix of the reader's group id. The group commits nothing. */
  readonly groupPrefix: string;
  readonly clock: Clock;
  visit(message: KafkaMessage): Promise<void> | void;
  onProgress?(done: number, total: number): void;
}

/** Milliseconds without progress after which the broker is considered unavailable. */
const stallMs = 60_000;

/**
 * Visits every message that the topic contains when the call begins, in order within a partition; none if the topic does
 * not exist. Messages of uncommitted transactions are skipped.
 * @throws KAFKA_UNAVAILABLE when the broker stops responding, and the errors of `visit`
 */
export async function readTopic(options: ReadTopicOptions): Promise<void> {
  const ranges = await fetchRanges(options);
  if (ranges.size === 0) return;
  const consumer = options.kafka.consumer({
    groupId: `${options.groupPrefix}.${randomUUID()}`,
    maxWaitTimeInMs: 250,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries: 8, restartOnFailure: async () => false },
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: options.topic, fromBeginning: true });
    await visitTopic(consumer, ranges, options);
  } finally {
    await consumer.disconnect();
  }
}

/** The first offset and the end of each partition that is not empty. */
type Ranges = Map<number, { readonly low: bigint; readonly high: bigint }>;

async function fetchRanges({ kafka, topic }: ReadTopicOptions): Promise<Ranges> {
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

async function visitTopic(consumer: Consumer, ranges: Ranges, { topic, clock, visit, onProgress }: ReadTopicOptions): Promise<void> {
  const total = [...ranges.values()].reduce((sum, { low, high }) => sum + Number(high - low), 0);
  const remainingRanges = new Map(ranges);
  let lastProgress = monotonicNow(clock);
  let failure: Error | undefined;
  const completed = new AbortController();
  const fail = (error: Error): void => {
    failure ??= error;
    completed.abort();
  };
  /** Everything of the partition below `next` has been visited. */
  const advance = (partition: number, next: bigint): void => {
    lastProgress = monotonicNow(clock);
    const end = remainingRanges.get(partition);
    if (end && next >= end.high) remainingRanges.delete(partition);
    else if (end) remainingRanges.set(partition, { ...end, low: next });
    onProgress?.(total - [...remainingRanges.values()].reduce((sum, { low, high }) => sum + Number(high - low), 0), total);
    if (remainingRanges.size === 0) completed.abort();
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  // Also fired for batches of control records only, which eachBatch does not see.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (!completed.signal.aborted) advance(payload.partition, BigInt(payload.lastOffset) + 1n);
  });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => {
      try {
        await visitAll(batch, ranges, completed.signal, visit, heartbeat);
      } catch (thrown) {
        fail(asError(thrown));
      }
    },
  });
  while (!completed.signal.aborted) {
    await clock.sleep(1_000, completed.signal);
    if (monotonicNow(clock) - lastProgress > stallMs)
      fail(new FeedpulseError('KAFKA_UNAVAILABLE', `No messages received from topic ${topic} for ${stallMs / 1_000} seconds.`));
  }
  if (failure) throw failure;
}

async function visitAll(
  { partition, messages }: Batch,
  ranges: Ranges,
  done: AbortSignal,
  visit: ReadTopicOptions['visit'],
  heartbeat: () => Promise<void>,
): Promise<void> {
  const high = ranges.get(partition)?.high ?? 0n;
  for (const message of messages) {
    if (done.aborted || BigInt(message.offset) >= high) return;
    await visit(message);
    await heartbeat(); // kafkajs sends one only if it is due
  }
}
