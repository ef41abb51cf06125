import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createMessageParser, type ParseMessage } from '../decode/message-parser.ts';
import { compileMapping } from '../mapping/parse-message.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import { createFileDeadLetterStore } from './file-store.ts';
import { createKafkaDeadLetterStore } from './kafka-store.ts';

interface StoreDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

/** The dead letters of the configured source: a Kafka topic, or a file in the data directory. */
export function createDeadLetterStore({ config, clock, log }: StoreDeps): DeadLetterStore {
  if (config.source === 'kafka') return createKafkaDeadLetterStore({ config: config.kafka, clock, log });
  return createFileDeadLetterStore(join(config.dataDir, 'dead-letters.ndjson'));
}

/** Parses messages as the pipeline does with this config. */
export function createDeadLetterParser({ config, clock, log }: StoreDeps, signal: AbortSignal): ParseMessage {
  return createMessageParser({ mapping: compileMapping(config.mapping), config: config.kafka, clock, log, signal });
}
