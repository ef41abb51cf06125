import { basename } from 'node:path';
import type { Admin } from 'kafkajs';
import { type KafkaConfig, type SourceConfig, toMilliseconds } from '../config/schema.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import type { DeadLetterSink } from '../ingest/dead-letters/dead-letter.ts';
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
 * Checks that a source can be reached, without reading posts from it, and says what was found.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes, FILE_INACCESSIBLE
 */
export async function checkSource(source: SourceConfig, log: Log): Promise<string> {
  switch (source.type) {
    case 'demo':
      return 'synthetic posts';
    case 'kafka':
      return checkKafka(source.kafka, log);
    case 'ndjson': {
      const { path } = source.ndjson;
      if (path === '-') return 'standard input';
      await checkReadable(path);
      return `${path} is readable`;
    }
  }
}

/** Fewer retries than while running, because at startup a wrong setting is the likely cause. */
const startupRetries = 4;

async function checkKafka(kafka: KafkaConfig, log: Log): Promise<string> {
  const admin: Admin = createKafka(kafka, log, startupRetries).admin();
  try {
    await checkBrokerCertificates(kafka);
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [kafka.topic] });
    return `topic ${kafka.topic} has ${topics[0]?.partitions.length ?? 0} partitions`;
  } catch (thrown) {
    throw asKafkaError(thrown, `connecting to ${kafka.brokers.join(', ')}`);
  } finally {
    await admin.disconnect();
  }
}

export interface SourceDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly db: Database;
  readonly deadLetters: DeadLetterSink;
}

/** Opens a source; `run` of the result can be called once. @throws KAFKA_PLAINTEXT, FILE_INACCESSIBLE */
export async function openSource(source: SourceConfig, deps: SourceDeps): Promise<Source<SourceRecord>> {
  const { name, mapping } = source;
  switch (source.type) {
    case 'demo':
      return createDemoSource({ ...deps, name, config: source.demo, stored: await readStoredMinutes(source.demo.backfill, deps) });
    case 'kafka':
      return createKafkaSource({
        ...deps,
        name,
        config: source.kafka,
        mapping,
        isExclusive: deps.db.kind === 'embedded',
        onSkip: (reason) => deps.metrics.messagesSkipped.inc({ source: name, reason }),
      });
    case 'ndjson': {
      const { path } = source.ndjson;
      const { stream: input } = await openInput(path);
      return createNdjsonSource({ ...deps, name, input, file: path === '-' ? 'stdin' : basename(path), mapping });
    }
  }
}

/** Posts by minute of the demo's backfill, so that a restart adds only the missing ones. */
function readStoredMinutes(backfill: string, { db, clock }: SourceDeps): Promise<ReadonlyMap<number, number>> {
  return countPostsByMinute(db.reader, clock.now() - toMilliseconds(backfill) - minuteMs);
}
