/**
 * Detects messages that the broker deleted before they were read. A skipped offset proves nothing by itself, since
 * compaction and transactions leave holes; the partition's log start offset decides.
 */
export interface GapDetector {
  /** Reading of a newly assigned partition continues at `next`. Has no effect if the detector knows better. */
  expect(partition: number, next: bigint): void;
  /** A batch of the partition begins at `first`. Resolves to the number of messages lost before it. */
  onFetch(partition: number, first: bigint): Promise<bigint>;
  /** Called after a commit; `nextOffset` is the committed offset. */
  onCommit(partition: number, nextOffset: bigint): void;
  /** Forgets all other partitions, which other members now read. */
  retainPartitions(partitions: readonly number[]): void;
}

/** `fetchLogStart` asks the broker for the log start offset of a partition. */
export function createGapDetector(fetchLogStart: (partition: number) => Promise<bigint>): GapDetector {
  /** The next offset of each partition. */
  const expected = new Map<number, bigint>();
  return {
    expect: (partition, next) => {
      if (!expected.has(partition)) expected.set(partition, next);
    },
    onFetch: async (partition, first) => {
      const next = expected.get(partition);
      expected.set(partition, first);
      if (next === undefined || first <= next) return 0n;
      const lowest = await fetchLogStart(partition);
      return lowest > next ? lowest - next : 0n;
    },
    onCommit: (partition, next) => void expected.set(partition, next),
    retainPartitions: (partitions) => {
      for (const partition of expected.keys()) if (!partitions.includes(partition)) expected.delete(partition);
    },
  };
}
