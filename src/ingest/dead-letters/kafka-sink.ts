import type { Kafka, Message, Producer } from 'kafkajs';
import type { KafkaConfig } from '../../config/schema.ts';
import type { Log } from '../../lib/log.ts';
import { headerBytes, ownHeaderPrefix, toKafkaHeaders } from '../message-headers.ts';
import { createKafka, createProducer } from '../sources/kafka/client.ts';
import { maxBatchBytes } from '../sources/kafka/codecs.ts';
import { asKafkaError, hasKafkaErrorCode } from '../sources/kafka/kafka-error.ts';
import { ensureTopic } from '../sources/kafka/topics.ts';
import type { DeadLetter, DeadLetterSink } from './dead-letter.ts';

export interface KafkaDeadLetterOptions {
  readonly config: KafkaConfig;
  readonly log: Log;
}

/** Bytes of a producer batch, well below the brokers' default limit of 1 MB. */
const producerBatchBytes = 512 * 1_024;
/** A dead letter that is too large for the topic is truncated to this many bytes. */
const truncatedBytes = 256 * 1_024;

/**
 * Writes dead letters to a topic: value, key and headers are those of the message, and further headers hold reason and
 * position. A `write` resolves once every in-sync replica has them. Connects with the first dead letter, and creates the topic if it is
 * missing.
 * @throws KAFKA_UNAVAILABLE, KAFKA_REJECTED and the other KAFKA_… codes from `write`
 */
export function createKafkaDeadLetterSink({ config, log }: KafkaDeadLetterOptions): DeadLetterSink {
  const kafka = createKafka(config, log);
  const topic = config.deadLetterTopic;
  /** The current producer; replaced after a failed write, whose sequence numbers are unknown. */
  let producer: Promise<Producer> | undefined;

  const write = async (deadLetters: readonly DeadLetter[]): Promise<void> => {
    producer ??= connect(kafka, topic);
    const current = producer;
    try {
      for (const batch of splitIntoBatches(deadLetters)) await send(await current, topic, batch, log);
    } catch (thrown) {
      if (producer === current) producer = undefined;
      void disconnect(current);
      throw asKafkaError(thrown, 'writing dead letters');
    }
  };
  return {
    write: async (deadLetters) => (deadLetters.length === 0 ? undefined : write(deadLetters)),
    observe: () => {},
    close: async () => {
      if (producer) await disconnect(producer);
    },
  };
}

async function connect(kafka: Kafka, topic: string): Promise<Producer> {
  // Must accept any message that the consumer can read.
  await ensureTopic(kafka, { topic, partitions: 1, maxMessageBytes: maxBatchBytes });
  const producer = createProducer(kafka);
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
async function send(producer: Producer, topic: string, deadLetters: readonly DeadLetter[], log: Log): Promise<void> {
  try {
    await producer.send({ topic, acks: -1, messages: deadLetters.map(toMessage) });
  } catch (thrown) {
    if (!hasKafkaErrorCode(thrown, 'MESSAGE_TOO_LARGE')) throw thrown;
    for (const deadLetter of deadLetters) {
      log.warn(
        { ...deadLetter.position, bytes: deadLetter.bytes.length, truncatedBytes },
        'dead letter exceeds max.message.bytes of its topic; storing it truncated',
      );
      await producer.send({ topic, acks: -1, messages: [toMessage(truncate(deadLetter))] });
    }
  }
}

/** Without the headers, if they are too large themselves. */
function truncate({ rawHeaders = [], ...deadLetter }: DeadLetter): DeadLetter {
  const { bytes, truncatedFrom = bytes.length } = deadLetter;
  const kept = headerBytes(rawHeaders) <= truncatedBytes ? { ...deadLetter, rawHeaders } : deadLetter;
  return bytes.length <= truncatedBytes ? kept : { ...kept, bytes: bytes.subarray(0, truncatedBytes), truncatedFrom };
}

function toMessage({ reason, position, bytes, key, rawHeaders, timestamp, at, version, truncatedFrom }: DeadLetter): Message {
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
  const own = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[`${ownHeaderPrefix}${name}`, String(value)]])),
  );
  return { value: bytes, headers: { ...toKafkaHeaders(rawHeaders), ...own }, ...(key ? { key } : {}) };
}

/** Dead letters in order, in batches that a broker accepts. */
function splitIntoBatches(deadLetters: readonly DeadLetter[]): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytesLeft = 0;
  for (const deadLetter of deadLetters) {
    const current = batches.at(-1);
    const bytes = deadLetter.bytes.length + headerBytes(deadLetter.rawHeaders);
    bytesLeft -= bytes;
    if (current && bytesLeft >= 0) current.push(deadLetter);
    else {
      batches.push([deadLetter]);
      bytesLeft = producerBatchBytes - bytes;
    }
  }
  return batches;
}
