import type { BlueskyConfig } from '../../../config/live-sources.ts';
import { type Clock, withTimeout } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import { fetchBytes } from '../../../lib/http-client.ts';
import type { Log } from '../../../lib/log.ts';
import { ConnectionError } from '../live/stay-connected.ts';
import { checkResume, type JetstreamCursor, type Resume, type Rewind, resumeFrom } from './jetstream-cursor.ts';
import { type JetstreamFrame, minTimeUs, readFrame } from './jetstream-frame.ts';
import { HandshakeRejected, readWebSocket } from './web-socket.ts';
import { createDecompress, type Decompress, dictionaryId } from './zstd.ts';

export type JetstreamProtocol = 'v1' | 'v2';

/** Called during a connection. */
export interface JetstreamHandlers {
  onOpen(protocol: JetstreamProtocol, resume: Resume): void;
  /** The server no longer had the events of so many seconds after the cursor. */
  onGap(seconds: number): void;
  /** Called for every event. Reading pauses until a returned promise resolves; `close` ends the connection. */
  onEvent(bytes: Buffer, frame: JetstreamFrame): Promise<void> | 'close' | undefined;
}

export interface JetstreamClient {
  /**
   * Resumes the stream after `cursor`, or begins with live events, and reads until the connection ends: resolves if this
   * side ended it. `rewind` belongs to one reader of the stream.
   * @throws ConnectionError if the server refuses or ends the connection
   */
  read(start: StreamStart, handlers: JetstreamHandlers, signal: AbortSignal): Promise<void>;
}

export interface StreamStart {
  readonly endpoint: string;
  readonly cursor: JetstreamCursor | undefined;
  readonly rewind: Rewind;
}

export interface JetstreamClientOptions {
  readonly config: BlueskyConfig;
  /** Content of `config.dictionary`. */
  readonly dictionary: Buffer | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A zstd dictionary of a v2 server. */
interface Compression {
  readonly id: number;
  readonly decompress: Decompress;
}

/** The sequence number of the cursor cannot be used at this server: the stream must be resumed by time. */
class SequenceUnknown extends ConnectionError {}

/** Larger messages are not sent by the server: those over 256 KiB would become dead letters, and brokers take at most 1 MiB. */
const maxMessageBytes = 524_288;
const maxDictionaryBytes = 4 * 1_048_576;
const dictionaryTimeoutMs = 10_000;
/** Requests in another form, after a server has refused one: another protocol, by time, with a new dictionary. */
const maxAttempts = 4;

export function createJetstreamClient(options: JetstreamClientOptions): JetstreamClient {
  const { config, clock } = options;
  /** What an endpoint was found to speak. */
  const protocols = new Map<string, JetstreamProtocol>();
  const compressions = createCompressions(options);

  /** Adapts the next request to the refusal of the last one. Throws if no other request can help. */
  const adapt = (endpoint: string, protocol: JetstreamProtocol, thrown: unknown): { readonly byTime: boolean } => {
    if (thrown instanceof SequenceUnknown) return { byTime: true };
    if (!(thrown instanceof HandshakeRejected)) throw thrown;
    const name = protocol === 'v2' ? xrpcErrorName(thrown.body) : undefined;
    if (name === 'CursorTooOld') return { byTime: true };
    if (name === 'UnknownZstdDictionary') compressions.forget(endpoint);
    else if (protocol === 'v2' && config.protocol === 'auto' && lacksV2(thrown.status, name)) protocols.set(endpoint, 'v1');
    else throw thrown;
    return { byTime: false };
  };

  return {
    read: async ({ endpoint, cursor, rewind }, handlers, signal) => {
      let byTime = false;
      for (let attempts = 1; ; attempts += 1) {
        const protocol = protocols.get(endpoint) ?? (config.protocol === 'auto' ? 'v2' : config.protocol);
        const resume = resumeFrom(cursor, endpoint, rewind, protocol === 'v2' && !byTime);
        const compression = await compressions.get(endpoint, protocol, signal);
        const onOpen = (): void => void protocols.set(endpoint, protocol);
        try {
          return await readConnection({ endpoint, protocol, resume, compression, handlers, config, clock }, onOpen, signal);
        } catch (thrown) {
          if (attempts >= maxAttempts) throw thrown;
          byTime ||= adapt(endpoint, protocol, thrown).byTime;
        }
      }
    },
  };
}

/** The dictionaries with which servers compress, each fetched once. */
function createCompressions({ config, dictionary, log }: JetstreamClientOptions) {
  /** By endpoint; null if it has no dictionary. */
  const fetched = new Map<string, Compression | null>();
  /** That of `dictionary`. */
  let own: Compression | undefined;
  return {
    /** Undefined to read without compression. */
    get: async (endpoint: string, protocol: JetstreamProtocol, signal: AbortSignal): Promise<Compression | undefined> => {
      if (!config.compression) return undefined;
      if (protocol === 'v1') {
        if (dictionary) own ??= { id: 0, decompress: await createDecompress(dictionary) };
        return own;
      }
      const known = fetched.get(endpoint);
      if (known !== undefined) return known ?? undefined;
      try {
        const compression = await fetchCompression(endpoint, signal);
        fetched.set(endpoint, compression);
        return compression ?? undefined;
      } catch (thrown) {
        log.debug({ endpoint, error: asError(thrown).message }, 'fetching the zstd dictionary failed');
        return undefined;
      }
    },
    forget: (endpoint: string): void => void fetched.delete(endpoint),
  };
}

interface ConnectionOptions {
  readonly endpoint: string;
  readonly protocol: JetstreamProtocol;
  readonly resume: Resume;
  readonly compression: Compression | undefined;
  readonly handlers: JetstreamHandlers;
  readonly config: BlueskyConfig;
  readonly clock: Clock;
}

async function readConnection(options: ConnectionOptions, onOpen: () => void, signal: AbortSignal): Promise<void> {
  const { protocol, resume, compression, handlers, config, clock } = options;
  let isFirst = true;
  let isOutdated = false;
  const checkFirst = (frame: JetstreamFrame): void => {
    if (!isFirst || frame.timeUs === undefined || resume.by === 'live') return;
    isFirst = false;
    const result = checkResume(resume, frame);
    if (result === 'other-archive') throw new SequenceUnknown('the server has numbered its events anew');
    if (isOutdated) handlers.onGap(secondsAfter(resume.cursor, frame.timeUs));
    // A server of v2 would have said that events are gone.
    else if (result === 'late' && protocol === 'v1') void reportGap(options, resume.cursor, frame.timeUs, signal);
  };
  await readWebSocket(
    {
      url: requestUrl(options),
      perMessageDeflate: protocol === 'v1' && compression === undefined && config.compression,
      clock,
      onOpen: () => {
        onOpen();
        handlers.onOpen(protocol, resume);
      },
      onMessage: (data, isBinary) => {
        const bytes = isBinary && compression ? decompressed(data, compression) : data;
        const frame = readFrame(bytes, clock.now());
        if (frame.kind === 'error') throw new ConnectionError(`the server reported ${frame.notice}`);
        if (frame.kind === 'info') {
          if (frame.notice === 'FutureCursor') throw new SequenceUnknown('the server does not know the sequence number');
          isOutdated ||= frame.notice === 'OutdatedCursor';
          return undefined;
        }
        checkFirst(frame);
        return handlers.onEvent(bytes, frame);
      },
    },
    signal,
  );
}

const secondsAfter = ({ timeUs }: JetstreamCursor, laterUs: number): number => Math.max(0, Math.round((laterUs - timeUs) / 1e6));

/**
 * A v1 server does not say that events after the cursor are gone: it begins with the oldest that it has. If the first event
 * is late, either that is the oldest one, or the stream was quiet.
 */
async function reportGap(options: ConnectionOptions, cursor: JetstreamCursor, firstUs: number, signal: AbortSignal): Promise<void> {
  const oldestUs = await readOldestTime(options, signal).catch(() => undefined);
  // Without an answer, also because the connection has ended, a gap is assumed: nobody would look again.
  if ((oldestUs ?? firstUs) > cursor.timeUs) options.handlers.onGap(secondsAfter(cursor, oldestUs ?? firstUs));
}

const oldestTimeoutMs = 15_000;

/** When the oldest event happened that a v1 server has, in µs since 1970; undefined if it sends none in time. */
async function readOldestTime({ endpoint, clock }: ConnectionOptions, signal: AbortSignal): Promise<number | undefined> {
  const url = endpointUrl(endpoint, v1Path);
  url.searchParams.set('cursor', String(minTimeUs));
  let oldestUs: number | undefined;
  const done = new AbortController();
  const reading = readWebSocket(
    {
      ...{ url, perMessageDeflate: false, clock, onOpen: () => {} },
      onMessage: (data) => {
        oldestUs = readFrame(data, clock.now()).timeUs;
        return oldestUs === undefined ? undefined : 'close';
      },
    },
    AbortSignal.any([signal, done.signal]),
  );
  await withTimeout(reading, oldestTimeoutMs, clock);
  done.abort();
  return oldestUs;
}

/** A damaged message is handed on as it is, and becomes a dead letter. */
function decompressed(data: Buffer, { decompress }: Compression): Buffer {
  try {
    return decompress(data);
  } catch {
    return data;
  }
}

const v1Path = 'subscribe';

function requestUrl({ endpoint, protocol, resume, config, compression }: ConnectionOptions): URL {
  const isV2 = protocol === 'v2';
  const url = endpointUrl(endpoint, isV2 ? 'xrpc/network.bsky.jetstream.subscribeEvents' : v1Path);
  const add = (name: string, value: string | number): void => url.searchParams.append(name, String(value));
  // Accounts are requested for their deletion; v1 always sends them.
  if (isV2) for (const kind of ['commit', 'account']) add('kinds', kind);
  for (const collection of config.collections) add(isV2 ? 'collections' : 'wantedCollections', collection);
  add('maxMessageSizeBytes', maxMessageBytes);
  if (resume.by !== 'live') add('cursor', resume.value);
  if (compression) add(isV2 ? 'zstdDictionary' : 'compress', isV2 ? compression.id : 'true');
  return url;
}

/** A path below an endpoint, which may have one of its own, and may end in `/subscribe`. */
function endpointUrl(endpoint: string, path: string): URL {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/(subscribe\/?)?$/, '')}/${path}`;
  return url;
}

/** Null if the server has no dictionary. @throws Error if it cannot be reached or says to come back later */
async function fetchCompression(endpoint: string, signal: AbortSignal): Promise<Compression | null> {
  const url = endpointUrl(endpoint, 'xrpc/network.bsky.jetstream.getZstdDictionary');
  url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:';
  const { status, bytes } = await fetchBytes(url, { signal, idleTimeoutMs: dictionaryTimeoutMs }, maxDictionaryBytes);
  const id = dictionaryId(bytes);
  if (status === 429 || status >= 500) throw new Error(`the server answered HTTP ${status}`);
  if (status !== 200 || id === undefined) return null;
  return { id, decompress: await createDecompress(bytes) };
}

/** Servers that only speak v1 do not know the path. Proxies before them answer in various ways. */
function lacksV2(status: number, errorName: string | undefined): boolean {
  if ([404, 405, 501].includes(status)) return true;
  return errorName === undefined && status >= 300 && status < 500 && ![401, 403, 429].includes(status);
}

/** The name of an XRPC error, from the body of a response. */
function xrpcErrorName(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { readonly error?: unknown }; // a string, number or boolean has no `error`
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}
