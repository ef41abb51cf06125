import type { AckableBatch } from '../domain/ackable-batch.ts';

export interface BatchLimits<T> {
  /** Items that make a batch due. */
  readonly minSize: number;
  /** The most items of a batch, reached when the handlers have fallen behind. */
  readonly maxSize: number;
  /** Weight of an item (tokens, bytes), and the total weight that makes a batch due. */
  readonly weight?: { of(item: T): number; readonly max: number };
  /** Milliseconds that the oldest item may wait before a batch is due. */
  readonly lingerMs: number;
  /** Milliseconds without a new item after which a batch is due, unless `expectsMore` returns true. */
  readonly idleMs: number;
  /** Whether more items will arrive soon, given the number that wait. */
  readonly expectsMore?: (waiting: number) => boolean;
}

/** An incoming batch whose items may be spread over several outgoing ones: acknowledged with its last item. */
interface IncomingBatch {
  readonly batch: AckableBatch<unknown>;
  /** Items that are not acknowledged yet. */
  pending: number;
  /** The first error among the outgoing batches. */
  error: Error | undefined;
}

interface Entry<T> {
  readonly item: T;
  readonly weight: number;
  /** When it was added, in milliseconds since 1970. */
  readonly addedAt: number;
  readonly incoming: IncomingBatch;
}

/** Collects the items of incoming batches until they make an outgoing batch. */
export interface BatchBuffer<T> {
  add(batch: AckableBatch<T>, now: number): void;
  isEmpty(): boolean;
  /** Whether the limits make a batch due now. */
  shouldFlush(now: number): boolean;
  /** Removes the oldest items, at least one, as a batch; its acknowledgement is passed on to the batches they came in. */
  drain(): AckableBatch<T>;
  /** Rejects everything that waits. */
  rejectAll(error: Error): void;
}

export function createBatchBuffer<T>(limits: BatchLimits<T>): BatchBuffer<T> {
  const maxWeight = limits.weight?.max ?? Number.POSITIVE_INFINITY;
  /** What waits, oldest first. */
  let entries: Entry<T>[] = [];
  /** Total weight of what waits. */
  let weight = 0;
  /** When the newest item was added. */
  let lastAddedAt = 0;
  return {
    add: (batch, now) => {
      const incoming: IncomingBatch = { batch, pending: batch.items.length, error: undefined };
      for (const item of batch.items) {
        const entry = { item, weight: limits.weight?.of(item) ?? 0, addedAt: now, incoming };
        entries.push(entry);
        weight += entry.weight;
      }
      lastAddedAt = now;
    },
    isEmpty: () => entries.length === 0,
    shouldFlush: (now) => {
      const oldest = entries[0];
      if (!oldest) return false;
      if (entries.length >= limits.minSize || weight >= maxWeight || now - oldest.addedAt >= limits.lingerMs) return true;
      return now - lastAddedAt >= limits.idleMs && !limits.expectsMore?.(entries.length);
    },
    drain: () => {
      const count = fittingCount(entries, limits.maxSize, maxWeight);
      const drained = entries.slice(0, count);
      entries = entries.slice(count);
      weight -= drained.reduce((sum, entry) => sum + entry.weight, 0);
      return {
        items: drained.map(({ item }) => item),
        ack: () => completeItems(drained, undefined),
        nack: (error) => completeItems(drained, error),
      };
    },
    rejectAll: (error) => {
      completeItems(entries, error);
      entries = [];
      weight = 0;
    },
  };
}

/** How many of the oldest items fit into a batch: at least one, however heavy it is. */
function fittingCount(entries: readonly { readonly weight: number }[], maxSize: number, maxWeight: number): number {
  let total = 0;
  const limit = Math.min(maxSize, entries.length);
  for (let count = 0; count < limit; count += 1) {
    total += entries[count]?.weight ?? 0;
    if (total > maxWeight) return Math.max(1, count);
  }
  return limit;
}

/** Acknowledges items; an incoming batch hears of it with its last item, and of the first error. */
function completeItems(entries: readonly { readonly incoming: IncomingBatch }[], error: Error | undefined): void {
  for (const { incoming } of entries) {
    incoming.pending -= 1;
    incoming.error ??= error;
    if (incoming.pending > 0) continue;
    if (incoming.error) incoming.batch.nack(incoming.error);
    else incoming.batch.ack();
  }
}
