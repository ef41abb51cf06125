import type { Kafka, KafkaMessage } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createKafka } from '../sources/kafka/client.ts';
import { asKafkaError } from '../sources/kafka/kafka-error.ts';
import { readTopic } from '../sources/kafka/read-topic.ts';
import { createDuplicateFilter, type DeadLetterStore, letterId, type StoredDeadLetter } from './dead-letter-store.ts';
import { beginKafkaReplay, replayedTopic } from './kafka-replay.ts';

export interface KafkaDeadLetterStoreOptions {
  readonly config: KafkaConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** The dead-letter topic, and beside it the compacted topic that records what was put back. */
export function createKafkaDeadLetterStore({ config, clock, log }: KafkaDeadLetterStoreOptions): DeadLetterStore {
  const kafka = createKafka(config, log);
  const parts = { kafka, config, clock };
  return {
    read: async (visit, onProgress) => {
      const isCopy = createDuplicateFilter();
      let unreadable = 0;
      await reading(config.deadLetterTopic, () =>
        readTopic({
          ...readingParts(parts, config.deadLetterTopic),
          ...(onProgress ? { onProgress } : {}),
          visit: async (message) => {
            const letter = letterOf(message);
            if (!letter) unreadable += 1;
            else if (!isCopy(letter.id)) await visit(letter);
          },
        }),
      );
      return { unreadable };
    },
    replayed: () => reading(replayedTopic(config), () => replayedLetters(parts)),
    beginReplay: () => beginKafkaReplay({ ...parts, log, replayed: () => replayedLetters(parts) }),
  };
}

interface Parts {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly clock: Clock;
}

function readingParts({ kafka, config, clock }: Parts, topic: string) {
  return { kafka, topic, clock, groupPrefix: `${config.groupId}.dead-letters` };
}

async function replayedLetters(parts: Parts): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  await readTopic({
    ...readingParts(parts, replayedTopic(parts.config)),
    visit: (message) => {
      if (message.key) replayed.set(message.key.toString(), headerOf(message, 'at') ?? '');
    },
  });
  return replayed;
}

async function reading<T>(topic: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    throw asKafkaError(thrown, `reading ${topic}`);
  }
}

/** The letter in a message of the topic, or undefined for one that somebody else has put there. */
function letterOf(message: KafkaMessage): StoredDeadLetter | undefined {
  const fact = (name: string) => headerOf(message, name);
  const [reason, topic, partition, offset] = [fact('reason'), fact('topic'), Number(fact('partition')), fact('offset')];
  if (!reason || !topic || !Number.isSafeInteger(partition) || !offset || !/^\d{1,19}$/.test(offset)) return undefined;
  const timestamp = Number(fact('timestamp'));
  const truncatedFrom = Number(fact('truncated-from'));
  const letter = {
    reason,
    position: { topic, partition, offset },
    bytes: message.value ?? Buffer.alloc(0),
    timestamp: Number.isSafeInteger(timestamp) ? timestamp : 0,
    at: fact('at') ?? '',
    version: fact('version') ?? '',
    ...(message.key ? { key: message.key } : {}),
    ...(truncatedFrom > 0 ? { truncatedFrom } : {}),
  };
  return { ...letter, id: letterId(letter, letter.timestamp) };
}

function headerOf({ headers }: Pick<KafkaMessage, 'headers'>, name: string): string | undefined {
  const value = headers?.[`feedpulse-${name}`];
  return Array.isArray(value) ? undefined : value?.toString();
}
