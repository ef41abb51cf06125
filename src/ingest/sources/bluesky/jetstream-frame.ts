/** What the reader needs of a Jetstream frame, v1 or v2. The mapping reads the post. */
export interface JetstreamFrame {
  /** `info` and `error` are notices of the server; anything else, however malformed, is an event. */
  readonly kind: 'event' | 'info' | 'error';
  /** The account whose event it is. */
  readonly did?: string;
  /** Sequence number of the event on its server; v2 servers only. */
  readonly seq?: number;
  /** When the server saw the event, in microseconds since 1970. */
  readonly timeUs?: number;
  /** Operation of a commit: `create`, `update` or `delete`. */
  readonly operation?: string;
  /** Declared languages of a record. */
  readonly langs?: readonly string[];
  /** Name of a notice, such as `OutdatedCursor`. */
  readonly notice?: string;
}

/** Cursors below are sequence numbers, others microseconds since 1970. */
export const minTimeUs = 1e15;
/** An event further ahead of the clock than this has an invalid time, from which nothing may be resumed. */
const maxAheadUs = 86_400_000_000;

/** Reads a frame. Never throws: what is malformed is absent. @param nowMs milliseconds since 1970 */
export function readFrame(bytes: Buffer, nowMs: number): JetstreamFrame {
  const frame = parseObject(bytes);
  if (frame['$type'] === 'error') return { kind: 'error', notice: noticeName(frame['error']) };
  const payload = frame['$type'] === undefined ? undefined : asObject(frame['payload']);
  if (payload) return readV2(payload, nowMs);
  return {
    kind: 'event',
    ...account(frame['did']),
    ...position(frame['cursor'], frame['time_us'], nowMs),
    ...commit(asObject(frame['commit'])),
  };
}

function readV2(payload: Readonly<Record<string, unknown>>, nowMs: number): JetstreamFrame {
  if (payload['$type'] === 'network.bsky.jetstream.subscribeEvents#info') return { kind: 'info', notice: noticeName(payload['name']) };
  const time = parseMicroseconds(payload['witnessedAt']) ?? parseMicroseconds(payload['time']);
  return { kind: 'event', ...account(payload['did']), ...position(payload['seq'], time, nowMs), ...commit(payload) };
}

/** DIDs have at most 2 KiB. */
const maxDidLength = 2_048;

function account(did: unknown): Pick<JetstreamFrame, 'did'> {
  return typeof did === 'string' && did.length <= maxDidLength ? { did } : {};
}

function position(seq: unknown, timeUs: unknown, nowMs: number): Pick<JetstreamFrame, 'seq' | 'timeUs'> {
  return {
    ...(isIntegerBetween(seq, 0, minTimeUs - 1) && { seq }),
    ...(isIntegerBetween(timeUs, minTimeUs, nowMs * 1_000 + maxAheadUs) && { timeUs }),
  };
}

function commit(fields: Readonly<Record<string, unknown>> | undefined): Pick<JetstreamFrame, 'operation' | 'langs'> {
  const operation = fields?.['operation'];
  const langs = asObject(fields?.['record'])?.['langs'];
  return {
    ...(typeof operation === 'string' && { operation }),
    ...(Array.isArray(langs) && { langs: langs.filter((lang) => typeof lang === 'string') }),
  };
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Microseconds since 1970 from an RFC 3339 time, which a Date would cut to milliseconds. */
function parseMicroseconds(value: unknown): number | undefined {
  const [, seconds, fraction = '', zone] = (typeof value === 'string' && rfc3339.exec(value)) || [];
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function isIntegerBetween(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max; // an integer is a number
}

/** Names go into the log, so they are limited to letters. */
function noticeName(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z]{1,50}$/.test(value) ? value : 'unnamed notice';
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(bytes.toString('utf8'))) ?? {};
  } catch {
    return {};
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  // Arrays have none of the keys that are read.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
