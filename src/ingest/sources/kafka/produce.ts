import { setTimeout as sleep } from 'node:timers/promises';
import type { Message, Producer } from 'kafkajs';
import type { MappingInput } from '../../../config/mapping.ts';
import type { KafkaConfig } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { type CompiledMapping, compileMapping, parseMessage } from '../../mapping/parse-message.ts';
import { readMessageLines } from '../ndjson/input-format.ts';
import { type Line, readLines } from '../ndjson/read-lines.ts';
import { checkBrokerCertificates, createKafka, createProducer } from './client.ts';
import { asKafkaError } from './kafka-error.ts';
import { ensureTopic } from './topics.ts';

export interface ProduceOptions {
  readonly config: KafkaConfig;
  readonly mapping: MappingInput;
  /** One message per line. */
  readonly input: NodeJS.ReadableStream;
  /** Messages per second; as fast as possible if absent. */
  readonly rate?: number;
  /** Partitions of the topic, if it has to be created. */
  readonly partitions?: number;
  readonly log: Log;
  onProgress?(sent: number): void;
}

const maxBatchMessages = 500;
const maxBatchBytes = 512 * 1_024;
/** Batches per second at a given rate, so that messages are sent evenly. */
const batchesPerSecond = 10;

/**
 * Sends the lines of a file unchanged to the configured topic and resolves to the number of messages sent. A line that is one post gets
 * the key `platform:id`, so that its versions stay in order; others get none. Blank lines are skipped. The topic is
 * created if it is missing.
 * @throws USAGE if the file has no message per line, FILE_INACCESSIBLE, KAFKA_UNAVAILABLE and other KAFKA_ codes
 */
export async function produceFile({ config, mapping, input, rate, partitions = 4, log, onProgress }: ProduceOptions): Promise<number> {
  const kafka = createKafka(config, log);
  const producer = createProducer(kafka);
  const compiled = compileMapping(mapping);
  const size = rate === undefined ? maxBatchMessages : Math.max(1, Math.min(maxBatchMessages, Math.round(rate / batchesPerSecond)));
  const startedAt = performance.now();
  let sent = 0;
  try {
    await checkBrokerCertificates(config);
    if (await ensureTopic(kafka, { topic: config.topic, partitions }))
      log.info({ topic: config.topic, partitions }, 'created the Kafka topic');
    await producer.connect();
    for await (const batch of splitIntoBatches(readLines(readMessageLines(input)), size)) {
      if (rate !== undefined) await sleep(Math.max(0, startedAt + (sent / rate) * 1_000 - performance.now()));
      await send(
        producer,
        config.topic,
        batch.map((line) => toMessage(line, compiled)),
      );
      sent += batch.length;
      onProgress?.(sent);
    }
    return sent;
  } catch (thrown) {
    throw asKafkaError(thrown, `sending to ${config.topic} (${sent} messages sent)`);
  } finally {
    await producer.disconnect();
  }
}

async function send(producer: Producer, topic: string, messages: Message[]): Promise<void> {
  await producer.send({ topic, acks: -1, messages });
}

/** Lines that are not blank, in batches of up to `size` lines or `maxBatchBytes`. */
async function* splitIntoBatches(chunks: AsyncIterable<readonly Line[]>, size: number): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for await (const lines of chunks) {
    for (const line of lines) {
      if (line.bytes.length < line.size - 1)
        throw new FeedpulseError('USAGE', `Line ${line.number} has ${line.size} bytes, more than the limit of 1 MiB.`);
      if (line.size === 0) continue;
      if (batch.length >= size || (batch.length > 0 && bytes + line.size > maxBatchBytes)) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(line);
      bytes += line.size;
    }
  }
  if (batch.length > 0) yield batch;
}

function toMessage({ bytes }: Line, mapping: CompiledMapping): Message {
  const now = Date.now();
  const [post, ...others] = parseMessage({ bytes, timestamp: now }, mapping, now).posts;
  // A message of several posts has no key that would keep the versions of each in order.
  const key = post && others.length === 0 && !post.deletesAuthor ? `${post.platform}:${post.id}` : undefined;
  return { value: bytes, ...(key !== undefined && { key }) };
}
