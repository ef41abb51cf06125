import kafkajs, { type Kafka, type KafkaMessage, type Message, type Producer, type Transaction } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { version } from '../../lib/version.ts';
import { createKafka } from '../sources/kafka/client.ts';
import { asKafkaError, hasKafkaErrorCode } from '../sources/kafka/kafka-error.ts';
import { ensureTopic, readTopic } from '../sources/kafka/topics.ts';
import {
  createDuplicateFilter,
  type DeadLetterStore,
  letterId,
  positionText,
  type Replay,
  type ReplayItem,
  type StoredDeadLetter,
} from './dead-letter-store.ts';

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

/** Records which letters were put back: one message a letter, its id the key. */
export function replayedTopic({ deadLetterTopic }: Pick<KafkaConfig, 'deadLetterTopic'>): string {
  return `${deadLetterTopic}.replayed`;
}

/**
 * Milliseconds after which the broker undoes a transaction whose process has died. Until then readers of the
 * feed wait for it.
 */
const transactionTimeout = 15_000;

export interface KafkaReplayParts {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Reads what was put back so far. */
  replayed(): Promise<Map<string, string>>;
}

/**
 * Puts letters back within transactions that hold both the messages and the record of them. All replays of a
 * dead-letter topic share one transactional id: to begin one fences off and undoes any that is still at work,
 * so that what is read as put back after that is all there is.
 * @throws KAFKA_UNAVAILABLE, KAFKA_REJECTED; REPLAY_CONFLICT from `put` once another replay has begun
 */
export async function beginKafkaReplay({ kafka, config, clock, log, replayed }: KafkaReplayParts): Promise<Replay> {
  const record = replayedTopic(config);
  const producer = kafka.producer({
    transactionalId: record,
    transactionTimeout,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const close = () => producer.disconnect();
  try {
    if (await ensureTopic(kafka, { topic: record, partitions: 1, compacted: true })) log.info({ topic: record }, 'Created the topic');
    await producer.connect();
    await (await producer.transaction()).abort(); // an empty one: it fences others off
    const before = await replayed();
    const put = async (letters: readonly ReplayItem[]): Promise<void> => {
      const at = new Date(clock.now()).toISOString();
      await inTransaction(producer, async (transaction) => {
        await transaction.send({ topic: config.topic, acks: -1, messages: letters.map((letter) => messageOf(letter, config.topic)) });
        await transaction.send({ topic: record, acks: -1, messages: letters.map((letter) => recordOf(letter, at)) });
      });
    };
    return { replayed: before, put, finish: async () => config.topic, close };
  } catch (thrown) {
    await close();
    throw asReplayError(thrown);
  }
}

async function inTransaction(producer: Producer, work: (transaction: Transaction) => Promise<void>): Promise<void> {
  try {
    const transaction = await producer.transaction();
    try {
      await work(transaction);
    } catch (thrown) {
      await transaction.abort().catch(() => {}); // the broker does it after a while, or whoever comes next
      throw thrown;
    }
    await transaction.commit();
  } catch (thrown) {
    throw asReplayError(thrown);
  }
}

function asReplayError(thrown: unknown): FeedpulseError {
  const fenced = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_TXN_STATE', 'INVALID_PRODUCER_ID_MAPPING'];
  if (fenced.some((type) => hasKafkaErrorCode(thrown, type)))
    return new FeedpulseError(
      'REPLAY_CONFLICT',
      'Another replay of these dead letters has begun, or the broker gave this one up for being slow.',
      { cause: thrown },
    );
  return asKafkaError(thrown, 'putting dead letters back');
}

/**
 * The message as it came. Its time travels in a header, since a broker may refuse an old one or delete it
 * soon; where it came from, so that its path can be followed.
 */
function messageOf({ letter, key }: ReplayItem, topic: string): Message {
  const { position, bytes, timestamp } = letter;
  return {
    key: letter.key ?? key,
    value: bytes,
    headers: { 'feedpulse-replayed-from': positionText(position), 'feedpulse-timestamp': String(timestamp) },
    // Versions of a post are in order only within a partition.
    ...(position.topic === topic ? { partition: position.partition } : {}),
  };
}

function recordOf({ letter }: ReplayItem, at: string): Message {
  return {
    key: letter.id,
    value: positionText(letter.position),
    headers: { 'feedpulse-at': at, 'feedpulse-version': version },
  };
}
