import type { Kafka } from 'kafkajs';
import { type KafkaConfig, toMilliseconds } from '../../../config/schema.ts';
import { withTimeout } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { createGroupConsumer } from './cluster-requests.ts';
import { type ConsumerExit, type ConsumerState, consumeTopic, type KafkaConsumerDeps } from './consume-topic.ts';
import { asGroupError, consumerGroupId } from './consumer-group.ts';
import { createPartitionProgress } from './partition-progress.ts';

/** Milliseconds that the chunks in flight get when the source stops. */
const drainTimeoutMs = 30_000;

/**
 * Runs one consumer, from connecting until the signal is aborted, the topic is deleted, a post cannot become durable, or the
 * consumer crashes. It then fetches nothing more, commits the chunks in flight (for at most 30 seconds), and leaves the
 * group. Never rejects.
 */
export async function runKafkaConsumer(deps: KafkaConsumerDeps, signal: AbortSignal): Promise<ConsumerExit> {
  const { kafka, config, clock, log } = deps;
  const { topic } = config;
  let state: ConsumerState = 'running';
  let resolveExit = (_: ConsumerExit): void => {};
  const exited = new Promise<ConsumerExit>((resolve) => (resolveExit = resolve));
  /** Aborted when the consumer ends, for whatever reason. */
  const ending = new AbortController();
  const end = (exit: ConsumerExit): void => {
    if (exit.reason === 'failed' || exit.reason === 'topic-changed') state = 'stopped';
    ending.abort();
    // Later, because kafkajs reports a join just before it becomes able to leave the group.
    setImmediate(resolveExit, exit);
  };
  const crash = (thrown: unknown): void => end({ reason: 'crashed', error: asGroupError(asError(thrown), consumerGroupId(config)) });
  const onAbort = () => end({ reason: 'stopped' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const admin = kafka.admin();
  const { consumer, cluster } = createConsumer(kafka, config);
  const progress = createPartitionProgress({ ...deps, admin, topic });
  consumer.on(consumer.events.CRASH, ({ payload }) => crash(payload.error));
  consumeTopic(deps, { admin, consumer, cluster, progress, state: () => state, end }, ending.signal).catch(crash);

  const exit = await exited;
  signal.removeEventListener('abort', onAbort);
  if (state === 'running') state = 'draining';
  const disconnected = Promise.allSettled([consumer.disconnect(), admin.disconnect()]).then(() => true);
  const hasDrained = await withTimeout(disconnected, drainTimeoutMs, clock);
  if (!hasDrained) log.warn({ topic }, 'Kafka consumer stopped with posts in flight; they will be redelivered');
  state = 'stopped';
  progress.onAssigned([]);
  return exit;
}

function createConsumer(kafka: Kafka, config: KafkaConfig): ReturnType<typeof createGroupConsumer> {
  const sessionTimeout = toMilliseconds(config.sessionTimeout);
  return createGroupConsumer(kafka, {
    groupId: consumerGroupId(config),
    sessionTimeout,
    rebalanceTimeout: 60_000,
    heartbeatInterval: Math.min(1_000, sessionTimeout / 3),
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
