import type { Kafka } from 'kafkajs';
import { type KafkaConfig, toMilliseconds } from '../../../config/schema.ts';
import { type Clock, monotonicNow, withTimeout } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { Lease } from '../../../lib/lease.ts';
import type { Log } from '../../../lib/log.ts';
import { createKafka } from './client.ts';
import { checkGroupAccess, createGroupConsumer } from './cluster-requests.ts';
import { asGroupError, consumerGroupId } from './consumer-group.ts';
import { ensureTopic } from './topics.ts';

/** A leader without a heartbeat for this fraction of its session steps down, before the broker elects another. */
const maxHeartbeatAge = 0.5;
const retryPauseMs = 15_000;
/** One: the election loop retries, and shutdown must not wait for a broker. */
const retries = 1;
/** Maximum time to leave the group; otherwise the broker removes the member when its session expires. */
const leaveTimeoutMs = 3_000;

export interface LeaderElectionOptions {
  readonly config: KafkaConfig;
  /** An empty topic with one partition; created if it is missing. */
  readonly topic: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Elects one process through the single partition of a topic: Kafka assigns it to one member of a consumer group, and
 * reassigns it within `kafka.sessionTimeout` if that member disappears. Without a reachable broker there is no leader.
 * @throws KAFKA_PLAINTEXT, FILE_INACCESSIBLE
 */
export function createLeaderElection({ config, topic, clock, log }: LeaderElectionOptions): Lease {
  const kafka = createKafka(config, log, retries);
  const stopping = new AbortController();
  const session = toMilliseconds(config.sessionTimeout);
  let isAssigned = false;
  let lastHeartbeatAt = Number.NEGATIVE_INFINITY;
  const onHeartbeat = (): void => {
    lastHeartbeatAt = monotonicNow(clock);
  };
  const setLeader = (isLeader: boolean): void => {
    if (isLeader !== isAssigned) log.info({ topic }, isLeader ? 'elected alert leader' : 'another process is the alert leader');
    isAssigned = isLeader;
    onHeartbeat();
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await ensureTopic(kafka, { topic, partitions: 1 });
        await runMember({ kafka, config, topic, setLeader, onHeartbeat }, stopping.signal);
      } catch (thrown) {
        log.warn({ topic, error: asError(thrown).message }, 'alert leader election failed; retrying');
      }
      setLeader(false);
      await clock.sleep(retryPauseMs, stopping.signal);
    }
  };
  const running = run();
  return {
    // A leader that is leaving steps down before it leaves the group, because the broker then elects another at once.
    isHeld: () => !stopping.signal.aborted && isAssigned && monotonicNow(clock) - lastHeartbeatAt < maxHeartbeatAge * session,
    close: async () => {
      stopping.abort();
      await withTimeout(running, leaveTimeoutMs, clock);
    },
  };
}

/** The group whose member with the partition is the alert leader. */
export function alertsGroupId(config: KafkaConfig): string {
  return `${consumerGroupId(config)}-alerts`;
}

interface Membership {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly topic: string;
  /** Called after every rebalance with whether the partition is ours. */
  setLeader(isLeader: boolean): void;
  onHeartbeat(): void;
}

/** Runs one consumer until the signal is aborted or it crashes. @throws the error of the crash, after leaving the group */
async function runMember({ kafka, config, topic, setLeader, onHeartbeat }: Membership, signal: AbortSignal): Promise<void> {
  const sessionTimeout = toMilliseconds(config.sessionTimeout);
  const heartbeatInterval = Math.min(1_000, sessionTimeout / 6);
  const groupId = alertsGroupId(config);
  const { consumer, cluster } = createGroupConsumer(kafka, {
    groupId,
    sessionTimeout,
    heartbeatInterval,
    // kafkajs sends heartbeats between fetches, and the topic stays empty.
    maxWaitTimeInMs: heartbeatInterval,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries, restartOnFailure: async () => false },
  });
  const { GROUP_JOIN, REBALANCING, HEARTBEAT, STOP, CRASH } = consumer.events;
  let end = (_?: Error): void => {};
  const ended = new Promise<Error | undefined>((resolve) => (end = resolve));
  const onAbort = (): void => end();
  signal.addEventListener('abort', onAbort, { once: true });
  consumer.on(CRASH, ({ payload }) => end(asGroupError(payload.error, groupId)));
  consumer.on(GROUP_JOIN, ({ payload }) => setLeader((payload.memberAssignment[topic] ?? []).includes(0)));
  consumer.on(REBALANCING, () => setLeader(false));
  consumer.on(STOP, () => setLeader(false)); // kafkajs leaves the group before it reports a crash
  consumer.on(HEARTBEAT, onHeartbeat);
  try {
    await consumer.connect();
    await checkGroupAccess(cluster, groupId);
    await consumer.subscribe({ topic, fromBeginning: false });
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    const crash = signal.aborted ? undefined : await ended;
    if (crash) throw crash;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await consumer.disconnect().catch(() => {});
  }
}
