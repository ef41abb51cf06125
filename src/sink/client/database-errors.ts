import { errorCodeOf, FeedpulseError } from '../../lib/errors.ts';

/**
 * ClickHouse errors after which the same statement can succeed later: timeout, network error, overload, memory limit,
 * full disk, too many open files or parts, unavailable replica or Keeper, insert of unknown outcome.
 */
const transientErrors = {
  CANNOT_OPEN_FILE: '76',
  TIMEOUT_EXCEEDED: '159',
  TOO_SLOW: '160',
  QUOTA_EXCEEDED: '201',
  TOO_MANY_SIMULTANEOUS_QUERIES: '202',
  NO_FREE_CONNECTION: '203',
  SOCKET_TIMEOUT: '209',
  NETWORK_ERROR: '210',
  NO_ZOOKEEPER: '225',
  ABORTED: '236',
  MEMORY_LIMIT_EXCEEDED: '241',
  TABLE_IS_READ_ONLY: '242',
  NOT_ENOUGH_SPACE: '243',
  TOO_MANY_PARTS: '252',
  ALL_CONNECTION_TRIES_FAILED: '279',
  TOO_FEW_LIVE_REPLICAS: '285',
  UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: '286',
  REPLICA_IS_NOT_IN_QUORUM: '289',
  UNKNOWN_STATUS_OF_INSERT: '319',
  UNFINISHED: '341',
  RECEIVED_ERROR_TOO_MANY_REQUESTS: '364',
  QUERY_WAS_CANCELLED: '394',
  SYSTEM_ERROR: '425',
  CANNOT_SCHEDULE_TASK: '439',
  DEADLOCK_AVOIDED: '473',
  S3_ERROR: '499',
  DISTRIBUTED_TOO_MANY_PENDING_BYTES: '574',
  SERVER_OVERLOADED: '745',
  KEEPER_EXCEPTION: '999',
  POCO_EXCEPTION: '1000',
} as const;

/**
 * ClickHouse errors caused by the rows of an insert; a single bad row fails all of them. Texts, numbers, dates and
 * enums that cannot be parsed or converted, values out of range, violated constraints.
 */
const rowErrors = {
  CANNOT_PARSE_TEXT: '6',
  CANNOT_PARSE_QUOTED_STRING: '26',
  CANNOT_PARSE_INPUT_ASSERTION_FAILED: '27',
  CANNOT_PARSE_DATE: '38',
  CANNOT_PARSE_DATETIME: '41',
  TYPE_MISMATCH: '53',
  ARGUMENT_OUT_OF_BOUND: '69',
  CANNOT_CONVERT_TYPE: '70',
  CANNOT_PARSE_NUMBER: '72',
  INCORRECT_DATA: '117',
  CANNOT_READ_ARRAY_FROM_TEXT: '130',
  TOO_LARGE_STRING_SIZE: '131',
  VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE: '321',
  CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN: '349',
  CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING: '441',
  VIOLATED_CONSTRAINT: '469',
  UNKNOWN_ELEMENT_OF_ENUM: '691',
} as const;

const otherErrors = {
  TABLE_ALREADY_EXISTS: '57',
  UNKNOWN_TABLE: '60',
  CANNOT_OPEN_FILE: transientErrors.CANNOT_OPEN_FILE,
  NOT_ENOUGH_SPACE: transientErrors.NOT_ENOUGH_SPACE,
} as const;

const transientCodes: ReadonlySet<string> = new Set(Object.values(transientErrors));
const rowErrorCodes: ReadonlySet<string> = new Set(Object.values(rowErrors));

/** The database permanently rejects some of the rows. Other rows may be stored. */
export class RowRejected extends FeedpulseError {
  constructor(message: string) {
    super('DATABASE_REJECTED', message);
  }
}

/** True if an error is caused by the rows, not by the database. */
export function isRowError(error: unknown): boolean {
  return rowErrorCodes.has(errorCodeOf(error) ?? '');
}

/** True if a retry can help. Errors that do not come from ClickHouse (connection reset, 502 of a proxy) are treated as transient. */
export function isTransient(error: unknown): boolean {
  if (error instanceof FeedpulseError) return error.retry;
  const code = errorCodeOf(error);
  if (code && /^\d+$/.test(code)) return transientCodes.has(code);
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
}

/** True if ClickHouse returned the error with this name. */
export function hasErrorCode(error: unknown, name: keyof typeof otherErrors): boolean {
  return errorCodeOf(error) === otherErrors[name];
}

/** Describes an error without its message, which may quote stored data and must not be logged. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = errorCodeOf(error);
  const type = 'type' in error && typeof error.type === 'string' ? error.type : undefined;
  const advice = hasErrorCode(error, 'CANNOT_OPEN_FILE') ? '(is the limit of open files too low?)' : undefined;
  return [error.name === 'Error' && type ? 'ClickHouse' : error.name, code, type, advice].filter(Boolean).join(' ');
}
