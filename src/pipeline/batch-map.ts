import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import type { AckableBatch } from '../domain/ackable-batch.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import { type BatchLimits, createBatchBuffer, type DividableBatch } from './batch-buffer.ts';

export interface BatchOptions<T> extends BatchLimits<T> {
  /** Maximum handlers that run at the same time. */
  readonly concurrency: number;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Acks or nacks its batch, or all parts of it; the promise itself never rejects. */
export type BatchHandler<T, R> = (batch: DividableBatch<T>) => Promise<R>;

/**
 * Regroups the items of incoming batches into batches of another size and maps each of these with `handle`.
 *
 * - Results are emitted in the order of the batches, whichever handler finishes first, so that versions of a post
 *   stay in order.
 * - While every handler is busy, items are buffered and the next batch grows up to `maxSize`. The buffer is bounded by
 *   the source's unacknowledged batches; nothing is dropped.
 * - An empty incoming batch is acknowledged at once.
 * - When the source fails, buffered items are nacked with its error; on completion they are flushed.
 */
export function batchMap<T, R>(handle: BatchHandler<T, R>, options: BatchOptions<T>): OperatorFunction<AckableBatch<T>, R> {
  return (source) => new Observable<R>((subscriber) => subscribeBatches(source, subscriber, handle, options));
}

function subscribeBatches<T, R>(
  source: Observable<AckableBatch<T>>,
  subscriber: Subscriber<R>,
  handle: BatchHandler<T, R>,
  options: BatchOptions<T>,
): () => void {
  const buffer = createBatchBuffer(options);
  const pollMs = Math.max(1, Math.min(options.idleMs, options.lingerMs));
  /** Handlers that are running. */
  let running = 0;
  const results = emitInOrder<R>((result) => subscriber.next(result));
  /** True once the source has completed; the buffer is then flushed without waiting. */
  let hasCompleted = false;
  /** Re-checks `lingerMs` and `idleMs`. */
  let timer: NodeJS.Timeout | undefined;

  const startHandler = (): void => {
    running += 1;
    const finish = results.start();
    void handle(buffer.drain()).then((result) => {
      running -= 1;
      finish(result);
      flush();
    });
  };
  const isDue = (): boolean => !buffer.isEmpty() && (hasCompleted || buffer.shouldFlush(monotonicNow(options.clock)));
  const flush = (): void => {
    clearTimeout(timer);
    while (running < options.concurrency && isDue()) startHandler();
    if (hasCompleted && buffer.isEmpty() && results.isEmpty()) subscriber.complete();
    else if (!buffer.isEmpty() && running < options.concurrency) timer = setTimeout(flush, pollMs);
  };

  const subscription = source.subscribe({
    next: (batch) => {
      if (batch.items.length === 0) return batch.ack();
      buffer.add(batch, monotonicNow(options.clock));
      flush();
    },
    error: (thrown) => {
      clearTimeout(timer);
      buffer.rejectAll(asError(thrown));
      subscriber.error(thrown);
    },
    complete: () => {
      hasCompleted = true;
      flush();
    },
  });
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}

/** Emits results in the order in which their batches were started. */
function emitInOrder<R>(emit: (result: R) => void) {
  /** Started batches whose results have not been emitted yet. */
  const batches: { done?: { readonly result: R } }[] = [];
  return {
    isEmpty: (): boolean => batches.length === 0,
    /** Returns the function that takes the result of the batch. */
    start: (): ((result: R) => void) => {
      const batch: (typeof batches)[number] = {};
      batches.push(batch);
      return (result) => {
        batch.done = { result };
        for (let first = batches[0]; first?.done; first = batches[0]) {
          batches.shift();
          emit(first.done.result);
        }
      };
    },
  };
}
