import kafkajs, { type Broker, type Cluster, type Consumer, type ConsumerConfig, type GroupDescriptions, type Kafka } from 'kafkajs';
import { FeedpulseError } from '../../../lib/errors.ts';
import { subscriptionAssigner } from './partition-assigner.ts';
import { ProtocolReader } from './protocol-reader.ts';

/**
 * Requests that kafkajs does not offer, over its connections: the ID of a topic, the operations that this user may perform
 * on a topic or group, and why a group coordinator was not found.
 */

/** Creates a consumer that assigns by subscription; returns it with the cluster connection that kafkajs opens for it. */
export function createGroupConsumer(kafka: Kafka, config: ConsumerConfig): { readonly consumer: Consumer; readonly cluster: Cluster } {
  const captured: Cluster[] = [];
  const consumer = kafka.consumer({
    ...config,
    partitionAssigners: [
      (options) => {
        captured.push(options.cluster);
        return subscriptionAssigner(options);
      },
    ],
  });
  const [cluster] = captured;
  if (!cluster) throw new Error('kafkajs did not create the partition assigner.');
  return { consumer, cluster };
}

/** An operation of Kafka's access control lists. */
export type Operation = 'read' | 'write';

/** Codes of the protocol, which number the bits of a set of operations. */
const operationCodes: Readonly<Record<Operation, number>> = { read: 3, write: 4 };
/** The broker was not asked, or cannot tell. */
const unknownOperations = -2_147_483_648;

export interface TopicDescription {
  readonly status: 'exists' | 'missing' | 'unauthorized';
  /** In base64url, as `kafka-topics --describe` prints it; undefined before Kafka 2.8. */
  readonly id?: string;
  /** What this user may do with the topic; undefined if the broker cannot tell. */
  readonly operations?: ReadonlySet<Operation>;
}

export interface GroupDescription {
  readonly memberIds: readonly string[];
  /** The assignment protocol; empty for a group without members, or during a rebalance. */
  readonly protocol: string;
}

const apiKeys = { metadata: 3, describeGroups: 15 };
const errorCodes = { unknownTopic: 3, topicUnauthorized: 29 };
/** The first version of Metadata with topic IDs. */
const metadataVersion = 10;
/** The first version of DescribeGroups with authorized operations. */
const describeGroupsVersion = 3;

/** Describes a topic; undefined if the broker is older than Kafka 2.8. Does not create it. */
export async function describeTopic(cluster: Cluster, topic: string): Promise<TopicDescription | undefined> {
  return withAnyBroker(cluster, async (broker) => {
    if (maxVersion(broker, apiKeys.metadata) < metadataVersion) return undefined;
    const name = Buffer.from(topic);
    // Tags of the header; one topic: no ID, its name, tags; no creation, no operations of the cluster, those of the topic; tags.
    const body = [Buffer.from([0, 2]), Buffer.alloc(16), encodeUvarint(name.length + 1), name, Buffer.from([0, 0, 0, 1, 0])];
    return send(broker, { apiKey: apiKeys.metadata, apiVersion: metadataVersion, apiName: 'Metadata' }, Buffer.concat(body), readTopic);
  });
}

/**
 * Describes a consumer group, which need not exist.
 * @throws KAFKA_REJECTED without the right to describe it, and errors of kafkajs
 */
export async function describeGroup(cluster: Cluster, groupId: string): Promise<GroupDescription> {
  await checkGroupAccess(cluster, groupId);
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  // kafkajs returns its `GroupDescriptions` and types them as any.
  const { groups } = (await coordinator.describeGroups({ groupIds: [groupId] })) as GroupDescriptions;
  const [group] = groups;
  return { memberIds: group?.members.map(({ memberId }) => memberId) ?? [], protocol: group?.protocol ?? '' };
}

/**
 * What this user may do with a consumer group, which need not exist; undefined before Kafka 2.3.
 * @throws KAFKA_REJECTED without the right to describe it, and errors of kafkajs
 */
export async function fetchGroupOperations(cluster: Cluster, groupId: string): Promise<ReadonlySet<Operation> | undefined> {
  await checkGroupAccess(cluster, groupId);
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  if (maxVersion(coordinator, apiKeys.describeGroups) < describeGroupsVersion) return undefined;
  const name = Buffer.from(groupId);
  const head = Buffer.alloc(6);
  head.writeInt32BE(1);
  head.writeInt16BE(name.length, 4);
  const request = { apiKey: apiKeys.describeGroups, apiVersion: describeGroupsVersion, apiName: 'DescribeGroups' };
  return send(coordinator, request, Buffer.concat([head, name, Buffer.from([1])]), readGroupOperations);
}

/**
 * Checks that the broker lets this user find the group's coordinator. kafkajs drops the broker's error and reports a
 * coordinator that was not found, which looks like an outage.
 * @throws KAFKA_REJECTED without the right to read the group
 */
export async function checkGroupAccess(cluster: Cluster, groupId: string): Promise<void> {
  await withAnyBroker(cluster, async (broker) => {
    try {
      await (broker as InternalBroker).findGroupCoordinator({ groupId, coordinatorType: 0 });
    } catch (thrown) {
      if (isGroupUnauthorized(thrown)) throw groupRejected(groupId);
      // Other errors pass with time, and kafkajs retries them.
    }
  });
}

function isGroupUnauthorized(thrown: unknown): boolean {
  return thrown instanceof Error && 'type' in thrown && thrown.type === 'GROUP_AUTHORIZATION_FAILED';
}

/** The error of a user who lacks a right to a consumer group. */
export function groupRejected(groupId: string): FeedpulseError {
  return new FeedpulseError('KAFKA_REJECTED', `The broker denies access to the consumer group ${groupId}: READ on the group is missing.`);
}

/** The parts of kafkajs's broker that its types leave out. Its version is pinned. */
interface InternalBroker extends Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: { send(request: object): Promise<unknown> };
  findGroupCoordinator(request: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
}

/** Runs `query` with the first broker that is reachable. */
async function withAnyBroker<T>(cluster: Cluster, query: (broker: Broker) => Promise<T>): Promise<T> {
  let failure: unknown = new kafkajs.KafkaJSConnectionError('No broker is connected.', { broker: '' });
  if (cluster.getNodeIds().length === 0) await cluster.refreshMetadata();
  for (const nodeId of cluster.getNodeIds()) {
    try {
      return await query(await cluster.findBroker({ nodeId: String(nodeId) }));
    } catch (thrown) {
      if (thrown instanceof FeedpulseError) throw thrown;
      failure = thrown;
    }
  }
  throw failure;
}

function maxVersion(broker: Broker, apiKey: number): number {
  return (broker as InternalBroker).versions?.[apiKey]?.maxVersion ?? 0;
}

interface RequestName {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
}

async function send<T>(broker: Broker, name: RequestName, body: Buffer, read: (reader: ProtocolReader) => T): Promise<T> {
  const request = { ...name, encode: async () => ({ buf: body, buffer: body }) };
  const response = {
    decode: async (payload: Buffer) => ({ value: read(new ProtocolReader(payload)) }),
    parse: async (data: object) => data,
  };
  // `decode` returned it.
  const { value } = (await (broker as InternalBroker).connectionPool.send({ request, response, logResponseError: false })) as { value: T };
  return value;
}

/** The only topic of a Metadata response. */
function readTopic(reader: ProtocolReader): TopicDescription {
  reader.skipTags();
  reader.int32(); // throttle time
  reader.compactArray(() => {
    reader.skip(4);
    reader.compactString();
    reader.skip(4);
    reader.compactString();
    reader.skipTags();
  });
  reader.compactString(); // cluster ID
  reader.int32(); // controller
  const [topic] = reader.compactArray(() => {
    const error = reader.int16();
    reader.compactString(); // name
    const id = reader.bytes(16);
    reader.skip(1); // internal
    reader.compactArray(() => skipPartition(reader));
    const operations = reader.int32();
    reader.skipTags();
    return { error, id, operations };
  });
  if (!topic || topic.error === errorCodes.unknownTopic) return { status: 'missing' };
  if (topic.error === errorCodes.topicUnauthorized) return { status: 'unauthorized' };
  return {
    status: 'exists',
    ...(topic.id.some((byte) => byte !== 0) && { id: topic.id.toString('base64url') }),
    ...readOperations(topic.operations),
  };
}

function skipPartition(reader: ProtocolReader): void {
  reader.skip(2 + 4 + 4 + 4); // error, partition, leader, leader epoch
  for (let list = 0; list < 3; list += 1) reader.compactArray(() => reader.skip(4)); // replicas: all, in sync, offline
  reader.skipTags();
}

/** The operations of the only group of a DescribeGroups response. */
function readGroupOperations(reader: ProtocolReader): ReadonlySet<Operation> | undefined {
  reader.int32(); // throttle time
  const [bits] = reader.array(() => {
    reader.int16(); // error
    for (let field = 0; field < 4; field += 1) reader.string(); // group ID, state, protocol type, protocol
    reader.array(() => {
      for (let field = 0; field < 3; field += 1) reader.string(); // member ID, client ID, host
      for (let field = 0; field < 2; field += 1) reader.skip(reader.int32()); // metadata, assignment
    });
    return reader.int32();
  });
  return readOperations(bits).operations;
}

function readOperations(bits = unknownOperations): { readonly operations?: ReadonlySet<Operation> } {
  if (bits === unknownOperations) return {};
  const names = Object.keys(operationCodes) as Operation[]; // the keys of a record are its key type
  return { operations: new Set(names.filter((name) => (bits & (1 << operationCodes[name])) !== 0)) };
}

function encodeUvarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
