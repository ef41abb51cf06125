import type { Broker, Cluster, KafkaMessage } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import type { Log } from '../../../lib/log.ts';
import type { SampleMessage } from '../../inspect/analyze-sample.ts';
import { checkBrokerCertificates, createKafka } from './client.ts';
import { createGroupConsumer } from './cluster-requests.ts';
import { toRawMessage } from './consume-batch.ts';
import { consumerGroupId } from './consumer-group.ts';
import { asKafkaError } from './kafka-error.ts';

/** Fewer retries than while running, because a wrong setting is the likely cause. */
const retries = 4;
/** Messages of uncommitted transactions are left out. */
const readCommitted = 1;
const maxFetchBytes = 4 * 1_048_576;

/**
 * About the last `count` messages of a topic, spread over its partitions, oldest first. Fetches them directly, so that no
 * consumer group changes, and only the rights to describe and read the topic are needed.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes
 */
export async function readLastMessages(config: KafkaConfig, count: number, log: Log): Promise<SampleMessage[]> {
  const { topic } = config;
  const kafka = createKafka(config, log, retries);
  // The consumer never joins its group; it provides the connections.
  const { consumer, cluster } = createGroupConsumer(kafka, { groupId: consumerGroupId(config), allowAutoTopicCreation: false });
  try {
    await checkBrokerCertificates(config);
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const messages: SampleMessage[] = [];
    for (const { partition, next, end } of await findEnds(cluster, topic, count)) {
      const [leader = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      const broker = await cluster.findBroker({ nodeId: leader });
      for (const message of await fetchMessages(broker, topic, { partition, next, end })) {
        const { position, ...content } = toRawMessage(message, topic, partition);
        messages.push({ ...content, label: `partition ${partition}, offset ${position.offset}` });
      }
    }
    return messages.sort((a, b) => a.timestamp - b.timestamp).slice(-count);
  } catch (thrown) {
    throw asKafkaError(thrown, `reading ${topic}`);
  } finally {
    await Promise.allSettled([cluster.disconnect(), consumer.disconnect()]);
  }
}

interface Range {
  readonly partition: number;
  /** The first offset to read. */
  readonly next: bigint;
  /** The offset after the last one. */
  readonly end: bigint;
}

/** The ranges of the last messages of every partition that is not empty. */
async function findEnds(cluster: Cluster, topic: string, count: number): Promise<Range[]> {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const [first, end] = await Promise.all([
    cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: true }]),
    cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }]),
  ]);
  const firstOffsets = new Map(first[0]?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
  const ranges = (end[0]?.partitions ?? [])
    .map(({ partition, offset }) => ({ partition, next: firstOffsets.get(partition) ?? 0n, end: BigInt(offset) }))
    .filter((range) => range.end > range.next);
  const perPartition = BigInt(Math.ceil(count / Math.max(1, ranges.length)));
  return ranges.map(({ partition, next, end }) => ({ partition, next: end - next > perPartition ? end - perPartition : next, end }));
}

/** A message as kafkajs decodes it, or a marker of a transaction. */
type FetchedMessage = KafkaMessage & { readonly isControlRecord?: boolean };

/** What kafkajs returns and types as any: one topic with one partition, as in the request. */
interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[] }[];
}

async function fetchMessages(broker: Broker, topic: string, { partition, next, end }: Range): Promise<KafkaMessage[]> {
  const messages: KafkaMessage[] = [];
  for (let offset = next; offset < end; ) {
    const partitions = [{ partition, fetchOffset: String(offset), maxBytes: maxFetchBytes }];
    const request = { isolationLevel: readCommitted, maxWaitTime: 1_000, maxBytes: maxFetchBytes, topics: [{ topic, partitions }] };
    const { responses } = (await broker.fetch(request)) as FetchResponse;
    const fetched = responses[0]?.partitions[0]?.messages ?? [];
    // A batch may begin before the offset that was asked for.
    const within = fetched.filter((message) => BigInt(message.offset) >= offset && BigInt(message.offset) < end);
    messages.push(...within.filter(({ isControlRecord }) => !isControlRecord));
    const last = fetched.at(-1);
    // The end of a compacted partition may hold no message.
    if (last === undefined || BigInt(last.offset) < offset) break;
    offset = BigInt(last.offset) + 1n;
  }
  return messages;
}
