import { type Clock, monotonicNow } from '../../../lib/clock.ts';
import { asError } from '../../../lib/errors.ts';
import type { CursorStore } from '../cursor-store.ts';
import { chunkSize, type RawMessage } from '../process-chunk.ts';
import { createCursorSaver } from './cursor-saver.ts';

/** An event of a stream, and where to resume the stream after it. */
export interface StreamEvent {
  /** Absent if there is nothing to process and only the cursor advances. */
  readonly message?: RawMessage;
  readonly cursor: string;
}

export interface StreamWriterOptions {
  /** Resolves once the messages are durable; rejects if they cannot become durable. Calls are made in stream order. */
  process(messages: readonly RawMessage[]): Promise<void>;
  readonly cursors: CursorStore;
  /** Milliseconds between two saves of the cursor; a second if absent. */
  readonly saveIntervalMs?: number;
  readonly clock: Clock;
  /** Called once a chunk or a cursor cannot become durable: `close` then rejects, and nothing more is processed. */
  onFailure(): void;
}

/** Processes the events of a stream in chunks, and saves the cursor below which everything is durable. */
export interface StreamWriter {
  add(event: StreamEvent): void;
  /** True if the stream must not deliver more: close or pause it until `waitForRoom` resolves. */
  isFull(): boolean;
  /** Resolves once half of the queue is free, or when `signal` is aborted, or after a failure. */
  waitForRoom(signal: AbortSignal): Promise<void>;
  /** Milliseconds since the oldest chunk in flight was started; 0 without one. */
  oldestChunkMs(): number;
  /**
   * Resolves once the chunks in flight are durable and their cursor is saved. Events that are not in a chunk yet are
   * dropped: the cursor does not cover them. Rejects with the error of a chunk or a cursor that cannot become durable.
   */
  close(): Promise<void>;
}

interface Chunk {
  readonly cursor: string;
  readonly startedAt: number;
  isDurable: boolean;
}

/** Four, so that waiting for the database does not keep the model waiting. */
const maxChunksInFlight = 4;
/** An event waits this long at most for its chunk to fill up. */
const lingerMs = 250;
const maxQueuedEvents = 4 * chunkSize;
const maxQueuedBytes = 8 * 1_048_576;

export function createStreamWriter({ process, cursors, saveIntervalMs = 1_000, clock, onFailure }: StreamWriterOptions): StreamWriter {
  const queue = createEventQueue();
  /** Chunks that are started and not yet covered by the cursor, oldest first. */
  const chunks: Chunk[] = [];
  let failure: Error | undefined;
  /** Aborted by `close` and by a failure: no further chunk is started. */
  const closed = new AbortController();
  /** Changes whenever a chunk has become durable or the writer has failed. */
  const state = createState();
  const fail = (thrown: unknown): void => {
    if (failure) return;
    failure = asError(thrown);
    closed.abort();
    onFailure();
    state.onChange();
  };
  const saver = createCursorSaver({ cursors, clock, intervalMs: saveIntervalMs, onFailure: fail });

  const finish = (chunk: Chunk): void => {
    chunk.isDurable = true;
    while (chunks[0]?.isDurable) saver.save((chunks.shift() as Chunk).cursor); // just checked
    startChunks();
    state.onChange();
  };
  const startChunks = (): void => {
    while (!closed.signal.aborted && queue.size() > 0 && chunks.length < maxChunksInFlight) {
      const events = queue.take(chunkSize);
      const messages = events.flatMap(({ message }) => message ?? []);
      const chunk = { cursor: (events.at(-1) as StreamEvent).cursor, startedAt: monotonicNow(clock), isDurable: false }; // a chunk has an event
      chunks.push(chunk);
      const durable = messages.length === 0 ? Promise.resolve() : process(messages);
      durable.then(() => finish(chunk), fail);
    }
  };
  const linger = createLinger(clock, closed.signal, startChunks);

  return {
    add: (event) => {
      if (closed.signal.aborted) return;
      queue.add(event);
      if (queue.size() >= chunkSize || queue.bytes() >= maxQueuedBytes) startChunks();
      else linger();
    },
    isFull: () => !queue.isBelow(1),
    waitForRoom: (signal) => state.waitUntil(() => closed.signal.aborted || queue.isBelow(0.5), signal),
    oldestChunkMs: () => (chunks[0] ? monotonicNow(clock) - chunks[0].startedAt : 0),
    close: async () => {
      closed.abort();
      await state.waitUntil(() => failure !== undefined || chunks.length === 0);
      await saver.close();
      if (failure) throw failure;
    },
  };
}

/** Starts the next chunk after a while, even if it is not full. One timer runs at a time. */
function createLinger(clock: Clock, signal: AbortSignal, startChunks: () => void): () => void {
  let isRunning = false;
  return () => {
    if (isRunning) return;
    isRunning = true;
    void clock.sleep(lingerMs, signal).then(() => {
      isRunning = false;
      startChunks();
    });
  };
}

/** Events that are in no chunk yet. */
function createEventQueue() {
  const events: StreamEvent[] = [];
  let bytes = 0;
  return {
    size: (): number => events.length,
    bytes: (): number => bytes,
    /** Whether at most a share of what may be queued is. */
    isBelow: (share: number): boolean => events.length <= maxQueuedEvents * share && bytes <= maxQueuedBytes * share,
    add: (event: StreamEvent): void => {
      events.push(event);
      bytes += event.message?.bytes.length ?? 0;
    },
    /** Removes the oldest events, at most `count`. */
    take: (count: number): readonly StreamEvent[] => {
      const taken = events.splice(0, count);
      for (const { message } of taken) bytes -= message?.bytes.length ?? 0;
      return taken;
    },
  };
}

/** Lets callers wait for a condition that changes now and then. */
function createState() {
  const waiters = new Set<() => void>();
  const nextChange = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        waiters.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      waiters.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  return {
    onChange: (): void => {
      for (const wake of [...waiters]) wake();
    },
    waitUntil: async (condition: () => boolean, signal?: AbortSignal): Promise<void> => {
      while (!condition() && !signal?.aborted) await nextChange(signal);
    },
  };
}
