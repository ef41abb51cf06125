import type { BlueskyConfig } from '../../../config/live-sources.ts';
import type { SourceProgress } from '../../../domain/ackable-batch.ts';
import type { Clock } from '../../../lib/clock.ts';
import { toMilliseconds } from '../../../lib/duration.ts';
import type { Log } from '../../../lib/log.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import { readWholeFile } from '../../../lib/open-input.ts';
import type { CursorStore } from '../cursor-store.ts';
import { type Disconnection, type StayConnectedOptions, stayConnected } from '../live/stay-connected.ts';
import { createStreamStatus } from '../live/stream-status.ts';
import { createStreamWriter, type StreamWriter } from '../live/stream-writer.ts';
import type { RawMessage } from '../process-chunk.ts';
import { createCutover } from './cutover.ts';
import { createJetstreamClient, type JetstreamClient, type JetstreamHandlers } from './jetstream-client.ts';
import { createRewind, formatCursor, type JetstreamCursor, parseCursor } from './jetstream-cursor.ts';
import type { JetstreamFrame } from './jetstream-frame.ts';

export interface JetstreamReaderOptions {
  /** Name of the source, and the topic of positions. */
  readonly name: string;
  readonly config: BlueskyConfig;
  /** Resolves once the messages are durable. */
  process(messages: readonly RawMessage[]): Promise<void>;
  /** Called for an event that the languages exclude. */
  onFilter(): void;
  readonly cursors: CursorStore;
  /** `sampleMs` of the change from replay to live events; ten seconds if absent. */
  readonly cutoverSampleMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'streamGaps' | 'streamGapSeconds' | 'streamReconnects'>;
}

export interface JetstreamReader {
  /**
   * Reads until `signal` is aborted, then waits for the messages in flight. Connection failures are retried.
   * @throws the error of messages or a cursor that cannot become durable; FILE_INACCESSIBLE
   */
  run(signal: AbortSignal): Promise<void>;
  healthIssue(): string | undefined;
  progress(): SourceProgress;
}

/** Reads a Jetstream from where it stopped the last time, and keeps reading. */
export function createJetstreamReader(options: JetstreamReaderOptions): JetstreamReader {
  const { name, config, cursors, clock, log, metrics } = options;
  let writer: StreamWriter | undefined;
  const status = createStreamStatus({ name, clock, oldestChunkMs: () => writer?.oldestChunkMs() ?? 0 });
  return {
    run: async (signal) => {
      const dictionary = config.dictionary === undefined ? undefined : await readWholeFile(config.dictionary);
      const client = createJetstreamClient({ config, dictionary, clock, log });
      const stop = new AbortController();
      const abort = (): void => stop.abort();
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      const stored = await cursors.load();
      const cursor = stored === undefined ? firstCursor(config, clock) : parseCursor(stored);
      if (stored !== undefined && !cursor) log.warn({ source: name }, 'the stored cursor is unreadable; beginning with live events');
      writer = createStreamWriter({ process: options.process, cursors, clock, onFailure: abort });
      // A counter that first appears with a value shows no increase.
      for (const counter of ['streamGaps', 'streamGapSeconds', 'streamReconnects'] as const) metrics[counter].inc({ source: name }, 0);
      const session = createSession({ ...options, client, writer, status, cursor, isFirstStart: stored === undefined });
      try {
        await stayConnected({ endpoints: config.endpoints, stallMs: toMilliseconds(config.stallTimeout), clock, ...session }, stop.signal);
      } finally {
        status.onDisconnect('it has stopped');
        signal.removeEventListener('abort', abort);
        abort();
        await writer.close();
      }
    },
    healthIssue: status.issue,
    progress: status.progress,
  };
}

/** Undefined: begin with live events. */
function firstCursor({ since, endpoints }: BlueskyConfig, clock: Pick<Clock, 'now'>): JetstreamCursor | undefined {
  const sinceMs = toMilliseconds(since);
  return sinceMs === 0 ? undefined : { endpoint: endpoints[0] as string, timeUs: (clock.now() - sinceMs) * 1_000 }; // the config requires one
}

interface SessionOptions extends JetstreamReaderOptions {
  readonly client: JetstreamClient;
  readonly writer: StreamWriter;
  readonly status: ReturnType<typeof createStreamStatus>;
  readonly cursor: JetstreamCursor | undefined;
  readonly isFirstStart: boolean;
}

/** Where the stream is between two connections. */
interface Position {
  /** The cursor that was handed to the writer last. */
  cursor: JetstreamCursor | undefined;
  /** Before it, nothing can be missed. */
  isFirst: boolean;
}

/** Hands an event to the writer. Returns a promise that resolves once there is room for more, if there is none now. */
type WriteEvent = (bytes: Buffer, frame: JetstreamFrame, next: JetstreamCursor, signal: AbortSignal) => Promise<void> | undefined;

function createWrite({ name, config, writer, onFilter }: SessionOptions, position: Position): WriteEvent {
  const isWanted = createLanguageFilter(config.languages);
  /** Resolves once the full writer has room. */
  let room: Promise<void> | undefined;
  return (bytes, frame, next, signal) => {
    position.cursor = next;
    const isExcluded = !isWanted(frame);
    if (isExcluded) onFilter();
    writer.add({ cursor: formatCursor(next), ...(!isExcluded && { message: toMessage(bytes, name, { timeUs: next.timeUs, ...frame }) }) });
    if (!writer.isFull()) return undefined;
    room ??= writer.waitForRoom(signal).finally(() => (room = undefined));
    return room;
  };
}

/** How connections are read, one after the other. */
function createSession(options: SessionOptions): Pick<StayConnectedOptions, 'connect' | 'onDisconnect'> {
  const { name, config, client, writer, status, clock, log, cutoverSampleMs: sampleMs = 10_000 } = options;
  const position: Position = { cursor: options.cursor, isFirst: options.isFirstStart };
  const write = createWrite(options, position);
  const rewind = createRewind(toMilliseconds(config.rewind));

  const connect: StayConnectedOptions['connect'] = async (endpoint, activity, signal) => {
    const { isFirst } = position;
    let toStored = (next: JetstreamCursor, _: JetstreamFrame): JetstreamCursor => next;
    const handlers: JetstreamHandlers = {
      onOpen: (protocol, { by }) => {
        status.onConnect(endpoint);
        log.info({ source: name, endpoint, protocol, resumed: by }, 'connected to Jetstream');
        if (protocol === 'v1' && position.cursor) {
          const reread = createReread({ endpoint, write, position, signal }, options);
          const onMissed = (seconds: number): void => reportGap({ endpoint, seconds, isFirst: false }, options);
          toStored = createCutover({ resumed: position.cursor, reread, onGap: onMissed, sampleMs, clock, log }, signal);
        }
        // Even before the first event, a restart begins here.
        position.cursor ??= { endpoint, timeUs: clock.now() * 1_000 };
        writer.add({ cursor: formatCursor(position.cursor) });
      },
      onGap: (seconds) => reportGap({ endpoint, seconds, isFirst }, options),
      onEvent: (bytes, frame) => {
        activity.onData();
        position.isFirst = false;
        if (frame.timeUs !== undefined) status.onEvent(frame.timeUs / 1_000);
        const previous = position.cursor as JetstreamCursor; // set by onOpen
        const next = frame.timeUs === undefined ? previous : toStored({ endpoint, seq: frame.seq, timeUs: frame.timeUs }, frame);
        const room = write(bytes, frame, next, signal);
        return room && activity.pause(room);
      },
    };
    await client.read({ endpoint, cursor: position.cursor, rewind }, handlers, signal);
  };
  return { connect, onDisconnect: (disconnection) => reportDisconnection(disconnection, options) };
}

interface RereadContext {
  readonly endpoint: string;
  readonly write: WriteEvent;
  readonly position: Position;
  readonly signal: AbortSignal;
}

/** Reads the time around the change from replay to live events again. The cursor stays where it is. */
function createReread({ endpoint, write, position, signal }: RereadContext, { client, config }: SessionOptions) {
  return async (from: JetstreamCursor, untilUs: number): Promise<void> => {
    const rewind = createRewind(toMilliseconds(config.rewind));
    let reached = from;
    const onEvent: JetstreamHandlers['onEvent'] = (bytes, { timeUs = from.timeUs, ...frame }) => {
      reached = { endpoint, timeUs };
      return timeUs > untilUs ? 'close' : write(bytes, { timeUs, ...frame }, position.cursor ?? from, signal);
    };
    const handlers: JetstreamHandlers = { onOpen: () => {}, onGap: () => {}, onEvent };
    while (reached.timeUs <= untilUs && !signal.aborted) await client.read({ endpoint, cursor: reached, rewind }, handlers, signal);
  };
}

interface Gap {
  readonly endpoint: string;
  readonly seconds: number;
  /** Nothing had been read before. */
  readonly isFirst: boolean;
}

function reportGap({ endpoint, seconds, isFirst }: Gap, { name, status, metrics, log }: SessionOptions): void {
  if (isFirst) {
    log.info({ source: name, endpoint, seconds }, 'the server does not have all events since bluesky.since');
    return;
  }
  status.onGap();
  metrics.streamGaps.inc({ source: name });
  metrics.streamGapSeconds.inc({ source: name }, seconds);
  log.warn({ source: name, endpoint, seconds }, 'events were missed: the server did not have or send all of them');
}

function reportDisconnection(
  { endpoint, error, nextEndpoint, delayMs }: Disconnection,
  { name, status, metrics, log }: SessionOptions,
): void {
  status.onDisconnect(error.message);
  metrics.streamReconnects.inc({ source: name });
  log.warn({ source: name, endpoint, error: error.message, nextEndpoint, delayMs }, 'no connection to Jetstream; reconnecting');
}

function toMessage(bytes: Buffer, name: string, { timeUs, did }: JetstreamFrame & { readonly timeUs: number }): RawMessage {
  return {
    bytes,
    ...(did !== undefined && { key: Buffer.from(did) }),
    timestamp: Math.floor(timeUs / 1_000),
    position: { topic: name, partition: 0, offset: String(timeUs) },
  };
}

/** Excludes new posts that are declared in other languages only. Edits and deletions pass: they may concern a stored post. */
function createLanguageFilter(languages: readonly string[]): (frame: JetstreamFrame) => boolean {
  const wanted = new Set(languages.map((language) => language.toLowerCase()));
  return ({ operation, langs }) =>
    wanted.size === 0 ||
    operation !== 'create' ||
    langs === undefined ||
    langs.length === 0 ||
    langs.some((lang) => wanted.has(lang.toLowerCase().split(/[-_]/)[0] ?? ''));
}
