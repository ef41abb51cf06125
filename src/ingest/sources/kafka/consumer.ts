import type { Admin, Consumer, Kafka } from 'kafkajs';
import { type KafkaConfig, milliseconds } from '../../../config/schema.ts';
import type { Emit } from '../../../domain/ackable-batch.ts';
import type { SourceRecord } from '../../../domain/post.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import type { DeadLetterSink } from '../../dead-letters/dead-letter-sink.ts';
import type { ParseMessage } from '../../decode/message-parser.ts';
import type { CompiledMapping } from '../../mapping/parse-post.ts';
import { consumeBatch, type KafkaBatchParts } from './consume-batch.ts';
import type { KafkaHealth } from './consumer-health.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';
import { createOffsetGaps, type OffsetGaps } from './offset-gaps.ts';
import { checkBrokerCertificates } from './transport.ts';

export interface KafkaSessionParts {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly mapping: CompiledMapping;
  readonly parse: ParseMessage;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'lag' | 'offsetGap'>;
  readonly health: KafkaHealth;
  readonly emit: Emit<SourceRecord>;
  /** The group was joined, for the first time or anew. */
  joined(): void;
  /** A slice was committed. */
  progressed(): void;
}

/** How a session ended: by the signal, by posts that cannot become durable, or by a crash of the consumer. */
export type SessionEnd = { readonly how: 'stopped' } | { readonly how: 'failed' | 'crashed'; readonly error: Error };

/** Milliseconds that what is in flight gets when the feed stops. */
const stopPatience = 30_000;
const topicPollMs = 1_000;

/**
 * The life of one consumer: from connecting until the signal is aborted, something fails for good, or the
 * consumer crashes. Then nothing new is taken, what is in flight is finished and committed (for at most 30
 * seconds), and the consumer leaves the group. Never rejects.
 */
export async function runKafkaSession(parts: KafkaSessionParts, signal: AbortSignal): Promise<SessionEnd> {
  const { kafka, config, clock, log } = parts;
  /** `draining`: takes nothing new. `over`: what is still open is left to be delivered again. */
  let phase: 'taking' | 'draining' | 'over' = 'taking';
  let end = (_: SessionEnd): void => {};
  const ended = new Promise<SessionEnd>((resolve) => (end = resolve));
  const onAbort = () => end({ how: 'stopped' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const fail = (error: Error): void => {
    phase = 'over';
    end({ how: 'failed', error });
  };

  const admin = kafka.admin();
  const consumer = createConsumer(kafka, config);
  consumer.on(consumer.events.CRASH, ({ payload }) => end({ how: 'crashed', error: payload.error }));
  start(parts, { admin, consumer, phase: () => phase, fail }, signal).catch((thrown) => end({ how: 'crashed', error: asError(thrown) }));

  const result = await ended;
  signal.removeEventListener('abort', onAbort);
  if (phase === 'taking') phase = 'draining';
  const left = Promise.allSettled([consumer.disconnect(), admin.disconnect()]).then(() => true);
  const waiting = new AbortController();
  const inTime = await Promise.race([left, clock.sleep(stopPatience, waiting.signal).then(() => false)]);
  waiting.abort(); // the timer would keep the process alive
  if (!inTime) log.warn({ topic: config.topic }, 'The Kafka feed stopped while posts were in flight: they will be delivered again');
  phase = 'over';
  return result;
}

function createConsumer(kafka: Kafka, { groupId, sessionTimeout }: KafkaConfig): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: milliseconds(sessionTimeout),
    rebalanceTimeout: 60_000,
    heartbeatInterval: Math.min(1_000, milliseconds(sessionTimeout) / 3),
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 1_048_576,
    maxBytes: 10 * 1_048_576,
    allowAutoTopicCreation: false,
    // How long a partition that was added goes unnoticed.
    metadataMaxAge: 15_000,
    // A crash ends the session; the feed then starts another, so that there is one place that decides.
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries: 8, restartOnFailure: async () => false },
  });
}

interface Running {
  readonly admin: Admin;
  readonly consumer: Consumer;
  phase(): 'taking' | 'draining' | 'over';
  fail(error: Error): void;
}

/** Connects, waits for the topic, joins the group and goes on where the group stopped. */
async function start(parts: KafkaSessionParts, running: Running, signal: AbortSignal): Promise<void> {
  const { config, health, log, metrics } = parts;
  const { admin, consumer } = running;
  const { topic, groupId } = config;
  await checkBrokerCertificates(config);
  await admin.connect();
  await waitForTopic(parts, admin, signal);
  if (signal.aborted) return;
  const gaps = createOffsetGaps(await committedOffsets(admin, groupId, topic), (partition) => lowestOffset(admin, topic, partition));

  /** Counts the times that the group was joined: what was read before is no longer ours to commit. */
  let generation = 0;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    generation += 1;
    const partitions = payload.memberAssignment[topic] ?? [];
    gaps.keepOnly(partitions);
    parts.joined();
    log.info({ topic, partitions, groupId }, 'Joined the Kafka group');
  });
  consumer.on(consumer.events.FETCH, () => health.answered());
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: config.maxConcurrentPartitions,
    eachBatch: async (payload) => {
      const joined = generation;
      const done = health.working();
      void noticeGap(gaps, payload.batch.partition, payload.batch.firstOffset(), parts);
      const batchParts: KafkaBatchParts = {
        ...parts,
        rebalancePatience: Math.min(10_000, milliseconds(config.sessionTimeout) / 3),
        mayTake: () => running.phase() === 'taking' && joined === generation,
        mayCommit: () => running.phase() !== 'over' && joined === generation,
        fail: running.fail,
        committed: (partition, next, highWatermark) => {
          gaps.advance(partition, next);
          metrics.lag.set({ topic, partition }, Number(highWatermark - next));
          health.progressed();
          parts.progressed();
        },
      };
      await consumeBatch(payload, batchParts).finally(done);
    },
  });
}

/** A feed may be started before its topic exists; creating it is for those who know how many partitions it needs. */
async function waitForTopic({ config, clock, health, log }: KafkaSessionParts, admin: Admin, signal: AbortSignal): Promise<void> {
  for (let waited = 0; !signal.aborted && !(await admin.listTopics()).includes(config.topic); waited += 1) {
    health.cannotRead(`The Kafka topic ${config.topic} does not exist yet.`);
    if (waited === 0) await checkVisible(admin, config.topic);
    if (waited % 60 === 0) log.warn({ topic: config.topic }, 'The Kafka topic does not exist yet: waiting for it');
    await clock.sleep(topicPollMs, signal);
  }
}

/** A broker lists no topic that we may not see; asked for it by name, it says so. */
async function checkVisible(admin: Admin, topic: string): Promise<void> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
  } catch (thrown) {
    if (hasKafkaErrorCode(thrown, 'TOPIC_AUTHORIZATION_FAILED')) throw thrown;
  }
}

/** Where the group goes on, for the partitions that it has committed. */
async function committedOffsets(admin: Admin, groupId: string, topic: string): Promise<Map<number, bigint>> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const committed = (found?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
  return new Map(committed.filter(([, offset]) => offset >= 0n));
}

async function lowestOffset(admin: Admin, topic: string, partition: number): Promise<bigint> {
  const found = (await admin.fetchTopicOffsets(topic)).find((offsets) => offsets.partition === partition);
  return BigInt(found?.low ?? 0);
}

async function noticeGap(
  gaps: OffsetGaps,
  partition: number,
  first: string | null,
  { config, log, metrics }: KafkaSessionParts,
): Promise<void> {
  if (first === null) return;
  try {
    const lost = await gaps.arrive(partition, BigInt(first));
    if (lost === 0n) return;
    metrics.offsetGap.inc({ topic: config.topic, partition }, Number(lost));
    log.error({ topic: config.topic, partition, lost: Number(lost) }, 'Messages were deleted by the broker before they were read');
  } catch (thrown) {
    log.warn({ topic: config.topic, partition, error: asError(thrown).message }, 'Could not tell whether messages were lost');
  }
}
