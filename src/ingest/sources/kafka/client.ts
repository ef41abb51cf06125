import kafkajs, { type Kafka, type logCreator, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { registerCodecs } from './codecs/codecs.ts';
import { socketFactory, tlsOptions } from './transport.ts';

/**
 * A client for the configured brokers, shared by the feed, the dead letters and `produce`; connects to nothing
 * yet. A request is tried again so many times. Throws KAFKA_PLAINTEXT for an unencrypted connection that leaves this machine without leave to do so,
 * FILE_UNREADABLE for a certificate or key.
 */
export function createKafka(config: KafkaConfig, log: Log, retries = 8): Kafka {
  const { brokers, clientId, tls, allowPlaintext, sasl } = config;
  const away = brokers.find((broker) => !isLoopback(broker.replace(/:\d+$/, '')));
  if (!tls && !allowPlaintext && away !== undefined) {
    throw new FeedpulseError('KAFKA_PLAINTEXT', `The connection to ${away} would not be encrypted.`);
  }
  registerCodecs();
  return new kafkajs.Kafka({
    clientId,
    brokers,
    ssl: tlsOptions(config),
    socketFactory: socketFactory(config),
    ...(sasl ? { sasl: saslOptions(sasl) } : {}),
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 300, maxRetryTime: 5_000, retries },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: logTo(log),
  });
}

function saslOptions({ mechanism, username, password }: NonNullable<KafkaConfig['sasl']>): SASLOptions {
  if (password === undefined)
    throw new FeedpulseError('CONFIG_INVALID', 'kafka.sasl has no password: set passwordFile or FEEDPULSE_KAFKA_SASL_PASSWORD.');
  return { mechanism, username, password };
}

/** What may be logged of kafkajs's facts: never a request, a response or a message, which hold people's posts. */
const loggedFacts = [
  'namespace',
  'topic',
  'partition',
  'groupId',
  'memberId',
  'generationId',
  'broker',
  'offset',
  'error',
  'retryCount',
  'retryTime',
  'duration',
];

/** kafkajs is chatty: each rebalance and each attempt to connect is an error to it. What really ends the feed is logged by the feed. */
function logTo(log: Log): logCreator {
  return () =>
    ({ namespace, level, log: { message, ...facts } }) => {
      const kept = Object.fromEntries(
        Object.entries({ namespace, ...facts }).flatMap(([name, value]) => (loggedFacts.includes(name) ? [[name, plain(value)]] : [])),
      );
      if (level === kafkajs.logLevel.ERROR && namespace !== 'Connection') log.warn(kept, `Kafka: ${message}`);
      else log.debug(kept, `Kafka: ${message}`);
    };
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === 'object' ? undefined : value;
}
