/**
 * Notices messages that the broker deleted before they were read. An offset that is skipped tells nothing by
 * itself (compaction and transactions leave holes), so the lowest offset that is left decides.
 */
export interface OffsetGaps {
  /** A partition goes on at `first`. Resolves to the number of messages that were lost before it. */
  arrive(partition: number, first: bigint): Promise<bigint>;
  /** Everything of the partition below `next` is done. */
  advance(partition: number, next: bigint): void;
  /** Forgets partitions that others read now: they move on without us. */
  keepOnly(partitions: readonly number[]): void;
}

/** `expected` are the offsets to go on from, by partition; `lowest` asks the broker for the lowest that is left. */
export function createOffsetGaps(expected: Map<number, bigint>, lowest: (partition: number) => Promise<bigint>): OffsetGaps {
  return {
    arrive: async (partition, first) => {
      const next = expected.get(partition);
      expected.set(partition, first);
      if (next === undefined || first <= next) return 0n;
      const left = await lowest(partition);
      return left > next ? left - next : 0n;
    },
    advance: (partition, next) => void expected.set(partition, next),
    keepOnly: (partitions) => {
      for (const partition of expected.keys()) if (!partitions.includes(partition)) expected.delete(partition);
    },
  };
}
