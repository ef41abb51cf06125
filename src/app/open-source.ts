import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { type ConfigWithSource, milliseconds } from '../config/schema.ts';
import type { Source } from '../domain/ackable-batch.ts';
import type { SourceRecord } from '../domain/post.ts';
import { type DeadLetterSink, limited } from '../ingest/dead-letters/dead-letter-sink.ts';
import { createFileDeadLetters } from '../ingest/dead-letters/file-dead-letters.ts';
import { createKafkaDeadLetters } from '../ingest/dead-letters/kafka-sink.ts';
import { createDemoSource } from '../ingest/sources/demo/demo-source.ts';
import { createKafkaSource } from '../ingest/sources/kafka/kafka-source.ts';
import { createNdjsonSource } from '../ingest/sources/ndjson/ndjson-source.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../sink/client/connection.ts';
import { storedMinutes } from '../sink/queries/stored-minutes.ts';

export interface SourceParts {
  readonly config: ConfigWithSource;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly db: Database;
}

export interface OpenSource {
  readonly source: Source<SourceRecord>;
  /** Closes what the source writes to: its dead letters. */
  close(): Promise<void>;
}

/** The feed that the config names, with its dead letters: a topic beside Kafka's, a file for the others. */
export async function openSource(parts: SourceParts): Promise<OpenSource> {
  const { config, metrics } = parts;
  const deadLetters = limited(await openDeadLetters(parts), config.deadLetters, metrics);
  const open = { kafka: openKafka, ndjson: openNdjson, demo: openDemo }[config.source];
  return { source: await open(parts, deadLetters), close: () => deadLetters.close() };
}

function openKafka({ config, clock, log, metrics }: SourceParts, deadLetters: DeadLetterSink): Source<SourceRecord> {
  return createKafkaSource({ config: config.kafka, mapping: config.mapping, deadLetters, clock, log, metrics });
}

function openNdjson({ config, clock }: SourceParts, deadLetters: DeadLetterSink): Source<SourceRecord> {
  const { path } = config.ndjson;
  const input = path === '-' ? process.stdin : createReadStream(path);
  return createNdjsonSource({ input, name: path === '-' ? 'stdin' : basename(path), mapping: config.mapping, deadLetters, clock });
}

/** The demo feed fills what its history lacks, so that a second start adds only what was missed. */
async function openDemo({ config, clock, db }: SourceParts, deadLetters: DeadLetterSink): Promise<Source<SourceRecord>> {
  const stored = await storedMinutes(db.reader, clock.now() - milliseconds(config.demo.backfill) - 60_000);
  return createDemoSource({ config: config.demo, clock, deadLetters, stored });
}

async function openDeadLetters({ config, log }: SourceParts): Promise<DeadLetterSink> {
  if (config.source === 'kafka') return createKafkaDeadLetters({ config: config.kafka, log });
  return createFileDeadLetters(join(config.dataDir, 'dead-letters.ndjson'));
}
