import type { Envelope } from '../domain/ackable-batch.ts';

export interface BatchLimits<T> {
  /** Items that make a batch due. */
  readonly size: number;
  /** The most items a batch takes when the handler has fallen behind. */
  readonly largest: number;
  /** Weight of an item, and the total weight that makes a batch due (tokens, bytes). */
  readonly weigh?: { of(item: T): number; readonly due: number };
  /** Milliseconds after which the oldest waiting item makes a batch due. */
  readonly ageMs: number;
  /** Milliseconds without a new item that make a batch due, unless `moreComing` says that waiting pays. */
  readonly quietMs: number;
  readonly moreComing?: (waiting: number) => boolean;
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
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly origin: Origin;
}

/** Items that wait to become a batch, each with the envelope it came in. */
export interface WaitingRoom<T> {
  add(envelope: Envelope<T>, now: number): void;
  isEmpty(): boolean;
  /** Whether the limits say that a batch should go now. */
  isDue(now: number): boolean;
  /** The oldest items as a batch, never none; settling it settles the envelopes whose last items it holds. */
  take(): Envelope<T>;
  /** Settles all that waits with an error. */
  dismiss(error: Error): void;
}

export function createWaitingRoom<T>(limits: BatchLimits<T>): WaitingRoom<T> {
  const heaviest = limits.weigh?.due ?? Number.POSITIVE_INFINITY;
  /** Oldest first. */
  let waiting: Waiting<T>[] = [];
  let weight = 0;
  /** When the newest item came. */
  let newest = 0;
  return {
    add: (envelope, now) => {
      const origin: Origin = { envelope, left: envelope.items.length, error: undefined };
      for (const item of envelope.items) {
        const entry = { item, weight: limits.weigh?.of(item) ?? 0, since: now, origin };
        waiting.push(entry);
        weight += entry.weight;
      }
      newest = now;
    },
    isEmpty: () => waiting.length === 0,
    isDue: (now) => {
      const oldest = waiting[0];
      if (!oldest) return false;
      if (waiting.length >= limits.size || weight >= heaviest || now - oldest.since >= limits.ageMs) return true;
      return now - newest >= limits.quietMs && !limits.moreComing?.(waiting.length);
    },
    take: () => {
      const count = countThatFits(waiting, limits.largest, heaviest);
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      weight -= batch.reduce((sum, entry) => sum + entry.weight, 0);
      return { items: batch.map(({ item }) => item), settle: (error) => settleAll(batch, error) };
    },
    dismiss: (error) => {
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
