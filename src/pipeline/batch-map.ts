import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import type { AckableBatch } from '../domain/ackable-batch.ts';
import type { Clock } from '../lib/clock.ts';
import { asError } from '../lib/errors.ts';
import { type BatchLimits, createBatchBuffer } from './batch-buffer.ts';

export interface BatchOptions<T> extends BatchLimits<T> {
  /** Handlers at work at the same time. */
  readonly concurrency: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** Settles its batch, with the error where it failed, and never rejects. */
export type Handle<T, R> = (batch: AckableBatch<T>) => Promise<R>;

/**
 * Regroups the items of envelopes into batches and hands these to `handle`. Emits what it resolves to, in the
 * order of the batches, whichever handler ends first: of two versions of a post the one that came first stays
 * first. While every handler is busy, items wait here and the next batch grows; they are bounded by the envelopes
 * that the source keeps open, so nothing is dropped and nothing piles up. Empty envelopes are settled at once.
 */
export function batchMap<T, R>(handle: Handle<T, R>, options: BatchOptions<T>): OperatorFunction<AckableBatch<T>, R> {
  return (source) => new Observable<R>((subscriber) => regroup(source, subscriber, handle, options));
}

function regroup<T, R>(
  source: Observable<AckableBatch<T>>,
  subscriber: Subscriber<R>,
  handle: Handle<T, R>,
  options: BatchOptions<T>,
): () => void {
  const room = createBatchBuffer(options);
  const lookAgainMs = Math.max(1, Math.min(options.idleMs, options.lingerMs));
  /** Handlers at work. */
  let active = 0;
  /** Batches taken and not yet emitted, in order; each with its result once it has one. */
  const taken: { done?: { readonly result: R } }[] = [];
  /** The source has ended: what waits is due at once. */
  let ended = false;
  /** Looks again for a batch that age or quiet has made due. */
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    active += 1;
    const batch: (typeof taken)[number] = {};
    taken.push(batch);
    void handle(room.drain()).then((result) => {
      active -= 1;
      batch.done = { result };
      emit();
      pump();
    });
  };
  const emit = (): void => {
    for (let first = taken[0]; first?.done; first = taken[0]) {
      taken.shift();
      subscriber.next(first.done.result);
    }
  };
  const pump = (): void => {
    clearTimeout(timer);
    while (active < options.concurrency && !room.isEmpty() && (ended || room.shouldFlush(options.clock.now()))) start();
    if (ended && room.isEmpty() && taken.length === 0) subscriber.complete();
    else if (!room.isEmpty() && active < options.concurrency) timer = setTimeout(pump, lookAgainMs);
  };

  const subscription = source.subscribe({
    next: (envelope) => {
      if (envelope.items.length === 0) return envelope.settle();
      room.add(envelope, options.clock.now());
      pump();
    },
    error: (thrown) => {
      clearTimeout(timer);
      room.rejectAll(asError(thrown));
      subscriber.error(thrown);
    },
    complete: () => {
      ended = true;
      pump();
    },
  });
  return () => {
    clearTimeout(timer);
    subscription.unsubscribe();
  };
}
