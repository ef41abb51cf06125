import { errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import { describeTlsError } from '../../lib/tls.ts';

/**
 * ClickHouse error codes after which the same statement can succeed later: timeout, network error, overload, memory limit,
 * full disk, too many parts, unavailable replica or Keeper, insert of unknown outcome.
 */
const transientCodes = new Set([
  '159',
  '160',
  '201',
  '202',
  '203',
  '209',
  '210',
  '225',
  '236',
  '241',
  '242',
  '243',
  '252',
  '279',
  '285',
  '286',
  '289',
  '319',
  '341',
  '364',
  '394',
  '425',
  '439',
  '473',
  '499',
  '574',
  '604',
  '648',
  '999',
  '1000',
]);

/**
 * ClickHouse error codes caused by the rows of an insert; a single bad row fails all of them. Texts, numbers, dates and
 * enums that cannot be parsed or converted, values out of range, violated constraints.
 */
const rowErrorCodes = new Set([
  '6',
  '26',
  '27',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '117',
  '130',
  '131',
  '321',
  '349',
  '441',
  '469',
  '691',
]);

const errorCodes = { TABLE_ALREADY_EXISTS: '57', UNKNOWN_TABLE: '60' } as const;

/** The database permanently rejects some of the rows. Other rows may be stored. */
export class RowRejected extends FeedpulseError {
  constructor(message: string) {
    super('DATABASE_REJECTED', message);
  }
}

/** Whether an error is caused by the rows, not by the database. */
export function isRowError(fault: unknown): boolean {
  return rowErrorCodes.has(errorCodeOf(fault) ?? '');
}

/** True if a retry can help. Errors that do not come from ClickHouse (connection reset, 502 of a proxy) count as transient. */
export function isTransient(fault: unknown): boolean {
  if (fault instanceof FeedpulseError) return fault.retry;
  const code = errorCodeOf(fault);
  if (code && /^\d+$/.test(code)) return transientCodes.has(code);
  return !(fault instanceof TypeError || fault instanceof RangeError || fault instanceof SyntaxError);
}

/** True if ClickHouse returned the error with this name. */
export function hasErrorCode(fault: unknown, name: keyof typeof errorCodes): boolean {
  return errorCodeOf(fault) === errorCodes[name];
}

/** Why the server's certificate is not trusted; undefined for any other error. */
export function untrustedBecause(fault: unknown): string | undefined {
  return describeTlsError(errorCodeOf(fault));
}

/** Describes an error without its message, which may quote stored data and must not be logged. */
export function describeError(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown error';
  const code = errorCodeOf(fault);
  const type = 'type' in fault && typeof fault.type === 'string' ? fault.type : undefined;
  return [fault.name === 'Error' && type ? 'ClickHouse' : fault.name, code, type].filter(Boolean).join(' ');
}
