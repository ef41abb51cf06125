import type { Admin, Cluster } from 'kafkajs';
import type { Clock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import { describeTopic } from './cluster-requests.ts';
import { hasKafkaErrorCode } from './kafka-error.ts';

const missingPollMs = 1_000;
const changePollMs = 2_000;

interface WaitOptions {
  readonly admin: Admin;
  readonly topic: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called while the topic does not exist. */
  onMissing(reason: string): void;
}

/** Waits until the topic exists: it may be created later, by an operator who chooses the number of partitions. */
export async function waitForTopic({ admin, topic, clock, log, onMissing }: WaitOptions, signal: AbortSignal): Promise<void> {
  for (let polls = 0; !signal.aborted && !(await admin.listTopics()).includes(topic); polls += 1) {
    onMissing(`The Kafka topic ${topic} does not exist yet.`);
    if (polls === 0) await checkAuthorized(admin, topic);
    if (polls % 60 === 0) log.warn({ topic }, 'Kafka topic does not exist; waiting for it');
    await clock.sleep(missingPollMs, signal);
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

interface WatchOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly topicId: string;
  readonly clock: Clock;
}

/**
 * Resolves to true once the topic is missing or has another ID, to false when the signal is aborted. kafkajs notices neither
 * if the topic is created again between two fetches: it reads on at the old offset.
 */
export async function watchTopic({ cluster, topic, topicId, clock }: WatchOptions, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    await clock.sleep(changePollMs, signal);
    if (signal.aborted) break;
    // A request that fails says nothing about the topic; the consumer handles outages.
    const found = await describeTopic(cluster, topic).catch(() => undefined);
    if (found?.status === 'missing' || (found?.id !== undefined && found.id !== topicId)) return !signal.aborted;
  }
  return false;
}
