import type { Admin, Cluster } from 'kafkajs';
import type { KafkaConfig } from '../config/schema.ts';
import { createKafka } from '../ingest/sources/kafka/client.ts';
import {
  createGroupConsumer,
  describeGroup,
  describeTopic,
  fetchGroupOperations,
  groupRejected,
  type Operation,
  type TopicDescription,
} from '../ingest/sources/kafka/cluster-requests.ts';
import { checkProtocol, consumerGroupId, groupShared } from '../ingest/sources/kafka/consumer-group.ts';
import { asKafkaError } from '../ingest/sources/kafka/kafka-error.ts';
import { alertsGroupId } from '../ingest/sources/kafka/leader-election.ts';
import { FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

export interface KafkaRightsOptions {
  readonly kafka: KafkaConfig;
  /** The topic of the leader election; undefined if alerts are disabled. */
  readonly alertsTopic: string | undefined;
  /** Members that the group may have already; undefined if any number may share it. */
  readonly maxMembers: number | undefined;
  readonly log: Log;
}

/** Few, because a missing right does not come with time. */
const retries = 1;

/** Runs a check and reports it under the name of a component. */
type Check<T> = (component: string, work: () => Promise<string>) => Promise<T>;

/**
 * Checks what this user may do with the topics and consumer groups of a Kafka source, and that no other program uses the
 * group. Changes nothing. The checks reject with KAFKA_REJECTED, KAFKA_GROUP_IN_USE, KAFKA_GROUP_SHARED or another KAFKA_ code.
 */
export async function checkKafkaRights<T>({ kafka, alertsTopic, maxMembers, log }: KafkaRightsOptions, check: Check<T>): Promise<T[]> {
  const client = createKafka(kafka, log, retries);
  const admin = client.admin();
  const { consumer, cluster } = createGroupConsumer(client, { groupId: consumerGroupId(kafka) });
  const run: Check<T> = (component, work) =>
    check(component, async () => {
      try {
        await Promise.all([cluster.connect(), admin.connect()]);
        return await work();
      } catch (thrown) {
        throw asKafkaError(thrown, 'checking rights');
      }
    });
  try {
    const results = [
      await run('topic', () => checkSourceTopic(kafka.topic, cluster)),
      await run('group', () => checkGroup(consumerGroupId(kafka), cluster, maxMembers)),
      await run('dead letters', () => checkTopic(kafka.deadLetterTopic, 'write', cluster, admin)),
    ];
    if (alertsTopic === undefined) return results;
    const alertsTopicResult = await run('alerts', () => checkTopic(alertsTopic, 'read', cluster, admin));
    return [...results, alertsTopicResult, await run('alerts', () => checkGroup(alertsGroupId(kafka), cluster))];
  } finally {
    await Promise.allSettled([admin.disconnect(), consumer.disconnect()]);
  }
}

async function checkSourceTopic(topic: string, cluster: Cluster): Promise<string> {
  const found = await describeTopic(cluster, topic);
  if (found?.status === 'missing') throw new Error(`The topic ${topic} does not exist yet. Create it; \`run\` waits for it.`);
  return checkOperation(topic, 'read', found);
}

/** Checks the right to a topic, or to create it if it does not exist. */
async function checkTopic(topic: string, operation: Operation, cluster: Cluster, admin: Admin): Promise<string> {
  const found = await describeTopic(cluster, topic);
  if (found?.status === 'missing') {
    await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic, replicationFactor: -1, numPartitions: 1 }] });
    return `topic ${topic} does not exist yet and may be created`;
  }
  return checkOperation(topic, operation, found);
}

function checkOperation(topic: string, operation: Operation, found: TopicDescription | undefined): string {
  const right = operation.toUpperCase();
  if (found?.status === 'unauthorized') throw new FeedpulseError('KAFKA_REJECTED', `The broker denies DESCRIBE on the topic ${topic}.`);
  if (found?.operations === undefined) return `${right} on topic ${topic} cannot be checked before Kafka 2.8`;
  if (!found.operations.has(operation)) throw new FeedpulseError('KAFKA_REJECTED', `The broker denies ${right} on the topic ${topic}.`);
  return `${right} on topic ${topic}`;
}

async function checkGroup(groupId: string, cluster: Cluster, maxMembers = Number.POSITIVE_INFINITY): Promise<string> {
  const operations = await fetchGroupOperations(cluster, groupId);
  if (operations && !operations.has('read')) throw groupRejected(groupId);
  const { memberIds, protocol } = await describeGroup(cluster, groupId);
  checkProtocol(groupId, protocol);
  if (memberIds.length > maxMembers) throw groupShared(groupId);
  return `${operations ? 'READ' : 'DESCRIBE'} on group ${groupId}, which has ${memberIds.length} ${memberIds.length === 1 ? 'member' : 'members'}`;
}
