import type { AckableBatch } from '../domain/ackable-batch.ts';

export interface BatchLimits<T> {
  /** Items that make a batch due. */
  readonly size: number;
  /** The most items a batch takes when the handler has fallen behind. */
  readonly maxSize: number;
  /** Weight of an item, and the total weight that makes a batch due (tokens, bytes). */
  readonly weight?: { of(item: T): number; readonly max: number };
  /** Milliseconds after which the oldest waiting item makes a batch due. */
  readonly lingerMs: number;
  /** Milliseconds without a new item that make a batch due, unless `moreComing` says that waiting pays. */
  readonly idleMs: number;
  readonly expectsMore?: (waiting: number) => boolean;
}

/** An envelope whose items have been spread over batches: settled with the last of them. */
interface Origin {
  readonly envelope: AckableBatch<unknown>;
  left: number;
  error: Error | undefined;
}

interface Waiting<T> {
  readonly item: T;
  readonly weight: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly origin: Origin;
}

/** Items that wait to become a batch, each with the envelope it came in. */
export interface BatchBuffer<T> {
  add(envelope: AckableBatch<T>, now: number): void;
  isEmpty(): boolean;
  /** Whether the limits say that a batch should go now. */
  shouldFlush(now: number): boolean;
  /** The oldest items as a batch, never none; settling it settles the envelopes whose last items it holds. */
  drain(): AckableBatch<T>;
  /** Settles all that waits with an error. */
  rejectAll(error: Error): void;
}

export function createBatchBuffer<T>(limits: BatchLimits<T>): BatchBuffer<T> {
  const heaviest = limits.weight?.max ?? Number.POSITIVE_INFINITY;
  /** Oldest first. */
  let waiting: Waiting<T>[] = [];
  let weight = 0;
  /** When the newest item came. */
  let newest = 0;
  return {
    add: (envelope, now) => {
      const origin: Origin = { envelope, left: envelope.items.length, error: undefined };
      for (const item of envelope.items) {
        const entry = { item, weight: limits.weight?.of(item) ?? 0, since: now, origin };
        waiting.push(entry);
        weight += entry.weight;
      }
      newest = now;
    },
    isEmpty: () => waiting.length === 0,
    shouldFlush: (now) => {
      const oldest = waiting[0];
      if (!oldest) return false;
      if (waiting.length >= limits.size || weight >= heaviest || now - oldest.since >= limits.lingerMs) return true;
      return now - newest >= limits.idleMs && !limits.expectsMore?.(waiting.length);
    },
    drain: () => {
      const count = countThatFits(waiting, limits.maxSize, heaviest);
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      weight -= batch.reduce((sum, entry) => sum + entry.weight, 0);
      return { items: batch.map(({ item }) => item), settle: (error) => settleAll(batch, error) };
    },
    rejectAll: (error) => {
      settleAll(waiting, error);
      waiting = [];
      weight = 0;
    },
  };
}

/** How many of the oldest items make a batch: at least one, however heavy. */
function countThatFits(waiting: readonly { readonly weight: number }[], largest: number, heaviest: number): number {
  let total = 0;
  const limit = Math.min(largest, waiting.length);
  for (let count = 0; count < limit; count += 1) {
    total += waiting[count]?.weight ?? 0;
    if (total > heaviest) return Math.max(1, count);
  }
  return limit;
}

function settleAll(batch: readonly { readonly origin: Origin }[], error: Error | undefined): void {
  for (const { origin } of batch) {
    origin.left -= 1;
    origin.error ??= error;
    if (origin.left === 0) origin.envelope.settle(origin.error);
  }
}
