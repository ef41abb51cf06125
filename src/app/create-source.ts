import { basename, join } from 'node:path';
import type { Admin } from 'kafkajs';
import { type ConfigWithSource, type KafkaConfig, toMilliseconds } from '../config/schema.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import type { DeadLetterSink } from '../ingest/dead-letters/dead-letter.ts';
import { withDeadLetterLimits } from '../ingest/dead-letters/dead-letter-limit.ts';
import { createFileDeadLetterSink } from '../ingest/dead-letters/file-sink.ts';
import { createKafkaDeadLetterSink } from '../ingest/dead-letters/kafka-sink.ts';
import { createDemoSource } from '../ingest/sources/demo/demo-source.ts';
import { checkBrokerCertificates, createKafka } from '../ingest/sources/kafka/client.ts';
import { asKafkaError } from '../ingest/sources/kafka/kafka-error.ts';
import { createKafkaSource } from '../ingest/sources/kafka/kafka-source.ts';
import { createNdjsonSource } from '../ingest/sources/ndjson/ndjson-source.ts';
import type { Clock } from '../lib/clock.ts';
import { minuteMs } from '../lib/duration.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { checkReadable, openInput } from '../lib/open-input.ts';
import type { Database } from '../sink/client/connection.ts';
import { countPostsByMinute } from '../sink/queries/posts.ts';

/**
 * Checks that the configured source can be reached, without reading posts from it.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes, FILE_INACCESSIBLE
 */
export async function checkSource({ source, kafka, ndjson }: ConfigWithSource, log: Log): Promise<void> {
  if (source === 'kafka') await checkKafka(kafka, log, async () => {});
  if (source === 'ndjson' && ndjson.path !== '-') await checkReadable(ndjson.path);
}

/** Counts the partitions of the configured topic. @throws KAFKA_UNAVAILABLE and other KAFKA_ codes */
export async function countPartitions(kafka: KafkaConfig, log: Log): Promise<number> {
  return checkKafka(kafka, log, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [kafka.topic] });
    return topics[0]?.partitions.length ?? 0;
  });
}

/** Fewer retries than while running, because at startup a wrong setting is the likely cause. */
const startupRetries = 4;

async function checkKafka<T>(kafka: KafkaConfig, log: Log, query: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createKafka(kafka, log, startupRetries).admin();
  try {
    await checkBrokerCertificates(kafka);
    await admin.connect();
    return await query(admin);
  } catch (thrown) {
    throw asKafkaError(thrown, `connecting to ${kafka.brokers.join(', ')}`);
  } finally {
    await admin.disconnect();
  }
}

export interface SourceDeps {
  readonly config: ConfigWithSource;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly db: Database;
}

export interface SourceHandle {
  readonly source: Source<SourceRecord>;
  /** Closes the dead-letter sink of the source. */
  close(): Promise<void>;
}

/**
 * Creates the configured source and its dead-letter sink: a topic for Kafka, a file in the data directory for the others.
 * @throws KAFKA_PLAINTEXT, FILE_INACCESSIBLE
 */
export async function createSource(deps: SourceDeps): Promise<SourceHandle> {
  const { config, metrics } = deps;
  const deadLetters = withDeadLetterLimits(await openDeadLetterSink(deps), config.deadLetters, metrics);
  const open = { kafka: openKafka, ndjson: openNdjson, demo: openDemo }[config.source];
  return { source: await open(deps, deadLetters), close: () => deadLetters.close() };
}

function openKafka({ config, clock, log, metrics }: SourceDeps, deadLetters: DeadLetterSink): Source<SourceRecord> {
  return createKafkaSource({ config: config.kafka, mapping: config.mapping, deadLetters, clock, log, metrics });
}

async function openNdjson({ config, clock }: SourceDeps, deadLetters: DeadLetterSink): Promise<Source<SourceRecord>> {
  const { path } = config.ndjson;
  const { stream } = await openInput(path);
  return createNdjsonSource({
    input: stream,
    name: path === '-' ? 'stdin' : basename(path),
    mapping: config.mapping,
    deadLetters,
    clock,
  });
}

/** Looks up the stored minutes first, so that a restart backfills only the missing ones. */
async function openDemo({ config, clock, db }: SourceDeps, deadLetters: DeadLetterSink): Promise<Source<SourceRecord>> {
  const stored = await countPostsByMinute(db.reader, clock.now() - toMilliseconds(config.demo.backfill) - minuteMs);
  return createDemoSource({ config: config.demo, clock, deadLetters, stored });
}

async function openDeadLetterSink({ config, log }: SourceDeps): Promise<DeadLetterSink> {
  if (config.source === 'kafka') return createKafkaDeadLetterSink({ config: config.kafka, log });
  return createFileDeadLetterSink(join(config.dataDir, 'dead-letters.ndjson'));
}
