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

/** Reads the dead-letter topic; a compacted topic next to it is the journal of replays. */
export function createKafkaDeadLetterStore({ config, clock, log }: KafkaDeadLetterStoreOptions): DeadLetterStore {
  const kafka = createKafka(config, log);
  const deps = { kafka, config, clock };
  return {
    read: async (visit, onProgress) => {
      const isCopy = createDuplicateFilter();
      let unreadable = 0;
      await withReadErrors(config.deadLetterTopic, () =>
        readTopic({
          ...topicOptions(deps, config.deadLetterTopic),
          ...(onProgress ? { onProgress } : {}),
          visit: async (message) => {
            const letter = parseLetter(message);
            if (!letter) unreadable += 1;
            else if (!isCopy(letter.id)) await visit(letter);
          },
        }),
      );
      return { unreadable };
    },
    replayed: () => withReadErrors(replayedTopic(config), () => replayedLetters(deps)),
    beginReplay: () => beginKafkaReplay({ ...deps, log, replayed: () => replayedLetters(deps) }),
  };
}

interface Parts {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly clock: Clock;
}

function topicOptions({ kafka, config, clock }: Parts, topic: string) {
  return { kafka, topic, clock, groupPrefix: `${config.groupId}.dead-letters` };
}

async function replayedLetters(deps: Parts): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  await readTopic({
    ...topicOptions(deps, replayedTopic(deps.config)),
    visit: (message) => {
      if (message.key) replayed.set(message.key.toString(), headerOf(message, 'at') ?? '');
    },
  });
  return replayed;
}

async function withReadErrors<T>(topic: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    throw asKafkaError(thrown, `reading ${topic}`);
  }
}

/** The dead letter in a message; undefined for a message that feedpulse did not write. */
function parseLetter(message: KafkaMessage): StoredDeadLetter | undefined {
  const field = (name: string) => headerOf(message, name);
  const [reason, topic, partition, offset] = [field('reason'), field('topic'), Number(field('partition')), field('offset')];
  if (!reason || !topic || !Number.isSafeInteger(partition) || !offset || !/^\d{1,19}$/.test(offset)) return undefined;
  const timestamp = Number(field('timestamp'));
  const truncatedFrom = Number(field('truncated-from'));
  const letter = {
    reason,
    position: { topic, partition, offset },
    bytes: message.value ?? Buffer.alloc(0),
    timestamp: Number.isSafeInteger(timestamp) ? timestamp : 0,
    at: field('at') ?? '',
    version: field('version') ?? '',
    ...(message.key ? { key: message.key } : {}),
    ...(truncatedFrom > 0 ? { truncatedFrom } : {}),
  };
  return { ...letter, id: letterId(letter, letter.timestamp) };
}

function headerOf({ headers }: Pick<KafkaMessage, 'headers'>, name: string): string | undefined {
  const value = headers?.[`feedpulse-${name}`];
  return Array.isArray(value) ? undefined : value?.toString();
}

/** The journal of replayed dead letters: one message each, keyed by id. */
function replayedTopic({ deadLetterTopic }: Pick<KafkaConfig, 'deadLetterTopic'>): string {
  return `${deadLetterTopic}.replayed`;
}

/** Milliseconds after which the broker aborts the transaction of a crashed process. Until then, readers of the topic wait. */
const transactionTimeout = 15_000;

interface KafkaReplayDeps {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Reads the journal. */
  replayed(): Promise<Map<string, string>>;
}

/**
 * Replays dead letters in transactions that contain both the messages and their journal entries. All replays of a
 * dead-letter topic share one transactional id: a new replay fences off and aborts one that is still running, so the
 * journal that is read afterwards is complete.
 * @throws KAFKA_UNAVAILABLE, KAFKA_REJECTED; REPLAY_CONFLICT from `put` once another replay has begun
 */
async function beginKafkaReplay({ kafka, config, clock, log, replayed }: KafkaReplayDeps): Promise<Replay> {
  const journalTopic = replayedTopic(config);
  const producer = kafka.producer({
    transactionalId: journalTopic,
    transactionTimeout,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const close = () => producer.disconnect();
  try {
    if (await ensureTopic(kafka, { topic: journalTopic, partitions: 1, isCompacted: true }))
      log.info({ topic: journalTopic }, 'Created the Kafka topic');
    await producer.connect();
    await (await producer.transaction()).abort(); // an empty transaction, which fences off other replays
    const before = await replayed();
    const put = async (letters: readonly ReplayItem[]): Promise<void> => {
      const at = new Date(clock.now()).toISOString();
      await inTransaction(producer, async (transaction) => {
        await transaction.send({ topic: config.topic, acks: -1, messages: letters.map((letter) => toMessage(letter, config.topic)) });
        await transaction.send({ topic: journalTopic, acks: -1, messages: letters.map((letter) => toJournalEntry(letter, at)) });
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
      await transaction.abort().catch(() => {}); // else the broker does, after the timeout, or the next replay
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
    return new FeedpulseError('REPLAY_CONFLICT', 'Another replay of these dead letters has begun, or the transaction timed out.', {
      cause: thrown,
    });
  return asKafkaError(thrown, 'replaying dead letters');
}

/**
 * The unchanged message. Its timestamp is sent in a header, since a broker may reject an old timestamp or delete the
 * message soon; its old position too, for tracing.
 */
function toMessage({ letter, key }: ReplayItem, topic: string): Message {
  const { position, bytes, timestamp } = letter;
  return {
    key: letter.key ?? key,
    value: bytes,
    headers: { 'feedpulse-replayed-from': positionText(position), 'feedpulse-timestamp': String(timestamp) },
    // The same partition, since versions of a post are ordered only within one.
    ...(position.topic === topic ? { partition: position.partition } : {}),
  };
}

function toJournalEntry({ letter }: ReplayItem, at: string): Message {
  return {
    key: letter.id,
    value: positionText(letter.position),
    headers: { 'feedpulse-at': at, 'feedpulse-version': version },
  };
}
