import type { Kafka } from 'kafkajs';
import { hasKafkaErrorCode } from './kafka-error.ts';

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  /** The largest batch that the topic takes, in bytes; the broker's own limit where it is absent. */
  readonly maxMessageBytes?: number;
  /** Keeps the last message of each key for ever, instead of all for the broker's time. */
  readonly compacted?: boolean;
}

/** Creates the topic unless it is there; replicated as the broker does by default. True when it was created. */
export async function ensureTopic(kafka: Kafka, { topic, partitions, maxMessageBytes, compacted }: NewTopic): Promise<boolean> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(topic)) return false;
    const configEntries = [
      ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
      ...(compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : []),
    ];
    return await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: -1, configEntries }],
      waitForLeaders: true,
    });
  } catch (thrown) {
    // Somebody else was faster.
    if (hasKafkaErrorCode(thrown, 'TOPIC_ALREADY_EXISTS')) return false;
    throw thrown;
  } finally {
    await admin.disconnect();
  }
}
