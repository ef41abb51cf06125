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
  /**
   * Groups that share the batches: one item of each in turn, so that a group with many items does not delay the others.
   * Order is kept within a group. All items are one group if absent.
   */
  readonly groupOf?: (item: T) => string;
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
  /** When it was added, in ms by the clock of the callers. */
  readonly addedAt: number;
  readonly incoming: IncomingBatch;
}

/** A batch that can be divided; each part is then acknowledged by itself. */
export interface DividableBatch<T> extends AckableBatch<T> {
  divide(groupOf: (item: T) => string): ReadonlyMap<string, AckableBatch<T>>;
}

/** Buffers the items of incoming batches until an outgoing batch is due. */
export interface BatchBuffer<T> {
  add(batch: AckableBatch<T>, now: number): void;
  isEmpty(): boolean;
  /** Whether a limit has been reached. */
  shouldFlush(now: number): boolean;
  /** Removes the oldest items of each group (at least one item in all) as a batch. Its ack or nack is propagated to the incoming batches. */
  drain(): DividableBatch<T>;
  /** Nacks all buffered items. */
  rejectAll(error: Error): void;
}

export function createBatchBuffer<T>(limits: BatchLimits<T>): BatchBuffer<T> {
  const { groupOf = () => '', maxSize, minSize, lingerMs, idleMs } = limits;
  const maxWeight = limits.weight?.max ?? Number.POSITIVE_INFINITY;
  /** Buffered items by group, oldest first. No group is empty. */
  const groups = new Map<string, Entry<T>[]>();
  /** Number of buffered items. */
  let size = 0;
  /** Total weight of the buffered items. */
  let weight = 0;
  /** When the newest item was added. */
  let lastAddedAt = 0;
  const remove = (count: ReadonlyMap<string, number>): Entry<T>[] => {
    const removed: Entry<T>[] = [];
    for (const [group, entries] of groups) {
      // No spread: there may be more entries than a call can have arguments.
      for (const entry of entries.splice(0, count.get(group) ?? 0)) removed.push(entry);
      if (entries.length === 0) groups.delete(group);
    }
    size -= removed.length;
    weight -= removed.reduce((sum, entry) => sum + entry.weight, 0);
    return removed;
  };
  return {
    add: (batch, now) => {
      const incoming: IncomingBatch = { batch, pending: batch.items.length, error: undefined };
      for (const item of batch.items) {
        const entry = { item, weight: limits.weight?.of(item) ?? 0, addedAt: now, incoming };
        const name = groupOf(item);
        const group = groups.get(name) ?? [];
        group.push(entry);
        groups.set(name, group);
        weight += entry.weight;
      }
      size += batch.items.length;
      lastAddedAt = now;
    },
    isEmpty: () => size === 0,
    shouldFlush: (now) => {
      if (size === 0) return false;
      const oldestAt = Math.min(...[...groups.values()].map((entries) => entries[0]?.addedAt ?? now));
      if (size >= minSize || weight >= maxWeight || now - oldestAt >= lingerMs) return true;
      return now - lastAddedAt >= idleMs && !limits.expectsMore?.(size);
    },
    drain: () => toBatch(remove(fittingCounts(groups, maxSize, maxWeight))),
    rejectAll: (error) => completeItems(remove(new Map([...groups].map(([group, { length }]) => [group, length]))), error),
  };
}

function toBatch<T>(entries: readonly Entry<T>[]): DividableBatch<T> {
  return {
    items: entries.map(({ item }) => item),
    ack: () => completeItems(entries, undefined),
    nack: (error) => completeItems(entries, error),
    divide: (groupOf) => {
      const parts = new Map<string, Entry<T>[]>();
      for (const entry of entries) {
        const group = groupOf(entry.item);
        const part = parts.get(group);
        if (part) part.push(entry);
        else parts.set(group, [entry]);
      }
      return new Map([...parts].map(([group, part]) => [group, toBatch(part)]));
    },
  };
}

type Weighted = Pick<Entry<unknown>, 'weight'>;

/** Number of the oldest items of each group that fit into a batch, in turn: at least one in all, however heavy it is. */
function fittingCounts(groups: ReadonlyMap<string, readonly Weighted[]>, maxSize: number, maxWeight: number): Map<string, number> {
  const counts = new Map([...groups.keys()].map((group) => [group, 0]));
  let size = 0;
  let weight = 0;
  for (let turn = 0, hasMore = true; hasMore; turn += 1) {
    hasMore = false;
    for (const [group, entries] of groups) {
      const entry = entries[turn];
      if (!entry) continue;
      weight += entry.weight;
      if (size >= maxSize || (size > 0 && weight > maxWeight)) return counts;
      counts.set(group, turn + 1);
      size += 1;
      hasMore = true;
    }
  }
  return counts;
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
