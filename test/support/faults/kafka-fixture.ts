import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import type { ScoredPost } from '../../../src/domain/post.ts';
import { type Audit, audit, type Delivery } from '../audit.ts';
import { eventually, feedpulse, queryDataDir, type RunningFeedpulse, startFeedpulse } from '../feedpulse.ts';
import { startKafka, type TestKafka } from '../kafka.ts';
import { unorderedDeliveries } from './deliveries.ts';

/** Committed offset and log end offset of a partition. */
interface Progress {
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
}

/** A broker, and feedpulse processes that consume from it. Each topic has its own data directory and dead letters. */
export interface KafkaFixture {
  readonly kafka: TestKafka;
  readonly client: Kafka;
  readonly admin: Admin;
  readonly dir: string;
  /** Produces unordered deliveries to a new topic, keyed so that versions of a post keep their order. */
  produce(topic: string, random: () => number, count: number, partitions?: number): Promise<ScoredPost[]>;
  /** Starts a process on a topic; `close` kills it if it still runs. */
  consume(topic: string, env?: Readonly<Record<string, string>>): Promise<RunningFeedpulse>;
  progress(topic: string): Promise<Progress[]>;
  /** Resolves when the group has committed the whole topic. */
  waitUntilCommitted(topic: string): Promise<void>;
  /** Compares the embedded database of a topic, which no process may have open, with the deliveries. */
  audit(topic: string, deliveries: readonly Delivery[]): Promise<Audit>;
  dataDir(topic: string): string;
  groupId(topic: string): string;
  /** Environment variables of a process on a topic. */
  env(topic: string): Record<string, string>;
  /** Kills all running processes. */
  killAll(): Promise<void>;
  close(): Promise<void>;
}

/** @param ownBroker for tests that kill or stall the broker */
export async function openKafkaFixture({ ownBroker = false } = {}): Promise<KafkaFixture> {
  const kafka = await startKafka({ ownBroker });
  const client = new kafkajs.Kafka({ brokers: kafka.brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-faults-'));
  const running: RunningFeedpulse[] = [];
  const dataDir = (topic: string): string => join(dir, topic);
  const groupId = (topic: string): string => `group of ${topic}`;

  const env = (topic: string): Record<string, string> => ({
    FEEDPULSE_KAFKA_BROKERS: kafka.brokers.join(','),
    FEEDPULSE_KAFKA_TOPIC: topic,
    FEEDPULSE_KAFKA_GROUP_ID: groupId(topic),
    FEEDPULSE_KAFKA_DEAD_LETTER_TOPIC: `${topic}.dead`,
    FEEDPULSE_KAFKA_SESSION_TIMEOUT: '6s',
  });

  const progress = async (topic: string): Promise<Progress[]> => {
    const [group] = await admin.fetchOffsets({ groupId: groupId(topic), topics: [topic] });
    const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
    const ends = await admin.fetchTopicOffsets(topic);
    return ends.map(({ partition, high }) => ({ partition, committed: committed.get(partition) ?? 0, end: Number(high) }));
  };
  const killAll = async (): Promise<void> => void (await Promise.all(running.splice(0).map((process) => process.kill())));

  return {
    kafka,
    client,
    admin,
    dir,
    dataDir,
    groupId,
    env,
    progress,
    killAll,
    produce: async (topic, random, count, partitions = 4) => {
      const posts = unorderedDeliveries(random, count);
      const file = join(dir, `${topic}.ndjson`);
      await writeFile(file, posts.map(toLine).join(''));
      await feedpulse('produce', file, '--topic', topic, '--partitions', `${partitions}`, '--brokers', kafka.brokers.join(','));
      return posts;
    },
    consume: async (topic, overrides = {}) => {
      const process = await startFeedpulse(['--source', 'kafka', '--data-dir', dataDir(topic)], { ...env(topic), ...overrides });
      running.push(process);
      return process;
    },
    waitUntilCommitted: (topic) =>
      eventually('the whole topic is committed', 180, async () => (await progress(topic)).every(({ committed, end }) => committed === end)),
    audit: (topic, deliveries) => audit(deliveries, (query) => queryDataDir(dataDir(topic), query)),
    close: async () => {
      await killAll();
      await admin.disconnect();
      await kafka.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function toLine({ platform, id, createdAt, updatedAt, deleted }: ScoredPost, index: number): string {
  return `${JSON.stringify({ platform, id, createdAt, updatedAt, deleted, text: `The kettle number ${index} of the new ones is lovely` })}\n`;
}

export const countWritten = (process: RunningFeedpulse): Promise<number> => process.metric('feedpulse_rows_written_total');

export async function waitUntilWritten(process: RunningFeedpulse): Promise<void> {
  await eventually('posts are written', 90, async () => (await countWritten(process)) > 0);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
