import kafkajs, { type Kafka, type KafkaMessage, type Message, type Producer, type Transaction } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { version } from '../../lib/version.ts';
import { decodeHeaders, ownHeaderPrefix, readHeaders, toKafkaHeaders } from '../message-headers.ts';
import { createKafka } from '../sources/kafka/client.ts';
import { consumerGroupId } from '../sources/kafka/consumer-group.ts';
import { asKafkaError, hasKafkaErrorCode } from '../sources/kafka/kafka-error.ts';
import { ensureTopic, readTopic } from '../sources/kafka/topics.ts';
import {
  createDuplicateDetector,
  type DeadLetterStore,
  deadLetterId,
  formatPosition,
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
      const isDuplicate = createDuplicateDetector();
      let unreadable = 0;
      await withReadErrors(config.deadLetterTopic, () =>
        readTopic({
          ...topicOptions(deps, config.deadLetterTopic),
          ...(onProgress ? { onProgress } : {}),
          visit: async (message) => {
            const deadLetter = parseDeadLetter(message);
            if (!deadLetter) unreadable += 1;
            else if (!isDuplicate(deadLetter.id)) await visit(deadLetter);
          },
        }),
      );
      return { unreadable };
    },
    replayed: () => withReadErrors(replayedTopic(config), () => readReplayedIds(deps)),
    beginReplay: () => beginKafkaReplay({ ...deps, log, replayed: () => readReplayedIds(deps) }),
  };
}

interface StoreDeps {
  readonly kafka: Kafka;
  readonly config: KafkaConfig;
  readonly clock: Clock;
}

function topicOptions({ kafka, config, clock }: StoreDeps, topic: string) {
  return { kafka, topic, clock, groupPrefix: `${consumerGroupId(config)}.dead-letters` };
}

async function readReplayedIds(deps: StoreDeps): Promise<Map<string, string>> {
  const replayed = new Map<string, string>();
  await readTopic({
    ...topicOptions(deps, replayedTopic(deps.config)),
    visit: (message) => {
      if (message.key) replayed.set(message.key.toString(), readHeader(message, 'at') ?? '');
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
function parseDeadLetter(message: KafkaMessage): StoredDeadLetter | undefined {
  const field = (name: string) => readHeader(message, name);
  const [reason, topic, partition, offset] = [field('reason'), field('topic'), Number(field('partition')), field('offset')];
  if (!reason || !topic || !Number.isSafeInteger(partition) || !offset || !/^\d{1,19}$/.test(offset)) return undefined;
  const timestamp = Number(field('timestamp'));
  const truncatedFrom = Number(field('truncated-from'));
  const rawHeaders = readHeaders(message.headers);
  const deadLetter = {
    reason,
    position: { topic, partition, offset },
    bytes: message.value ?? Buffer.alloc(0),
    timestamp: Number.isSafeInteger(timestamp) ? timestamp : 0,
    at: field('at') ?? '',
    version: field('version') ?? '',
    ...(message.key ? { key: message.key } : {}),
    ...(rawHeaders.length > 0 && { rawHeaders, headers: decodeHeaders(rawHeaders) }),
    ...(truncatedFrom > 0 ? { truncatedFrom } : {}),
  };
  return { ...deadLetter, id: deadLetterId(deadLetter, deadLetter.timestamp) };
}

function readHeader({ headers }: Pick<KafkaMessage, 'headers'>, name: string): string | undefined {
  const value = headers?.[`${ownHeaderPrefix}${name}`];
  return Array.isArray(value) ? undefined : value?.toString();
}

/** The journal of replayed dead letters: one message each, keyed by ID. */
function replayedTopic({ deadLetterTopic }: Pick<KafkaConfig, 'deadLetterTopic'>): string {
  return `${deadLetterTopic}.replayed`;
}

/** Milliseconds after which the broker aborts a crashed process's transaction. Until then, readers of the topic wait. */
const transactionTimeoutMs = 15_000;

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
 * dead-letter topic share one transactional ID: a new replay fences off and aborts one that is still running, so the
 * journal that is read afterwards is complete.
 * @throws KAFKA_UNAVAILABLE, KAFKA_REJECTED; REPLAY_CONFLICT from `put` once another replay has begun
 */
async function beginKafkaReplay({ kafka, config, clock, log, replayed }: KafkaReplayDeps): Promise<Replay> {
  const journalTopic = replayedTopic(config);
  const producer = kafka.producer({
    transactionalId: journalTopic,
    transactionTimeout: transactionTimeoutMs,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  const close = () => producer.disconnect();
  try {
    if (await ensureTopic(kafka, { topic: journalTopic, partitions: 1, isCompacted: true }))
      log.info({ topic: journalTopic }, 'created the Kafka topic');
    await producer.connect();
    await (await producer.transaction()).abort(); // an empty transaction, which fences off other replays
    const before = await replayed();
    const put = async (items: readonly ReplayItem[]): Promise<void> => {
      const at = new Date(clock.now()).toISOString();
      await inTransaction(producer, async (transaction) => {
        await transaction.send({ topic: config.topic, acks: -1, messages: items.map((item) => toMessage(item, config.topic)) });
        await transaction.send({ topic: journalTopic, acks: -1, messages: items.map((item) => toJournalEntry(item, at)) });
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
 * The unchanged message, with its headers. Its timestamp is sent in another header, since a broker may reject an old timestamp or delete the
 * message soon; its old position too, for tracing.
 */
function toMessage({ deadLetter, key }: ReplayItem, topic: string): Message {
  const { position, bytes, rawHeaders, timestamp } = deadLetter;
  return {
    key: deadLetter.key ?? key,
    value: bytes,
    headers: {
      ...toKafkaHeaders(rawHeaders),
      'feedpulse-replayed-from': formatPosition(position),
      'feedpulse-timestamp': String(timestamp),
    },
    // The same partition, since versions of a post are ordered only within one.
    ...(position.topic === topic ? { partition: position.partition } : {}),
  };
}

function toJournalEntry({ deadLetter }: ReplayItem, at: string): Message {
  return {
    key: deadLetter.id,
    value: formatPosition(deadLetter.position),
    headers: { 'feedpulse-at': at, 'feedpulse-version': version },
  };
}
