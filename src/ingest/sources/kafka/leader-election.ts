import type { Consumer, Kafka } from 'kafkajs';
import { type KafkaConfig, milliseconds } from '../../../config/schema.ts';
import type { Clock } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { Lease } from '../../../lib/lease.ts';
import type { Log } from '../../../lib/log.ts';
import { createKafka } from './client.ts';
import { ensureTopic } from './topics.ts';

/** A holder that has heard nothing of the broker for so much of its session stops by itself, before the broker gives the lease away. */
const trusted = 0.5;
const pauseMs = 15_000;
/** Few: who waits for a broker here asks anew after a pause, and a process that ends does not wait for one. */
const retries = 1;
/** What giving it back may take; a broker that does not answer gives it away by itself. */
const leaveMs = 3_000;

export interface KafkaLeaseOptions {
  readonly config: KafkaConfig;
  /** A topic of one partition, which holds nothing; created where it is missing. */
  readonly topic: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The lease is the one partition of a topic: of the members of a consumer group Kafka gives it to one alone, and to
 * another when that one is gone, within `kafka.sessionTimeout`. Brokers that are away are waited for: nobody holds it then.
 * Throws KAFKA_PLAINTEXT and FILE_UNREADABLE, as the feed does.
 */
export function createLeaderElection({ config, topic, clock, log }: KafkaLeaseOptions): Lease {
  const kafka = createKafka(config, log, retries);
  const stopping = new AbortController();
  const session = milliseconds(config.sessionTimeout);
  let isAssigned = false;
  let heardAt = Number.NEGATIVE_INFINITY;
  const hear = (): void => {
    heardAt = clock.now();
  };
  const assign = (mine: boolean): void => {
    if (mine !== isAssigned) log.info({ topic }, mine ? 'Judging alerts' : 'Another process judges alerts');
    isAssigned = mine;
    hear();
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await ensureTopic(kafka, { topic, partitions: 1 });
        await holdOnce({ kafka, config, topic, assign, hear }, stopping.signal);
      } catch (thrown) {
        log.warn({ topic, error: asError(thrown).message }, 'Nobody can be chosen to judge alerts: trying again');
      }
      assign(false);
      await clock.sleep(pauseMs, stopping.signal);
    }
  };
  const running = run();
  return {
    isHeld: () => isAssigned && clock.now() - heardAt < trusted * session,
    close: async () => {
      stopping.abort();
      const waiting = new AbortController();
      await Promise.race([running, clock.sleep(leaveMs, waiting.signal)]);
      waiting.abort(); // the timer would keep the process alive
    },
  };
}

interface Membership {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly topic: string;
  /** Told whether the partition is ours, whenever that is settled anew. */
  assign(mine: boolean): void;
  hear(): void;
}

/** The life of one consumer: until the signal is aborted, or it crashes. @throws what it crashed with, once it has left */
async function holdOnce({ kafka, config, topic, assign, hear }: Membership, signal: AbortSignal): Promise<void> {
  const sessionTimeout = milliseconds(config.sessionTimeout);
  const heartbeatInterval = Math.min(1_000, sessionTimeout / 6);
  const consumer: Consumer = kafka.consumer({
    groupId: `${config.groupId}-alerts`,
    sessionTimeout,
    heartbeatInterval,
    // Heartbeats are sent between fetches, and nothing ever comes.
    maxWaitTimeInMs: heartbeatInterval,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries, restartOnFailure: async () => false },
  });
  const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH } = consumer.events;
  let end = (_?: Error): void => {};
  const over = new Promise<Error | undefined>((resolve) => (end = resolve));
  const onAbort = (): void => end();
  signal.addEventListener('abort', onAbort, { once: true });
  consumer.on(CRASH, ({ payload }) => end(payload.error));
  consumer.on(GROUP_JOIN, ({ payload }) => assign((payload.memberAssignment[topic] ?? []).includes(0)));
  consumer.on(REBALANCING, () => assign(false));
  consumer.on(HEARTBEAT, hear);
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: false });
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    const crash = signal.aborted ? undefined : await over;
    if (crash) throw crash;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await consumer.disconnect().catch(() => {});
  }
}
