import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { eventually, feedpulse, queryFolder, type RunningFeedpulse, startFeedpulse } from '../feedpulse.ts';
import { startKafka, type TestKafka } from '../kafka.ts';
import { type Audit, audit, type Delivery } from '../ledger.ts';
import { unorderedDeliveries } from './deliveries.ts';

/** How far the group is in a partition, and how far one can get. */
interface Progress {
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
}

/** A broker, and processes that read from it. A topic has a data folder, and dead letters, of its own. */
export interface KafkaStage {
  readonly kafka: TestKafka;
  readonly client: Kafka;
  readonly admin: Admin;
  readonly folder: string;
  /** Puts a messy feed into a new topic, keyed so that versions of a post keep their order. */
  produce(topic: string, random: () => number, count: number, partitions?: number): Promise<ScoredPost[]>;
  /** Starts a process on a topic; it is killed with the stage at the latest. */
  consume(topic: string, env?: Readonly<Record<string, string>>): Promise<RunningFeedpulse>;
  progress(topic: string): Promise<Progress[]>;
  /** Resolves when the group has committed the whole topic. */
  untilRead(topic: string): Promise<void>;
  /** Compares the embedded database of a topic, which no process may have open, with what was produced. */
  auditOf(topic: string, deliveries: readonly Delivery[]): Promise<Audit>;
  dataOf(topic: string): string;
  groupOf(topic: string): string;
  /** Settings of a process on a topic. */
  envOf(topic: string): Record<string, string>;
  /** Kills every process that is left. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** @param ownBroker for tests that kill or stall the broker */
export async function openKafkaStage({ ownBroker = false } = {}): Promise<KafkaStage> {
  const kafka = await startKafka({ ownBroker });
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-faults-'));
  const running: RunningFeedpulse[] = [];
  const dataOf = (topic: string): string => join(folder, topic);
  const groupOf = (topic: string): string => `group of ${topic}`;

  const envOf = (topic: string): Record<string, string> => ({
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: topic,
    FEEDPULSE_KAFKA_GROUP_ID: groupOf(topic),
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead`,
    FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s',
  });

  const progress = async (topic: string): Promise<Progress[]> => {
    const [group] = await admin.fetchOffsets({ groupId: groupOf(topic), topics: [topic] });
    const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
    const ends = await admin.fetchTopicOffsets(topic);
    return ends.map(({ partition, high }) => ({ partition, committed: committed.get(partition) ?? 0, end: Number(high) }));
  };
  const clear = async (): Promise<void> => void (await Promise.all(running.splice(0).map((process) => process.kill())));

  return {
    kafka,
    client,
    admin,
    folder,
    dataOf,
    groupOf,
    envOf,
    progress,
    clear,
    produce: async (topic, random, count, partitions = 4) => {
      const posts = unorderedDeliveries(random, count);
      const file = join(folder, `${topic}.ndjson`);
      await writeFile(file, posts.map(lineOf).join(''));
      await feedpulse('produce', file, '--topic', topic, '--partitions', `${partitions}`, '--brokers', kafka.brokers.join(','));
      return posts;
    },
    consume: async (topic, env = {}) => {
      const process = await startFeedpulse(['--source', 'kafka', '--data-dir', dataOf(topic)], { ...envOf(topic), ...env });
      running.push(process);
      return process;
    },
    untilRead: (topic) =>
      eventually('the whole topic is committed', 180, async () => (await progress(topic)).every(({ committed, end }) => committed === end)),
    auditOf: (topic, deliveries) => audit(deliveries, (query) => queryFolder(dataOf(topic), query)),
    close: async () => {
      await clear();
      await admin.disconnect();
      await kafka.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function lineOf({ platform, id, createdAt, updatedAt, deleted }: ScoredPost, index: number): string {
  return `${JSON.stringify({ platform, id, createdAt, updatedAt, deleted, text: `The kettle number ${index} of the new ones is lovely` })}\n`;
}

export const written = (process: RunningFeedpulse): Promise<number> => process.metric('feedpulse_rows_written_total');

export async function untilSomeWritten(process: RunningFeedpulse): Promise<void> {
  await eventually('some posts are written', 90, async () => (await written(process)) > 0);
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
