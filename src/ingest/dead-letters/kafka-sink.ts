import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Log } from '../../lib/log.ts';
import { createKafka } from '../sources/kafka/client.ts';
import { largestBatch } from '../sources/kafka/codecs.ts';
import { asKafkaError, hasKafkaErrorCode } from '../sources/kafka/kafka-error.ts';
import { ensureTopic } from '../sources/kafka/topics.ts';
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts';

export interface KafkaDeadLetterOptions {
  readonly config: KafkaConfig;
  readonly log: Log;
}

/** Bytes of letters sent as one batch, well under the megabyte that brokers take by default. */
const batchBytes = 512 * 1_024;
/** Bytes that are kept of a letter that the topic does not take whole. */
const keptBytes = 256 * 1_024;

/**
 * The dead-letter topic: the message as it came is the value, why and where it came from stand in the headers.
 * A `put` resolves when every replica that is in sync has the letters. Connects, and creates the topic where
 * it is missing, with the first letter.
 */
export function createKafkaDeadLetters({ config, log }: KafkaDeadLetterOptions): DeadLetterSink {
  const kafka = createKafka(config, log);
  const topic = config.deadLetterTopic;
  /** The producer in use; dropped when a put has failed, since its sequence of batches is then in doubt. */
  let producer: Promise<Producer> | undefined;

  const put = async (letters: readonly DeadLetter[]): Promise<void> => {
    producer ??= connect(kafka, topic);
    const using = producer;
    try {
      for (const batch of batchesOf(letters)) await send(await using, topic, batch, log);
    } catch (thrown) {
      if (producer === using) producer = undefined;
      void disconnect(using);
      throw asKafkaError(thrown, 'writing dead letters');
    }
  };
  return {
    put: (letters) => (letters.length === 0 ? Promise.resolve() : put(letters)),
    observe: () => {},
    close: async () => {
      if (producer) await disconnect(producer);
    },
  };
}

async function connect(kafka: Kafka, topic: string): Promise<Producer> {
  // Whatever could be read must fit here as well.
  await ensureTopic(kafka, { topic, partitions: 1, maxMessageBytes: largestBatch });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}

async function disconnect(producer: Promise<Producer>): Promise<void> {
  try {
    await (await producer).disconnect();
  } catch {
    // It never connected, or the broker is gone; either way nothing is left to close.
  }
}

/** Sends the letters. One that the topic does not take whole is cut, since it must not stop the feed. */
async function send(producer: Producer, topic: string, letters: readonly DeadLetter[], log: Log): Promise<void> {
  try {
    await producer.send({ topic, acks: -1, messages: letters.map(messageOf) });
  } catch (thrown) {
    if (!hasKafkaErrorCode(thrown, 'MESSAGE_TOO_LARGE')) throw thrown;
    for (const letter of letters) {
      log.warn(
        { ...letter.position, bytes: letter.bytes.length, kept: keptBytes },
        'A dead letter is larger than its topic takes: only its beginning is kept there',
      );
      await producer.send({ topic, acks: -1, messages: [messageOf(cut(letter))] });
    }
  }
}

function cut(letter: DeadLetter): DeadLetter {
  if (letter.bytes.length <= keptBytes) return letter;
  return { ...letter, bytes: letter.bytes.subarray(0, keptBytes), truncatedFrom: letter.truncatedFrom ?? letter.bytes.length };
}

function messageOf({ reason, position, bytes, key, timestamp, at, version, truncatedFrom }: DeadLetter): Message {
  const facts = {
    reason,
    topic: position.topic,
    partition: position.partition,
    offset: position.offset,
    timestamp,
    at,
    version,
    'truncated-from': truncatedFrom,
  };
  const headers = Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[`feedpulse-${name}`, String(value)]])),
  );
  return { value: bytes, headers, ...(key ? { key } : {}) };
}

/** Letters in their order, cut into batches that a broker takes. */
function batchesOf(letters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let room = 0;
  for (const letter of letters) {
    const current = batches.at(-1);
    room -= letter.bytes.length;
    if (current && room >= 0) current.push(letter);
    else {
      batches.push([letter]);
      room = batchBytes - letter.bytes.length;
    }
  }
  return batches;
}
