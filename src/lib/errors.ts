/**
 * Every error a user can meet: a stable code, what to do about it, and whether trying again can help.
 * `docs/errors.md` is checked against this list by a test.
 */
export const errorCodes = {
  CONFIG_INVALID: { exit: 2, retry: false, hint: 'Run `feedpulse check-config` and mend each line it names.' },
  USAGE: { exit: 2, retry: false, hint: 'See `feedpulse <command> --help`.' },
  FILE_UNREADABLE: { exit: 3, retry: false, hint: 'Check the path and its permissions.' },
  MODEL_MISSING: { exit: 4, retry: false, hint: 'Restore the folder from the repository, or point `model.path` at another.' },
  MODEL_CORRUPT: { exit: 4, retry: false, hint: 'Fetch the model again: its files differ from its manifest.' },
  MODEL_FAILED: {
    exit: 4,
    retry: true,
    hint: 'Check it with `feedpulse model verify`, or try another; a running feedpulse has more in its log.',
  },
  HUB_UNAVAILABLE: { exit: 4, retry: true, hint: 'Check --hub and the network, and run it again: what has come is kept.' },
  HUB_REJECTED: { exit: 4, retry: false, hint: 'Check --hub, the repository, --revision and each --sha256.' },
  KAFKA_UNAVAILABLE: { exit: 5, retry: true, hint: 'Check `kafka.brokers`, the network and the credentials.' },
  KAFKA_PLAINTEXT: { exit: 5, retry: false, hint: 'Set `kafka.tls`, or allow it with `kafka.allowPlaintext: true`.' },
  KAFKA_REJECTED: {
    exit: 5,
    retry: false,
    hint: 'The broker refused for good: check the credentials, the permissions and the limits of the topic.',
  },
  KAFKA_UNTRUSTED: {
    exit: 5,
    retry: false,
    hint: 'Check `kafka.caFile`, the host names in `kafka.brokers`, the dates of the certificates, and `kafka.certFile`.',
  },
  KAFKA_UNREADABLE: { exit: 5, retry: false, hint: 'Move the consumer group past the batch with the tools of your broker.' },
  REGISTRY_UNAVAILABLE: { exit: 5, retry: true, hint: 'Check `kafka.schemaRegistry.url` and that the registry is up.' },
  REGISTRY_REJECTED: { exit: 5, retry: false, hint: 'Check the user and the password of `kafka.schemaRegistry`, and what they may read.' },
  DATABASE_UNAVAILABLE: { exit: 6, retry: true, hint: 'Check `clickhouse.url` and that the server is up.' },
  DATABASE_REJECTED: { exit: 6, retry: false, hint: 'The server refused the statement; the log has its code.' },
  DATABASE_PLAINTEXT: { exit: 6, retry: false, hint: 'Use an `https://` address, or allow it with `clickhouse.allowPlaintext: true`.' },
  DATABASE_UNTRUSTED: {
    exit: 6,
    retry: false,
    hint: 'Check `clickhouse.caFile`, the host name in `clickhouse.url` and the dates of the certificate.',
  },
  DATA_DIR_LOCKED: { exit: 6, retry: false, hint: 'Another feedpulse owns this data folder: stop it, or choose another with --data-dir.' },
  MIGRATION_CHECKSUM_MISMATCH: {
    exit: 6,
    retry: false,
    hint: 'A migration that was applied has been edited; restore it and add a new one.',
  },
  TOO_MANY_DEAD_LETTERS: { exit: 7, retry: false, hint: 'The feed does not fit the mapping: look at `deadLetters` and the config.' },
  REPLAY_CONFLICT: { exit: 7, retry: true, hint: 'Run it again: what was put back already stays out.' },
  WEBHOOK_REJECTED: {
    exit: 9,
    retry: false,
    hint: 'Name a public host, or set `allowPrivate: true` on the channel if the receiver is in your own network.',
  },
  WEBHOOK_FAILED: {
    exit: 9,
    retry: true,
    hint: 'Check the `url` of the channel and that the receiver is up and accepts JSON.',
  },
  EMAIL_FAILED: {
    exit: 9,
    retry: true,
    hint: 'Check host, port, security and log-in of the channel, and that the server takes mail from `from`.',
  },
  PORT_IN_USE: { exit: 8, retry: false, hint: 'Choose another with --port.' },
  INSECURE_BIND: {
    exit: 8,
    retry: false,
    hint: 'Make a token with `feedpulse tokens add`, let a proxy sign people in (`server.proxyAuth`), keep `server.host` on the loopback interface, or set `server.allowUnauthenticated: true` where only trusted machines reach it.',
  },
} as const satisfies Record<string, { exit: number; retry: boolean; hint: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** An error with a stable code. Its message says what and why, never holds a post's text or a secret. */
export class FeedpulseError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FeedpulseError';
    this.code = code;
  }

  get retry(): boolean {
    return errorCodes[this.code].retry;
  }

  get hint(): string {
    return errorCodes[this.code].hint;
  }

  get exitCode(): number {
    return errorCodes[this.code].exit;
  }
}

/** Anything thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
