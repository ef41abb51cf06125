/**
 * Who can fix an error: the caller (a wrong argument or query parameter), the operator (a setting, a file, the
 * environment), or the dependency that failed (Kafka, ClickHouse, a hub, a receiver). An error without a code is a bug.
 */
export type ErrorKind = 'caller' | 'operator' | 'dependency';

/**
 * Every error code: its kind, and whether a retry can succeed. Exit codes and hints are in `src/cli/error-advice.ts`, HTTP
 * statuses in `src/server/http/problem.ts`; `docs/errors.md` lists the codes, and a test compares the lists.
 */
export const errorCodes = {
  CONFIG_INVALID: { kind: 'operator', retry: false },
  USAGE: { kind: 'caller', retry: false },
  FILE_INACCESSIBLE: { kind: 'operator', retry: false },
  INSTANCE_UNAVAILABLE: { kind: 'dependency', retry: true },
  JOB_FAILED: { kind: 'dependency', retry: true },
  MODEL_MISSING: { kind: 'operator', retry: false },
  MODEL_CORRUPT: { kind: 'operator', retry: false },
  MODEL_FAILED: { kind: 'dependency', retry: true },
  HUB_UNAVAILABLE: { kind: 'dependency', retry: true },
  HUB_REJECTED: { kind: 'dependency', retry: false },
  KAFKA_UNAVAILABLE: { kind: 'dependency', retry: true },
  KAFKA_PLAINTEXT: { kind: 'operator', retry: false },
  KAFKA_REJECTED: { kind: 'dependency', retry: false },
  KAFKA_UNTRUSTED: { kind: 'dependency', retry: false },
  KAFKA_UNREADABLE: { kind: 'dependency', retry: false },
  KAFKA_GROUP_IN_USE: { kind: 'operator', retry: false },
  KAFKA_GROUP_SHARED: { kind: 'operator', retry: false },
  REGISTRY_UNAVAILABLE: { kind: 'dependency', retry: true },
  REGISTRY_REJECTED: { kind: 'dependency', retry: false },
  DATABASE_UNAVAILABLE: { kind: 'dependency', retry: true },
  DATABASE_REJECTED: { kind: 'dependency', retry: false },
  DATABASE_PLAINTEXT: { kind: 'operator', retry: false },
  DATABASE_UNTRUSTED: { kind: 'dependency', retry: false },
  DATABASE_MISSING: { kind: 'operator', retry: false },
  DATA_DIR_LOCKED: { kind: 'operator', retry: false },
  MIGRATION_CHECKSUM_MISMATCH: { kind: 'operator', retry: false },
  TOO_MANY_QUERIES: { kind: 'caller', retry: true },
  TOO_MANY_DEAD_LETTERS: { kind: 'operator', retry: false },
  REPLAY_CONFLICT: { kind: 'dependency', retry: true },
  WEBHOOK_REJECTED: { kind: 'operator', retry: false },
  WEBHOOK_FAILED: { kind: 'dependency', retry: true },
  EMAIL_FAILED: { kind: 'dependency', retry: true },
  PORT_IN_USE: { kind: 'operator', retry: false },
  INSECURE_BIND: { kind: 'operator', retry: false },
} as const satisfies Record<string, { kind: ErrorKind; retry: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/**
 * An error with a stable code. The message is a sentence that says what happened and why: it begins with a capital letter,
 * or with the name of a setting, flag or field, and ends in a full stop. It never contains a post's text or a secret.
 */
export class FeedpulseError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FeedpulseError';
    this.code = code;
  }

  get kind(): ErrorKind {
    return errorCodes[this.code].kind;
  }

  /** True if the same operation can succeed later. */
  get retry(): boolean {
    return errorCodes[this.code].retry;
  }
}

/** Anything thrown, as an Error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Error code set by Node or a library, such as ENOENT or ECONNRESET; undefined if the error has none. */
export function errorCodeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
