import type { Clock } from '../../../lib/clock.ts';
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
  const queue: StreamEvent[] = [];
  let queuedBytes = 0;
  /** Chunks that are started and not yet covered by the cursor, oldest first. */
  const chunks: Chunk[] = [];
  /** True while a timer runs that starts the next chunk even if it is not full. */
  let isLingering = false;
  let failure: Error | undefined;
  /** Aborted by `close` and by a failure: no further chunk is started. */
  const closed = new AbortController();
  /** Called whenever a chunk has become durable or the writer has failed. */
  const waiters = new Set<() => void>();
  const fail = (thrown: unknown): void => {
    if (failure) return;
    failure = asError(thrown);
    closed.abort();
    onFailure();
    wakeAll(waiters);
  };
  const saver = createCursorSaver({ cursors, clock, intervalMs: saveIntervalMs, onFailure: fail });

  const finish = (chunk: Chunk): void => {
    chunk.isDurable = true;
    while (chunks[0]?.isDurable) saver.save((chunks.shift() as Chunk).cursor); // just checked
    startChunks();
    wakeAll(waiters);
  };
  const startChunks = (): void => {
    while (!closed.signal.aborted && queue.length > 0 && chunks.length < maxChunksInFlight) {
      const events = queue.splice(0, chunkSize);
      const messages = events.flatMap(({ message }) => message ?? []);
      for (const { bytes } of messages) queuedBytes -= bytes.length;
      const chunk = { cursor: (events.at(-1) as StreamEvent).cursor, startedAt: clock.now(), isDurable: false }; // a chunk has an event
      chunks.push(chunk);
      const durable = messages.length === 0 ? Promise.resolve() : process(messages);
      durable.then(() => finish(chunk), fail);
    }
  };
  const linger = async (): Promise<void> => {
    if (isLingering) return;
    isLingering = true;
    await clock.sleep(lingerMs, closed.signal);
    isLingering = false;
    startChunks();
  };
  const isBelow = (share: number): boolean => queue.length <= maxQueuedEvents * share && queuedBytes <= maxQueuedBytes * share;
  const waitUntil = async (condition: () => boolean, signal?: AbortSignal): Promise<void> => {
    while (!condition() && !signal?.aborted) await nextChange(waiters, signal);
  };

  return {
    add: (event) => {
      if (closed.signal.aborted) return;
      queue.push(event);
      queuedBytes += event.message?.bytes.length ?? 0;
      if (queue.length >= chunkSize || queuedBytes >= maxQueuedBytes) startChunks();
      else void linger();
    },
    isFull: () => !isBelow(1),
    waitForRoom: (signal) => waitUntil(() => closed.signal.aborted || isBelow(0.5), signal),
    oldestChunkMs: () => (chunks[0] ? clock.now() - chunks[0].startedAt : 0),
    close: async () => {
      closed.abort();
      await waitUntil(() => failure !== undefined || chunks.length === 0);
      await saver.close();
      if (failure) throw failure;
    },
  };
}

function wakeAll(waiters: Set<() => void>): void {
  for (const wake of [...waiters]) wake();
}

function nextChange(waiters: Set<() => void>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      waiters.delete(wake);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    waiters.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
