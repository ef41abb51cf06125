import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Log } from '../../lib/log.ts';
import { createKafka } from '../sources/kafka/client.ts';
import { maxBatchBytes } from '../sources/kafka/codecs.ts';
import { asKafkaError, hasKafkaErrorCode } from '../sources/kafka/kafka-error.ts';
import { ensureTopic } from '../sources/kafka/topics.ts';
import type { DeadLetter, DeadLetterSink } from './dead-letter-sink.ts';

export interface KafkaDeadLetterOptions {
  readonly config: KafkaConfig;
  readonly log: Log;
}

/** Bytes of a producer batch, well below the brokers' default limit of 1 MB. */
const producerBatchBytes = 512 * 1_024;
/** Bytes that are kept of a dead letter that is too large for the topic. */
const keptBytes = 256 * 1_024;

/**
 * Writes dead letters to a topic: the value is the unchanged message, the headers hold reason and position. A `put`
 * resolves once every in-sync replica has them. Connects with the first dead letter, and creates the topic if it is
 * missing.
 */
export function createKafkaDeadLetters({ config, log }: KafkaDeadLetterOptions): DeadLetterSink {
  const kafka = createKafka(config, log);
  const topic = config.deadLetterTopic;
  /** The current producer; replaced after a failed put, which leaves its sequence numbers in doubt. */
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
  // Every message that can be read has to fit.
  await ensureTopic(kafka, { topic, partitions: 1, maxMessageBytes: maxBatchBytes });
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
    // It never connected, or the broker is gone: there is nothing to close.
  }
}

/** Sends dead letters. One that is too large for the topic is truncated, since it must not stop the pipeline. */
async function send(producer: Producer, topic: string, letters: readonly DeadLetter[], log: Log): Promise<void> {
  try {
    await producer.send({ topic, acks: -1, messages: letters.map(toMessage) });
  } catch (thrown) {
    if (!hasKafkaErrorCode(thrown, 'MESSAGE_TOO_LARGE')) throw thrown;
    for (const letter of letters) {
      log.warn(
        { ...letter.position, bytes: letter.bytes.length, kept: keptBytes },
        'Dead letter exceeds max.message.bytes of its topic; storing its beginning only',
      );
      await producer.send({ topic, acks: -1, messages: [toMessage(truncate(letter))] });
    }
  }
}

function truncate(letter: DeadLetter): DeadLetter {
  if (letter.bytes.length <= keptBytes) return letter;
  return { ...letter, bytes: letter.bytes.subarray(0, keptBytes), truncatedFrom: letter.truncatedFrom ?? letter.bytes.length };
}

function toMessage({ reason, position, bytes, key, timestamp, at, version, truncatedFrom }: DeadLetter): Message {
  const fields = {
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
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[`feedpulse-${name}`, String(value)]])),
  );
  return { value: bytes, headers, ...(key ? { key } : {}) };
}

/** Dead letters in order, in batches that a broker accepts. */
function batchesOf(letters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytesLeft = 0;
  for (const letter of letters) {
    const current = batches.at(-1);
    bytesLeft -= letter.bytes.length;
    if (current && bytesLeft >= 0) current.push(letter);
    else {
      batches.push([letter]);
      bytesLeft = producerBatchBytes - letter.bytes.length;
    }
  }
  return batches;
}
