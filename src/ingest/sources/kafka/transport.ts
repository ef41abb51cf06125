import { connect as connectPlain, isIP, Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import type { KafkaConfig } from '../../../config/schema.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { readTlsFiles, trustFault } from '../../../lib/tls.ts';

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
