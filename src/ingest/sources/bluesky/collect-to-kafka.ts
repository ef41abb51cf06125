import type { BlueskyConfig } from '../../../config/live-sources.ts';
import type { KafkaConfig } from '../../../config/schema.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Log } from '../../../lib/log.ts';
import { createMetrics } from '../../../lib/metrics.ts';
import { createSerialQueue } from '../../../lib/serial-queue.ts';
import type { CursorStore } from '../cursor-store.ts';
import { checkBrokerCertificates, createKafka, createProducer } from '../kafka/client.ts';
import { asKafkaError } from '../kafka/kafka-error.ts';
import { ensureTopic } from '../kafka/topics.ts';
import type { RawMessage } from '../process-chunk.ts';
import { createJetstreamReader } from './jetstream-reader.ts';

export interface CollectOptions {
  readonly bluesky: BlueskyConfig;
  /** Its `topic` receives the messages. */
  readonly kafka: KafkaConfig;
  /** Partitions of the topic, if it has to be created. */
  readonly partitions: number;
  readonly cursors: CursorStore;
  readonly clock: Clock;
  readonly log: Log;
  onProgress(sent: number): void;
}

const maxBatchBytes = 512 * 1_024;
const reportMs = 60_000;

/**
 * Sends the messages of a Jetstream unchanged to a Kafka topic until `signal` is aborted, and resolves to their number.
 * The key is the account, so that its events stay in order, its deletion included; the timestamp is when the server saw
 * the event. The cursor is saved after the brokers have acknowledged a message: after a crash, some are sent twice. The
 * topic is created if it is missing.
 * @throws KAFKA_UNAVAILABLE and other KAFKA_ codes, FILE_INACCESSIBLE
 */
export async function collectToKafka(options: CollectOptions, signal: AbortSignal): Promise<number> {
  const { bluesky, kafka: config, partitions, cursors, clock, log, onProgress } = options;
  const kafka = createKafka(config, log);
  const producer = createProducer(kafka);
  const inOrder = createSerialQueue();
  let sent = 0;
  const send = async (messages: readonly RawMessage[]): Promise<void> => {
    for (const batch of splitBySize(messages)) {
      await producer.send({ topic: config.topic, acks: -1, messages: batch.map(toKafkaMessage) });
      sent += batch.length;
      onProgress(sent);
    }
  };
  const reader = createJetstreamReader({
    name: 'bluesky',
    config: bluesky,
    process: (messages) => inOrder(() => send(messages)),
    onFilter: () => {},
    cursors,
    clock,
    log,
    metrics: createMetrics(),
  });
  const report = setInterval(() => log.info({ sent, ...reader.progress() }, 'collecting'), reportMs);
  try {
    await checkBrokerCertificates(config);
    if (await ensureTopic(kafka, { topic: config.topic, partitions }))
      log.info({ topic: config.topic, partitions }, 'created the Kafka topic');
    await producer.connect();
    await reader.run(signal);
    return sent;
  } catch (thrown) {
    throw asKafkaError(thrown, `sending to ${config.topic} (${sent} messages sent)`);
  } finally {
    clearInterval(report);
    await producer.disconnect();
  }
}

function* splitBySize(messages: readonly RawMessage[]): Generator<readonly RawMessage[]> {
  let start = 0;
  let size = 0;
  for (const [index, { bytes }] of messages.entries()) {
    if (index > start && size + bytes.length > maxBatchBytes) {
      yield messages.slice(start, index);
      [start, size] = [index, 0];
    }
    size += bytes.length;
  }
  if (start < messages.length) yield messages.slice(start);
}

function toKafkaMessage({ bytes, key, timestamp }: RawMessage) {
  return { value: bytes, timestamp: String(timestamp), ...(key && { key }) };
}
