import { join } from 'node:path';
import { type Config, configuredSources, type SourceConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createMessageParser, type ParseMessage } from '../decode/message-parser.ts';
import { compileMapping, parseMessage } from '../mapping/parse-message.ts';
import type { DeadLetterStore, StoredDeadLetter } from './dead-letter-store.ts';
import { createFileDeadLetterStore } from './file-store.ts';
import { createKafkaDeadLetterStore } from './kafka-store.ts';

export interface DeadLettersDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
}

/** The dead letters of one source. */
export interface SourceDeadLetters {
  readonly source: string;
  readonly store: DeadLetterStore;
  /** Parses messages as the source does with this config. */
  readonly parse: ParseMessage;
  /** The Kafka topic to which messages are replayed; absent if they are replayed to a file. */
  readonly topic?: string;
}

/**
 * The dead letters of each configured source, or only of the one with a name: a topic for each Kafka source, and one file
 * in the data directory for all others. Without any source, those in the file.
 * @throws for a single source, KAFKA_PLAINTEXT, CONFIG_INVALID and FILE_INACCESSIBLE
 */
export function openDeadLetters(deps: DeadLettersDeps, signal: AbortSignal, only?: string): readonly SourceDeadLetters[] {
  const { config } = deps;
  const configured = configuredSources(config);
  const all = configured.length > 0 ? configured : configuredSources({ ...config, source: 'ndjson' });
  const open = (source: SourceConfig): SourceDeadLetters => {
    try {
      return openOne(source, all, deps, signal);
    } catch (thrown) {
      if (all.length === 1) throw thrown;
      return unavailable(source.name, thrown);
    }
  };
  return all.filter(({ name }) => only === undefined || name === only).map(open);
}

/** The dead letters of a source with wrong settings: reading them fails, while those of other sources stay readable. */
function unavailable(source: string, thrown: unknown): SourceDeadLetters {
  const fail = () => Promise.reject(thrown);
  return { source, store: { read: fail, replayed: fail, beginReplay: fail }, parse: fail };
}

function openOne(source: SourceConfig, all: readonly SourceConfig[], deps: DeadLettersDeps, signal: AbortSignal): SourceDeadLetters {
  const { name } = source;
  const mapping = compileMapping(source.mapping);
  if (source.type !== 'kafka') {
    const sharing = all.filter(({ type }) => type !== 'kafka');
    const store = createFileDeadLetterStore(join(deps.config.dataDir, 'dead-letters.ndjson'));
    return { source: name, store: onlyOf(source, sharing, store), parse: (message, now) => parseMessage(message, mapping, now) };
  }
  const { topic, deadLetterTopic, brokers } = source.kafka;
  const sharing = all.filter(
    (other) =>
      other.type === 'kafka' &&
      other.kafka.deadLetterTopic === deadLetterTopic &&
      other.kafka.brokers.some((broker) => brokers.includes(broker)),
  );
  const store = createKafkaDeadLetterStore({ ...deps, config: source.kafka });
  const parse = createMessageParser({ ...deps, mapping, config: source.kafka, signal });
  return { source: name, store: onlyOf(source, sharing, store), parse, topic };
}

/** The dead letters of one of several sources that share a topic or file. */
function onlyOf(source: SourceConfig, sharing: readonly SourceConfig[], store: DeadLetterStore): DeadLetterStore {
  if (sharing.length === 1) return store;
  return {
    ...store,
    read: async (visit, onProgress) => {
      const { unreadable } = await store.read(
        (deadLetter) => (findOwner(deadLetter, sharing) === source ? visit(deadLetter) : undefined),
        onProgress,
      );
      return { unreadable: source === sharing[0] ? unreadable : 0 };
    },
  };
}

/**
 * The source of a dead letter by the topic of its position: that of its Kafka topic, or of a topic that begins with its
 * name, after its type if it is live. The first source owns what no other does.
 */
function findOwner({ position: { topic } }: StoredDeadLetter, sharing: readonly SourceConfig[]): SourceConfig | undefined {
  const owns = ({ name, type }: SourceConfig): boolean => topic === `${type}:${name}` || topic.startsWith(`${type}:${name}/`);
  const isNamed = (source: SourceConfig): boolean =>
    source.type === 'kafka' ? topic === source.kafka.topic : topic === source.name || topic.startsWith(`${source.name}:`);
  return sharing.find(owns) ?? sharing.find(isNamed) ?? sharing[0];
}
