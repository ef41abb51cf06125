import { errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import { trustFault } from '../../lib/tls.ts';

/**
 * ClickHouse error codes behind which the same statement can succeed later: time-outs, network, overload,
 * memory, a full disk, too many parts, a replica or its keeper away, an insert of unknown outcome.
 */
const passing = new Set([
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
 * ClickHouse error codes that blame the rows of an insert, one of which may spoil it for all: text, numbers, dates
 * and enums that cannot be read or converted, a value out of range, a violated constraint.
 */
const rowFaults = new Set(['6', '26', '27', '38', '41', '53', '69', '70', '72', '117', '130', '131', '321', '349', '441', '469', '691']);

const errorCodes = { TABLE_ALREADY_EXISTS: '57', UNKNOWN_TABLE: '60' } as const;

/** Rows that the database refuses for good, for their own sake. Nothing or some of them may be stored. */
export class RowRejected extends FeedpulseError {
  constructor(message: string) {
    super('DATABASE_REJECTED', message);
  }
}

/** Whether a fault is that of the rows, not of the database. */
export function isRowError(fault: unknown): boolean {
  return rowFaults.has(errorCodeOf(fault) ?? '');
}

/** True when trying again can help. What ClickHouse did not say itself (a reset, a proxy's 502) is taken to pass. */
export function isTransient(fault: unknown): boolean {
  if (fault instanceof FeedpulseError) return fault.retry;
  const code = errorCodeOf(fault);
  if (code && /^\d+$/.test(code)) return passing.has(code);
  return !(fault instanceof TypeError || fault instanceof RangeError || fault instanceof SyntaxError);
}

/** True if ClickHouse answered with the error of this name. */
export function hasErrorCode(fault: unknown, name: keyof typeof errorCodes): boolean {
  return errorCodeOf(fault) === errorCodes[name];
}

/** What is wrong with the server's certificate, if that is the fault. */
export function untrustedBecause(fault: unknown): string | undefined {
  return trustFault(errorCodeOf(fault));
}

/** A fault in words that are safe to log: ClickHouse quotes the data it could not read, so its message stays out. */
export function describeError(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown fault';
  const code = errorCodeOf(fault);
  const type = 'type' in fault && typeof fault.type === 'string' ? fault.type : undefined;
  return [fault.name === 'Error' && type ? 'ClickHouse' : fault.name, code, type].filter(Boolean).join(' ');
}
