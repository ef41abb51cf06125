import type { IssuedCertificate } from '../certificates.ts';

/** An additional listener; the plaintext one remains for the test's own clients. */
export interface SecureListener {
  /** Upper case; the key of its address. */
  readonly name: string;
  readonly certificate: IssuedCertificate;
  /** Requires SASL. */
  readonly sasl?: boolean;
  /** Requires client certificates of this CA (PEM). */
  readonly clientCa?: string;
}

export interface User {
  readonly name: string;
  readonly password: string;
}

export interface KafkaSecurity {
  readonly listeners: readonly SecureListener[];
  /** May authenticate with PLAIN and SCRAM. Without ACLs they have no permissions. */
  readonly users?: readonly User[];
}

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** Broker settings of the listeners: certificates, users, and superuser rights on the plaintext listener. */
export function securitySettings({ listeners, users = [] }: KafkaSecurity): Record<string, string> {
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    ...Object.assign({}, ...listeners.map((listener) => listenerSettings(listener, users))),
  };
}

export function securityProtocol({ sasl }: SecureListener): string {
  return sasl ? 'SASL_SSL' : 'SSL';
}

function listenerSettings({ name, certificate, sasl, clientCa }: SecureListener, users: readonly User[]): Record<string, string> {
  const prefix = `listener.name.${name.toLowerCase()}`;
  return {
    [`${prefix}.ssl.keystore.type`]: 'PEM',
    [`${prefix}.ssl.keystore.key`]: inOneLine(certificate.key),
    [`${prefix}.ssl.keystore.certificate.chain`]: inOneLine(certificate.cert),
    ...(clientCa
      ? {
          [`${prefix}.ssl.client.auth`]: 'required',
          [`${prefix}.ssl.truststore.type`]: 'PEM',
          [`${prefix}.ssl.truststore.certificates`]: inOneLine(clientCa),
        }
      : {}),
    ...(sasl ? saslSettings(prefix, users) : {}),
  };
}

function saslSettings(prefix: string, users: readonly User[]): Record<string, string> {
  const logins = users.map(({ name, password }) => ` user_${name}="${password}"`).join('');
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: mechanisms.join(','),
    [`${prefix}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required${logins};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
  };
}

/** Arguments of Kafka's ConfigCommand that store a user's SCRAM credentials: one mechanism per call. */
export function scramCommands(server: string, { name, password }: User): string[][] {
  const user = ['--bootstrap-server', server, '--alter', '--entity-type', 'users', '--entity-name', name];
  return mechanisms.slice(1).map((mechanism) => [...user, '--add-config', `${mechanism}=[password=${password}]`]);
}

/** Properties files and containers both parse `\n` as a line break. */
function inOneLine(pem: string): string {
  return pem.trim().replaceAll(/\r?\n/g, '\\n');
}
