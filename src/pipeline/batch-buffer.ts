import type { AckableBatch } from '../domain/ackable-batch.ts';

export interface BatchLimits<T> {
  /** Flush once this many items are buffered. */
  readonly minSize: number;
  /** Maximum items per batch; reached when the handlers fall behind. */
  readonly maxSize: number;
  /** Weight of an item (tokens, bytes), and the total weight at which to flush. */
  readonly weight?: { of(item: T): number; readonly max: number };
  /** Flush once the oldest item has waited this long (ms). */
  readonly lingerMs: number;
  /** Flush once no item has arrived for this long (ms), unless `expectsMore` returns true. */
  readonly idleMs: number;
  /** Whether more items are expected soon, given the number buffered. */
  readonly expectsMore?: (buffered: number) => boolean;
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

/** Buffers the items of incoming batches until an outgoing batch is due. */
export interface BatchBuffer<T> {
  add(batch: AckableBatch<T>, now: number): void;
  isEmpty(): boolean;
  /** Whether a limit has been reached. */
  shouldFlush(now: number): boolean;
  /** Removes the oldest items (at least one) as a batch. Its ack or nack is propagated to the incoming batches. */
  drain(): AckableBatch<T>;
  /** Nacks all buffered items. */
  rejectAll(error: Error): void;
}

export function createBatchBuffer<T>(limits: BatchLimits<T>): BatchBuffer<T> {
  const maxWeight = limits.weight?.max ?? Number.POSITIVE_INFINITY;
  /** Buffered items, oldest first. */
  let entries: Entry<T>[] = [];
  /** Total weight of the buffered items. */
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

/** Number of the oldest items that fit into a batch: at least one, however heavy it is. */
function fittingCount(entries: readonly { readonly weight: number }[], maxSize: number, maxWeight: number): number {
  let total = 0;
  const limit = Math.min(maxSize, entries.length);
  for (let count = 0; count < limit; count += 1) {
    total += entries[count]?.weight ?? 0;
    if (total > maxWeight) return Math.max(1, count);
  }
  return limit;
}

/** Completes items; acks an incoming batch with its last item, or nacks it with the first error. */
function completeItems(entries: readonly { readonly incoming: IncomingBatch }[], error: Error | undefined): void {
  for (const { incoming } of entries) {
    incoming.pending -= 1;
    incoming.error ??= error;
    if (incoming.pending > 0) continue;
    if (incoming.error) incoming.batch.nack(incoming.error);
    else incoming.batch.ack();
  }
}
