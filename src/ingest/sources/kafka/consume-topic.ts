import type { Admin, Cluster, Consumer, Kafka } from 'kafkajs';
import { type KafkaConfig, toMilliseconds } from '../../../config/schema.ts';
import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import type { ParseMessage } from '../../decode/message-parser.ts';
import type { ChunkDeps } from '../process-chunk.ts';
import { checkBrokerCertificates } from './client.ts';
import { checkGroupAccess, describeTopic } from './cluster-requests.ts';
import { consumeBatch, type KafkaBatchDeps } from './consume-batch.ts';
import { consumerGroupId, type ExclusiveGroupOptions, groupShared, waitUntilAlone } from './consumer-group.ts';
import type { PartitionProgress, TopicMetrics } from './partition-progress.ts';
import { fetchCommittedOffsets, seekToStart, toCommitMetadata } from './start-offsets.ts';
import { waitForTopic, watchTopic } from './topic-watch.ts';

export interface KafkaConsumerDeps extends Pick<ChunkDeps, 'deadLetters' | 'emit' | 'mapping' | 'onSkip'> {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly parse: ParseMessage;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: TopicMetrics;
  readonly events: KafkaConsumerEvents;
  readonly memory: ConsumerMemory;
  /** Whether this process has to be the only member of the group, because no other one can write to its database. */
  readonly isExclusive: boolean;
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

/** What a source remembers from one consumer to the next. */
export interface ConsumerMemory {
  /** The IDs that this process has had in consumer groups, which its Kafka sources share. */
  readonly memberIds: Set<string>;
  /** The ID of the topic; undefined until it is known. */
  topicId?: string | undefined;
}

/** Why a consumer ended: the signal, another topic of the same name, posts that cannot become durable, or a crash inside kafkajs. */
export type ConsumerExit =
  | { readonly reason: 'stopped' }
  | { readonly reason: 'topic-changed' }
  | { readonly reason: 'failed' | 'crashed'; readonly error: Error };

/** `draining`: starts no further chunk, finishes those in flight. `stopped`: commits nothing; uncommitted chunks are redelivered. */
export type ConsumerState = 'running' | 'draining' | 'stopped';

/** A consumer that is created and not connected yet. */
export interface RunningConsumer {
  readonly admin: Admin;
  readonly consumer: Consumer;
  readonly cluster: Cluster;
  readonly progress: PartitionProgress;
  state(): ConsumerState;
  end(exit: ConsumerExit): void;
}

/**
 * Connects, waits for the topic, joins the group and resumes from the committed offsets. Resolves once the consumer runs;
 * what ends it later is reported to `running.end`.
 */
export async function consumeTopic(deps: KafkaConsumerDeps, running: RunningConsumer, signal: AbortSignal): Promise<void> {
  const { config, clock, events, log, memory, isExclusive } = deps;
  const { admin, consumer, cluster, progress } = running;
  const { topic } = config;
  const groupId = consumerGroupId(config);
  await checkBrokerCertificates(config);
  await admin.connect();
  await waitForTopic({ admin, topic, clock, log, onMissing: events.onUnavailable }, signal);
  if (signal.aborted) return;
  await consumer.connect();
  await checkGroupAccess(cluster, groupId);
  await consumer.subscribe({ topic, fromBeginning: true });
  await identifyTopic(deps, cluster);
  if (isExclusive) await waitUntilAlone(exclusiveOptions(deps, cluster), signal);
  if (signal.aborted) return;
  if (memory.topicId !== undefined) void endWhenTopicChanges(memory.topicId, deps, running, signal);
  // Before joining: where a committed offset no longer exists, kafkajs commits another one at once.
  progress.onStart(await fetchCommittedOffsets(admin, groupId, topic));
  consumer.on(consumer.events.FETCH, () => events.onFetch());
  const membership = trackMembership(deps, running, signal);
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: config.maxConcurrentPartitions,
    eachBatch: async (payload) => {
      const isCurrent = membership.currentGeneration();
      const onBatchEnd = events.onBatch();
      try {
        // A batch that was fetched at an offset that proved wrong is stale, and not processed.
        if (!(await membership.hasStarted()) || payload.isStale()) return;
        void progress.onFetch(payload.batch.partition, payload.batch.firstOffset());
        await consumeBatch(payload, toBatchDeps(deps, running, isCurrent));
      } finally {
        onBatchEnd();
      }
    },
  });
}

function toBatchDeps(deps: KafkaConsumerDeps, running: RunningConsumer, isCurrent: () => boolean): KafkaBatchDeps {
  const { config, memory, events } = deps;
  return {
    ...deps,
    rebalanceTimeoutMs: Math.min(10_000, toMilliseconds(config.sessionTimeout) / 3),
    canFetch: () => running.state() === 'running' && isCurrent(),
    canCommit: () => running.state() !== 'stopped' && isCurrent(),
    onFailure: (error) => running.end({ reason: 'failed', error }),
    onCommit: (partition, next, highWatermark) => {
      events.onCommit();
      if (isCurrent()) running.progress.onCommit(partition, next, highWatermark);
    },
    ...(memory.topicId !== undefined && { commitMetadata: toCommitMetadata(memory.topicId) }),
  };
}

/** Learns the ID of the topic, and reports it if the topic was created again since the last consumer. */
async function identifyTopic({ config, memory, metrics, log }: KafkaConsumerDeps, cluster: Cluster): Promise<void> {
  const { topic } = config;
  const id = (await describeTopic(cluster, topic))?.id;
  if (memory.topicId !== undefined && id !== undefined && id !== memory.topicId) {
    metrics.topicRecreated.inc({ topic });
    log.error({ topic }, 'the topic was deleted and created again; reading it from the beginning');
  }
  memory.topicId = id ?? memory.topicId;
}

async function endWhenTopicChanges(
  topicId: string,
  { config, clock }: KafkaConsumerDeps,
  { cluster, end }: RunningConsumer,
  signal: AbortSignal,
): Promise<void> {
  if (await watchTopic({ cluster, topic: config.topic, topicId, clock }, signal)) end({ reason: 'topic-changed' });
}

interface Membership {
  /** Tells whether the group has not rebalanced since the call: a batch fetched before may no longer be committed. */
  currentGeneration(): () => boolean;
  /** Resolves to whether the offsets at which reading starts are known; false if that failed and the consumer is ending. */
  hasStarted(): Promise<boolean>;
}

/** Handles each join of the group: checks that an exclusive member is alone, chooses the offsets, and reports the partitions. */
function trackMembership(deps: KafkaConsumerDeps, running: RunningConsumer, signal: AbortSignal): Membership {
  const { consumer, progress, end } = running;
  let generation = 0;
  let started = Promise.resolve(false);
  let rebalanced = new AbortController();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, leaderId, memberAssignment } }) => {
    generation += 1;
    rebalanced.abort();
    rebalanced = new AbortController();
    deps.memory.memberIds.add(memberId);
    const partitions = memberAssignment[deps.config.topic] ?? [];
    progress.onAssigned(partitions);
    started = onJoin({ leaderId, partitions }, deps, running, AbortSignal.any([signal, rebalanced.signal])).catch((thrown: unknown) => {
      end({ reason: 'crashed', error: asError(thrown) });
      return false;
    });
  });
  return {
    currentGeneration: () => {
      const current = generation;
      return () => current === generation;
    },
    hasStarted: () => started,
  };
}

interface Join {
  readonly leaderId: string;
  readonly partitions: readonly number[];
}

/** Resolves to whether reading may start. `signal` is aborted by the next rebalance, and when the consumer ends. */
async function onJoin(
  { leaderId, partitions }: Join,
  deps: KafkaConsumerDeps,
  running: RunningConsumer,
  signal: AbortSignal,
): Promise<boolean> {
  const { config, events, log, memory, clock, isExclusive } = deps;
  const { topic } = config;
  const groupId = consumerGroupId(config);
  // Of two processes that join at the same moment, the one that doesn't lead the group gives way.
  if (isExclusive && !(await isOwnMember(leaderId, memory.memberIds, clock, signal))) {
    if (!signal.aborted) running.end({ reason: 'failed', error: groupShared(groupId) });
    return false;
  }
  events.onJoin();
  log.info({ topic, partitions, groupId }, 'joined the Kafka consumer group');
  if (isExclusive) void endIfShared(exclusiveOptions(deps, running.cluster), running.end, signal);
  running.progress.onStart(await seekToStart(partitions, { ...running, config, log, topicId: memory.topicId }));
  return true;
}

/** How long after one source of this process another one may learn that it has joined the same group. */
const ownJoinMs = 2_000;

async function isOwnMember(memberId: string, own: ReadonlySet<string>, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const deadline = monotonicNow(clock) + ownJoinMs;
  while (!own.has(memberId) && !signal.aborted && monotonicNow(clock) < deadline) await clock.sleep(ownJoinMs / 20, signal);
  return own.has(memberId);
}

function exclusiveOptions({ config, clock, log, memory, events }: KafkaConsumerDeps, cluster: Cluster): ExclusiveGroupOptions {
  return { config, cluster, clock, log, ownMemberIds: memory.memberIds, onShared: events.onUnavailable };
}

/** Ends the consumer if the group keeps other members. A check that fails for another reason is left to the next rebalance. */
async function endIfShared(options: ExclusiveGroupOptions, end: RunningConsumer['end'], signal: AbortSignal): Promise<void> {
  try {
    await waitUntilAlone(options, signal);
  } catch (thrown) {
    if (thrown instanceof FeedpulseError && !signal.aborted) end({ reason: 'failed', error: thrown });
  }
}
