import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Config, milliseconds } from '../config.ts';
import type { Source } from '../envelope.ts';
import { type DeadLetterSink, limited } from '../ingest/dead-letters.ts';
import { createDemoSource } from '../ingest/demo/demo-source.ts';
import { createFileDeadLetters } from '../ingest/file-dead-letters.ts';
import { createKafkaDeadLetters } from '../ingest/kafka-dead-letters.ts';
import { createKafkaSource } from '../ingest/kafka-source.ts';
import { createNdjsonSource } from '../ingest/ndjson-source.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { FeedItem } from '../post.ts';
import type { Database } from '../sink/connection.ts';
import { storedMinutes } from '../trends/stored-minutes.ts';

export interface SourceParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly db: Database;
}

export interface OpenSource {
  readonly source: Source<FeedItem>;
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

function openKafka({ config, clock, log, metrics }: SourceParts, deadLetters: DeadLetterSink): Source<FeedItem> {
  return createKafkaSource({ config: config.kafka, mapping: config.mapping, deadLetters, clock, log, metrics });
}

function openNdjson({ config, clock }: SourceParts, deadLetters: DeadLetterSink): Source<FeedItem> {
  const { path } = config.ndjson;
  const input = path === '-' ? process.stdin : createReadStream(path);
  return createNdjsonSource({ input, name: path === '-' ? 'stdin' : basename(path), mapping: config.mapping, deadLetters, clock });
}

/** The demo feed fills what its history lacks, so that a second start adds only what was missed. */
async function openDemo({ config, clock, db }: SourceParts, deadLetters: DeadLetterSink): Promise<Source<FeedItem>> {
  const stored = await storedMinutes(db.reader, clock.now() - milliseconds(config.demo.backfill) - 60_000);
  return createDemoSource({ config: config.demo, clock, deadLetters, stored });
}

async function openDeadLetters({ config, log }: SourceParts): Promise<DeadLetterSink> {
  if (config.source === 'kafka') return createKafkaDeadLetters({ config: config.kafka, log });
  return createFileDeadLetters(join(config.dataDir, 'dead-letters.ndjson'));
}
