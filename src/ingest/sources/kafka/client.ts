import { connect as connectPlain, isIP, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type logCreator, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import type { Log } from '../../../lib/log.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { readTlsFiles, trustFault } from '../../../lib/tls.ts';
import { registerCodecs } from './codecs.ts';

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

const handshakeMs = 3_000;
const keepAliveMs = 60_000;

export type KafkaTransport = Pick<KafkaConfig, 'brokers' | 'tls' | 'caFile' | 'certFile' | 'keyFile' | 'allowPlaintext'>;

/** What kafkajs and the handshake give to TLS; false without it. @throws FILE_UNREADABLE */
export function tlsOptions(config: KafkaTransport): ConnectionOptions | false {
  return config.tls && { ...readTlsFiles('kafka', config), minVersion: 'TLSv1.2' };
}

/**
 * Opens the connections of kafkajs. The first brokers are told by the config, further ones by the brokers: they
 * too are spoken to without encryption only on this machine, or with leave. The code of the socket's error is
 * ours, since it is all that kafkajs hands on.
 */
export function socketFactory({ allowPlaintext }: Pick<KafkaTransport, 'allowPlaintext'>): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = ssl ? connectTls(target(host, port, ssl), onConnect) : plainSocket(host, port, allowPlaintext, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    return socket;
  };
}

function plainSocket(host: string, port: number, allowPlaintext: boolean, onConnect: () => void): Socket {
  if (allowPlaintext || isLoopback(host)) return connectPlain({ host, port }, onConnect);
  const refused = Object.assign(new Error(`The connection to ${host}:${port} would not be encrypted.`), { code: 'KAFKA_PLAINTEXT' });
  return new Socket().destroy(refused);
}

function target(host: string, port: number, options: ConnectionOptions): ConnectionOptions {
  // A certificate may name an address, but the name that a client asks for may not be one.
  return { host, port, ...(isIP(host) ? {} : { servername: host }), ...options };
}

/**
 * Asks the brokers of the config for their certificates, until one is trusted. kafkajs would try for half a
 * minute what trying does not mend. Passes where no broker answers: that is for kafkajs to find out.
 * @throws KAFKA_UNTRUSTED when a broker's certificate is refused and no other broker is trusted.
 */
export async function checkBrokerCertificates(config: KafkaTransport): Promise<void> {
  const options = tlsOptions(config);
  if (!options) return;
  let untrusted: FeedpulseError | undefined;
  for (const broker of config.brokers) {
    const fault = await shakeHands(broker, options);
    if (fault === undefined) return;
    const why = trustFault('code' in fault ? fault.code : undefined);
    if (why) untrusted ??= new FeedpulseError('KAFKA_UNTRUSTED', `The broker ${broker} is not trusted: ${why}.`, { cause: fault });
  }
  if (untrusted) throw untrusted;
}

/** The fault of a handshake, undefined after a good one. */
async function shakeHands(broker: string, options: ConnectionOptions): Promise<Error | undefined> {
  const [, host = broker, port = '9092'] = /^\[?(.*?)\]?:(\d+)$/.exec(broker) ?? [];
  return new Promise((resolve) => {
    const socket = connectTls({ ...target(host, Number(port), options), timeout: handshakeMs }, () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.once('error', (thrown) => resolve(asError(thrown)));
    socket.once('timeout', () => socket.destroy(new Error('The handshake took too long.')));
  });
}
