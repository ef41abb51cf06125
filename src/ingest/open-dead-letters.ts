import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import { createFileDeadLetterStore } from './file-dead-letter-store.ts';
import { createKafkaDeadLetterStore } from './kafka-dead-letter-store.ts';
import { createMessageParser, type ParseMessage } from './message-parser.ts';
import { compileMapping } from './parse-post.ts';

interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where the dead letters of the configured feed are: beside Kafka's topic, or in the data folder. */
export function openDeadLetters({ config, clock, log }: Parts): DeadLetterStore {
  if (config.source === 'kafka') return createKafkaDeadLetterStore({ config: config.kafka, clock, log });
  return createFileDeadLetterStore(join(config.dataDir, 'dead-letters.ndjson'));
}

/** Judges messages as the pipeline would with this config. */
export function deadLetterParser({ config, clock, log }: Parts, signal: AbortSignal): ParseMessage {
  return createMessageParser({ mapping: compileMapping(config.mapping), config: config.kafka, clock, log, signal });
}
