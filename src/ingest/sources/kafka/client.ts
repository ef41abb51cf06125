import { connect as connectPlain, isIP, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type logCreator, type Producer, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { describeTlsError, readTlsFiles } from '../../../lib/tls.ts';
import { registerCodecs } from './codecs.ts';

/**
 * A kafkajs client for the configured brokers, not connected yet. A request is retried `retries` times.
 * @throws KAFKA_PLAINTEXT for an unencrypted connection to another machine without `allowPlaintext`, FILE_INACCESSIBLE for
 * a certificate or key
 */
export function createKafka(config: KafkaConfig, log: Log, retries = 8): Kafka {
  const { brokers, clientId, tls, allowPlaintext, sasl } = config;
  const remote = brokers.find((broker) => !isLoopback(broker.replace(/:\d+$/, '')));
  if (!tls && !allowPlaintext && remote !== undefined) {
    throw new FeedpulseError('KAFKA_PLAINTEXT', `The connection to the broker ${remote} would not be encrypted.`);
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
    logCreator: createLogCreator(log),
  });
}

/** A producer that sends each message once, in order. The partition of a key is that of Kafka's Java client. */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
}

/** kafkajs reads the password from it for each connection, so one that was changed in its file is used then. */
function saslOptions(sasl: NonNullable<KafkaConfig['sasl']>): SASLOptions {
  const { mechanism, username, password: first } = sasl;
  if (first === undefined)
    throw new FeedpulseError('CONFIG_INVALID', 'kafka.sasl has no password: set passwordFile or FEEDPULSE_KAFKA_SASL_PASSWORD.');
  return {
    mechanism,
    username,
    get password() {
      return sasl.password ?? first;
    },
  };
}

/** The fields of kafkajs's log entries that are logged: never a request, a response or a message, which contain posts. */
const loggedFields = [
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

/** kafkajs logs every rebalance and every failed connection attempt as an error. The source itself logs errors that stop it. */
function createLogCreator(log: Log): logCreator {
  return () =>
    ({ namespace, level, log: { message, ...fields } }) => {
      const logged = Object.fromEntries(
        Object.entries({ namespace, ...fields }).flatMap(([name, value]) =>
          loggedFields.includes(name) ? [[name, toLoggable(value)]] : [],
        ),
      );
      if (level === kafkajs.logLevel.ERROR && namespace !== 'Connection') log.warn(logged, `Kafka: ${message}`);
      else log.debug(logged, `Kafka: ${message}`);
    };
}

function toLoggable(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  return typeof value === 'object' ? undefined : value;
}

const tlsTimeoutMs = 3_000;
const keepAliveMs = 60_000;

export type KafkaTransport = Pick<KafkaConfig, 'brokers' | 'tls' | 'caFile' | 'certFile' | 'keyFile' | 'allowPlaintext'>;

/** The TLS options for kafkajs and for the probe, copied for each connection; false without TLS. @throws FILE_INACCESSIBLE */
function tlsOptions(config: KafkaTransport): ConnectionOptions | false {
  return config.tls && Object.assign(readTlsFiles('kafka', config), { minVersion: 'TLSv1.2' as const });
}

/**
 * Opens the connections of kafkajs. Brokers that are discovered through the configured ones need `allowPlaintext` for an
 * unencrypted connection to another machine too. kafkajs keeps only the code of a socket error.
 */
export function socketFactory({ allowPlaintext }: Pick<KafkaTransport, 'allowPlaintext'>): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = ssl ? connectTls(connectionTarget(host, port, ssl), onConnect) : plainSocket(host, port, allowPlaintext, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  };
}

function plainSocket(host: string, port: number, allowPlaintext: boolean, onConnect: () => void): Socket {
  if (allowPlaintext || isLoopback(host)) return connectPlain({ host, port }, onConnect);
  const error = Object.assign(new Error(`The connection to ${host}:${port} would not be encrypted.`), { code: 'KAFKA_PLAINTEXT' });
  return new Socket().destroy(error);
}

function connectionTarget(host: string, port: number, options: ConnectionOptions): ConnectionOptions {
  // SNI takes no IP addresses, although a certificate may name one.
  return { host, port, ...(isIP(host) ? {} : { servername: host }), ...options };
}

/**
 * Probes the configured brokers until one presents a trusted certificate, because kafkajs would retry for half a minute. Does
 * not fail if no broker is reachable; kafkajs reports that.
 * @throws KAFKA_UNTRUSTED if the certificate of a broker is rejected and no other broker is trusted
 */
export async function checkBrokerCertificates(config: KafkaTransport): Promise<void> {
  const options = tlsOptions(config);
  if (!options) return;
  let untrusted: FeedpulseError | undefined;
  for (const broker of config.brokers) {
    const error = await probeTls(broker, options);
    if (error === undefined) return;
    const reason = describeTlsError('code' in error ? error.code : undefined);
    if (reason)
      untrusted ??= new FeedpulseError('KAFKA_UNTRUSTED', `TLS connection to broker ${broker} failed: ${reason}.`, {
        cause: error,
      });
  }
  if (untrusted) throw untrusted;
}

/** The error of a TLS handshake; undefined if it succeeds. */
async function probeTls(broker: string, options: ConnectionOptions): Promise<Error | undefined> {
  const [, host = broker, port = '9092'] = /^\[?(.*?)\]?:(\d+)$/.exec(broker) ?? [];
  return new Promise((resolve) => {
    const socket = connectTls({ ...connectionTarget(host, Number(port), options), timeout: tlsTimeoutMs }, () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.once('error', (thrown) => resolve(asError(thrown)));
    socket.once('timeout', () => socket.destroy(new Error('TLS handshake timed out')));
  });
}
