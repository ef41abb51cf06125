import type { Admin, Consumer, Kafka } from 'kafkajs';
import { type KafkaConfig, toMilliseconds } from '../../../config/schema.ts';
import type { Emit } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import { type Clock, withTimeout } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter.ts';
import type { ParseMessage } from '../../decode/message-parser.ts';
import type { CompiledMapping } from '../../mapping/parse-message.ts';
import { checkBrokerCertificates } from './client.ts';
import { consumeBatch, type KafkaBatchDeps } from './consume-batch.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface KafkaConsumerDeps {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly mapping: CompiledMapping;
  readonly parse: ParseMessage;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'lag' | 'offsetGap'>;
  readonly events: KafkaConsumerEvents;
  readonly emit: Emit<SourceRecord>;
}

/** Callbacks of the consumer, for /readyz and restarts. */
export interface KafkaConsumerEvents {
  /** The consumer cannot read, for this reason. */
  onUnavailable(reason: string): void;
  /** The group was joined, for the first time or again. */
  onJoin(): void;
  /** The broker responded to a fetch. */
  onFetch(): void;
  /** A batch is being processed; call the result when it ends. */
  onBatch(): () => void;
  /** A chunk was committed. */
  onCommit(): void;
}

/** Why a consumer ended: the signal, posts that cannot become durable, or a crash inside kafkajs. */
export type ConsumerExit = { readonly reason: 'stopped' } | { readonly reason: 'failed' | 'crashed'; readonly error: Error };

/** `draining`: starts no further chunk, finishes those in flight. `stopped`: commits nothing; uncommitted chunks are redelivered. */
type State = 'running' | 'draining' | 'stopped';

/** Milliseconds that the chunks in flight get when the source stops. */
const drainTimeoutMs = 30_000;
const topicPollMs = 1_000;

/**
 * Runs one consumer, from connecting until the signal is aborted, a post cannot become durable, or the consumer
 * crashes. It then fetches nothing more, commits the chunks in flight (for at most 30 seconds), and leaves the
 * group. Never rejects.
 */
export async function runKafkaConsumer(deps: KafkaConsumerDeps, signal: AbortSignal): Promise<ConsumerExit> {
  const { kafka, config, clock, log } = deps;
  let state: State = 'running';
  let end = (_: ConsumerExit): void => {};
  const ended = new Promise<ConsumerExit>((resolve) => (end = resolve));
  const onAbort = () => end({ reason: 'stopped' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const fail = (error: Error): void => {
    state = 'stopped';
    end({ reason: 'failed', error });
  };

  const admin = kafka.admin();
  const consumer = createConsumer(kafka, config);
  consumer.on(consumer.events.CRASH, ({ payload }) => end({ reason: 'crashed', error: payload.error }));
  consume(deps, { admin, consumer, state: () => state, fail }, signal).catch((thrown) =>
    end({ reason: 'crashed', error: asError(thrown) }),
  );

  const result = await ended;
  signal.removeEventListener('abort', onAbort);
  if (state === 'running') state = 'draining';
  const disconnected = Promise.allSettled([consumer.disconnect(), admin.disconnect()]).then(() => true);
  const hasDrained = await withTimeout(disconnected, drainTimeoutMs, clock);
  if (!hasDrained) log.warn({ topic: config.topic }, 'Kafka consumer stopped with posts in flight; they will be redelivered');
  state = 'stopped';
  return result;
}

function createConsumer(kafka: Kafka, { groupId, sessionTimeout }: KafkaConfig): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: toMilliseconds(sessionTimeout),
    rebalanceTimeout: 60_000,
    heartbeatInterval: Math.min(1_000, toMilliseconds(sessionTimeout) / 3),
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 10 * 1_048_576,
    allowAutoTopicCreation: false,
    // Bounds how long a new partition goes unnoticed.
    metadataMaxAge: 15_000,
    // A crash ends this consumer and the source starts another, so that restarts are decided in one place.
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries: 8, restartOnFailure: async () => false },
  });
}

interface RunningConsumer {
  readonly admin: Admin;
  readonly consumer: Consumer;
  state(): State;
  fail(error: Error): void;
}

/** Connects, waits for the topic, joins the group and resumes from the committed offsets. */
async function consume(deps: KafkaConsumerDeps, running: RunningConsumer, signal: AbortSignal): Promise<void> {
  const { config, events, log, metrics } = deps;
  const { admin, consumer } = running;
  const { topic, groupId } = config;
  await checkBrokerCertificates(config);
  await admin.connect();
  await waitForTopic(deps, admin, signal);
  if (signal.aborted) return;
  const gaps = createGapDetector(await fetchCommittedOffsets(admin, groupId, topic), (partition) =>
    fetchLogStartOffset(admin, topic, partition),
  );

  /** Counts joins of the group: batches that were fetched before the latest one may no longer be committed. */
  let generation = 0;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    generation += 1;
    const partitions = payload.memberAssignment[topic] ?? [];
    gaps.retainPartitions(partitions);
    events.onJoin();
    log.info({ topic, partitions, groupId }, 'joined the Kafka consumer group');
  });
  consumer.on(consumer.events.FETCH, () => events.onFetch());
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: config.maxConcurrentPartitions,
    eachBatch: async (payload) => {
      const fetchedIn = generation;
      const onBatchEnd = events.onBatch();
      void reportGap(gaps, payload.batch.partition, payload.batch.firstOffset(), deps);
      const batchDeps: KafkaBatchDeps = {
        ...deps,
        rebalanceTimeoutMs: Math.min(10_000, toMilliseconds(config.sessionTimeout) / 3),
        canFetch: () => running.state() === 'running' && fetchedIn === generation,
        canCommit: () => running.state() !== 'stopped' && fetchedIn === generation,
        onFailure: running.fail,
        onCommit: (partition, next, highWatermark) => {
          gaps.onCommit(partition, next);
          metrics.lag.set({ topic, partition }, Number(highWatermark - next));
          events.onCommit();
        },
      };
      await consumeBatch(payload, batchDeps).finally(onBatchEnd);
    },
  });
}

/** The topic may be created later, by an operator who chooses the number of partitions. */
async function waitForTopic({ config, clock, events, log }: KafkaConsumerDeps, admin: Admin, signal: AbortSignal): Promise<void> {
  for (let polls = 0; !signal.aborted && !(await admin.listTopics()).includes(config.topic); polls += 1) {
    events.onUnavailable(`The Kafka topic ${config.topic} does not exist yet.`);
    if (polls === 0) await checkAuthorized(admin, config.topic);
    if (polls % 60 === 0) log.warn({ topic: config.topic }, 'Kafka topic does not exist; waiting for it');
    await clock.sleep(topicPollMs, signal);
  }
}

/** Brokers omit unauthorized topics from the list; only a request for the topic returns the error. */
async function checkAuthorized(admin: Admin, topic: string): Promise<void> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
  } catch (thrown) {
    if (hasKafkaErrorCode(thrown, 'TOPIC_AUTHORIZATION_FAILED')) throw thrown;
  }
}

/** The committed offsets of the group, by partition. */
async function fetchCommittedOffsets(admin: Admin, groupId: string, topic: string): Promise<Map<number, bigint>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = (found?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
  return new Map(committed.filter(([, offset]) => offset >= 0n));
}

async function fetchLogStartOffset(admin: Admin, topic: string, partition: number): Promise<bigint> {
  const found = (await admin.fetchTopicOffsets(topic)).find((offsets) => offsets.partition === partition);
  return BigInt(found?.low ?? 0);
}

async function reportGap(
  gaps: GapDetector,
  partition: number,
  first: string | null,
  { config, log, metrics }: KafkaConsumerDeps,
): Promise<void> {
  if (first === null) return;
  try {
    const lost = await gaps.onFetch(partition, BigInt(first));
    if (lost === 0n) return;
    metrics.offsetGap.inc({ topic: config.topic, partition }, Number(lost));
    log.error({ topic: config.topic, partition, lost: Number(lost) }, 'the broker deleted messages before they were read');
  } catch (thrown) {
    log.warn({ topic: config.topic, partition, error: asError(thrown).message }, 'offset gap check failed');
  }
}

/**
 * Detects messages that the broker deleted before they were read. A skipped offset proves nothing by itself, since
 * compaction and transactions leave holes; the partition's log start offset decides.
 */
export interface GapDetector {
  /** A batch of the partition begins at `first`. Resolves to the number of messages lost before it. */
  onFetch(partition: number, first: bigint): Promise<bigint>;
  /** Called after a commit; `nextOffset` is the committed offset. */
  onCommit(partition: number, nextOffset: bigint): void;
  /** Forgets all other partitions, which other members now read. */
  retainPartitions(partitions: readonly number[]): void;
}

/** `expected` holds the next offset of each partition; `fetchLogStart` asks the broker for the log start offset. */
export function createGapDetector(expected: Map<number, bigint>, fetchLogStart: (partition: number) => Promise<bigint>): GapDetector {
  return {
    onFetch: async (partition, first) => {
      const next = expected.get(partition);
      expected.set(partition, first);
      if (next === undefined || first <= next) return 0n;
      const lowest = await fetchLogStart(partition);
      return lowest > next ? lowest - next : 0n;
    },
    onCommit: (partition, next) => void expected.set(partition, next),
    retainPartitions: (partitions) => {
      for (const partition of expected.keys()) if (!partitions.includes(partition)) expected.delete(partition);
    },
  };
}
