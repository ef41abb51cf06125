import type { ErrorCode } from '../lib/errors.ts';

/** Exit code of an error, and the hint printed after its message. */
export interface ErrorAdvice {
  readonly exit: number;
  readonly hint: string;
}

/** Exit codes: 1 is a bug, 2 a usage or config error, 3 files, 4 models, 5 Kafka, 6 the database, 7 dead letters, 8 the server or a job, 9 notifications. */
export const errorAdvice: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  CONFIG_INVALID: { exit: 2, hint: 'Run `feedpulse check-config` and fix the reported settings.' },
  USAGE: { exit: 2, hint: 'See `feedpulse <command> --help`.' },
  FILE_INACCESSIBLE: { exit: 3, hint: 'Check the path, its permissions, the free disk space and the format of the file.' },
  INSTANCE_UNAVAILABLE: { exit: 8, hint: 'Check that the process is running and what it logs, then run the command again.' },
  JOB_FAILED: { exit: 8, hint: 'See the log of the process that ran the job, then run the command again.' },
  MODEL_MISSING: { exit: 4, hint: 'Restore the model directory, or set `model.path` to another model.' },
  MODEL_CORRUPT: { exit: 4, hint: 'Download the model again: its files do not match the checksums in its manifest.' },
  MODEL_FAILED: { exit: 4, hint: 'Run `feedpulse model verify`, or try another model; the log has the details.' },
  HUB_UNAVAILABLE: { exit: 4, hint: 'Check --hub and the network, then run the command again: the download resumes.' },
  HUB_REJECTED: { exit: 4, hint: 'Check --hub, the repository, --revision and each --sha256.' },
  KAFKA_UNAVAILABLE: { exit: 5, hint: 'Check `kafka.brokers`, the network and the credentials.' },
  KAFKA_PLAINTEXT: { exit: 5, hint: 'Set `kafka.tls: true`, or permit it with `kafka.allowPlaintext: true`.' },
  KAFKA_REJECTED: { exit: 5, hint: "Check the credentials, the ACLs and the topic's limits." },
  KAFKA_UNTRUSTED: {
    exit: 5,
    hint: 'Check `kafka.caFile`, `kafka.certFile`, the host names in `kafka.brokers` and the validity dates of the certificates.',
  },
  KAFKA_UNREADABLE: { exit: 5, hint: 'Move the offset of the consumer group past the batch with `kafka-consumer-groups`.' },
  KAFKA_GROUP_IN_USE: { exit: 5, hint: 'Choose another `kafka.groupId`, or stop the other program.' },
  KAFKA_GROUP_SHARED: {
    exit: 5,
    hint: 'Give each process its own `kafka.groupId`, or let all of them write to a ClickHouse server (`clickhouse.url`).',
  },
  REGISTRY_UNAVAILABLE: { exit: 5, hint: 'Check `kafka.schemaRegistry.url` and that the schema registry is running.' },
  REGISTRY_REJECTED: { exit: 5, hint: 'Check the user name, the password and the permissions of `kafka.schemaRegistry`.' },
  DATABASE_UNAVAILABLE: { exit: 6, hint: 'Check `clickhouse.url` and that the server is running.' },
  DATABASE_REJECTED: { exit: 6, hint: 'Look up the ClickHouse error code in the message or the log.' },
  DATABASE_PLAINTEXT: { exit: 6, hint: 'Use an `https://` URL, or permit it with `clickhouse.allowPlaintext: true`.' },
  DATABASE_UNTRUSTED: {
    exit: 6,
    hint: 'Check `clickhouse.caFile`, the host name in `clickhouse.url` and the validity dates of the certificate.',
  },
  DATABASE_MISSING: {
    exit: 6,
    hint: 'Run `npm ci` without `--omit=optional` on a supported platform, or set `clickhouse.url` to a ClickHouse server.',
  },
  DATA_DIR_LOCKED: { exit: 6, hint: 'Stop the other process, or use another data directory with --data-dir.' },
  MIGRATION_CHECKSUM_MISMATCH: {
    exit: 6,
    hint: 'Restore the migration file that was edited after it had been applied; put changes into a new one.',
  },
  TOO_MANY_QUERIES: { exit: 8, hint: 'Wait until earlier queries have ended, then try again.' },
  TOO_MANY_DEAD_LETTERS: {
    exit: 7,
    hint: 'Inspect them with `feedpulse dead-letters list`, then adjust `mapping` or the limits in `deadLetters`.',
  },
  REPLAY_CONFLICT: { exit: 7, hint: 'Run it again; messages already replayed are skipped.' },
  WEBHOOK_REJECTED: {
    exit: 9,
    hint: 'Name a public host, or set `allowPrivate: true` on the channel if the receiver is in your own network.',
  },
  WEBHOOK_FAILED: { exit: 9, hint: 'Check the `url` of the channel and that the receiver is up and accepts JSON.' },
  EMAIL_FAILED: {
    exit: 9,
    hint: 'Check host, port, security and credentials of the channel, and that the server accepts mail from `from`.',
  },
  PORT_IN_USE: { exit: 8, hint: 'Choose another port with --port.' },
  INSECURE_BIND: {
    exit: 8,
    hint: 'Create a token with `feedpulse tokens add`, authenticate at a proxy (`server.proxyAuth`), bind `server.host` to loopback, or set `server.allowUnauthenticated: true` if only trusted machines can connect.',
  },
};
