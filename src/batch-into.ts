import { Observable, type OperatorFunction } from 'rxjs';
import type { Clock } from './clock.ts';
import { asError } from './errors.ts';
import type { Envelope } from './envelope.ts';

export interface Batching<T> {
  /** Items that make a batch due. */
  readonly size: number;
  /** The most items a batch takes when the handler has fallen behind. */
  readonly largest: number;
  /** Weight of an item, and the total weight that makes a batch due (tokens, bytes). */
  readonly weigh?: { of(item: T): number; due: number };
  /** Milliseconds after which the oldest waiting item makes a batch due. */
  readonly ageMs: number;
  /** Milliseconds without a new item that make a batch due, unless `moreComing` says that waiting pays. */
  readonly quietMs: number;
  readonly moreComing?: (waiting: number) => boolean;
  /** Handlers at work at the same time. */
  readonly concurrency: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** An envelope whose items have been spread over batches: settled with the last of them. */
interface Origin {
  readonly envelope: Envelope<unknown>;
  left: number;
  error: Error | undefined;
}

interface Waiting<T> {
  readonly item: T;
  readonly weight: number;
  readonly since: number;
  readonly origin: Origin;
}

/**
 * Regroups the items of envelopes into batches and hands these to `handle`, which settles each batch.
 * Emits what `handle` resolves to. While every handler is busy, items wait here and the next batch grows;
 * they are bounded by the envelopes that the source keeps open, so nothing is dropped and nothing piles up.
 * `handle` must not reject: it settles its batch with the error instead.
 */
export function batchInto<T, R>(handle: (batch: Envelope<T>) => Promise<R>, options: Batching<T>): OperatorFunction<Envelope<T>, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      /** Items not yet handed over, oldest first. */
      let waiting: Waiting<T>[] = [];
      /** Their total weight. */
      let weight = 0;
      /** When the newest of them came. */
      let newest = 0;
      /** Handlers at work. */
      let active = 0;
      /** The source has ended: what waits is due at once. */
      let ended = false;
      /** Fires when age or quiet will next make a batch due. */
      let timer: NodeJS.Timeout | undefined;

      const isDue = (now: number): boolean => {
        const oldest = waiting[0];
        if (!oldest) return false;
        if (ended || waiting.length >= options.size || weight >= (options.weigh?.due ?? Number.POSITIVE_INFINITY)) return true;
        if (now - oldest.since >= options.ageMs) return true;
        return now - newest >= options.quietMs && !options.moreComing?.(waiting.length);
      };

      const take = (): Waiting<T>[] => {
        const batch: Waiting<T>[] = [];
        let taken = 0;
        for (const entry of waiting) {
          const full = batch.length >= options.largest || (batch.length > 0 && taken + entry.weight > (options.weigh?.due ?? Number.POSITIVE_INFINITY));
          if (full) break;
          batch.push(entry);
          taken += entry.weight;
        }
        waiting = waiting.slice(batch.length);
        weight -= taken;
        return batch;
      };

      const pump = (): void => {
        clearTimeout(timer);
        while (active < options.concurrency && isDue(options.clock.now())) {
          active += 1;
          void handle(envelopeOf(take())).then((result) => {
            active -= 1;
            subscriber.next(result);
            pump();
          });
        }
        if (ended && waiting.length === 0 && active === 0) subscriber.complete();
        else if (waiting.length > 0 && active < options.concurrency) timer = setTimeout(pump, Math.max(1, Math.min(options.quietMs, options.ageMs)));
      };

      const subscription = source.subscribe({
        next: (envelope) => {
          if (envelope.items.length === 0) return envelope.settle();
          const origin: Origin = { envelope, left: envelope.items.length, error: undefined };
          newest = options.clock.now();
          for (const item of envelope.items) {
            const itemWeight = options.weigh?.of(item) ?? 0;
            waiting.push({ item, weight: itemWeight, since: newest, origin });
            weight += itemWeight;
          }
          pump();
        },
        error: (thrown) => {
          clearTimeout(timer);
          settleAll(waiting, asError(thrown));
          waiting = [];
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
    });
}

function envelopeOf<T>(batch: readonly Waiting<T>[]): Envelope<T> {
  return { items: batch.map(({ item }) => item), settle: (error) => settleAll(batch, error) };
}

function settleAll<T>(batch: readonly Waiting<T>[], error: Error | undefined): void {
  for (const { origin } of batch) {
    origin.left -= 1;
    origin.error ??= error;
    if (origin.left === 0) origin.envelope.settle(origin.error);
  }
}
