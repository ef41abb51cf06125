import { describe, expect, it } from 'vitest';
import { createGapDetector } from '../../../../src/ingest/sources/kafka/gap-detector.ts';

describe('offset gaps', () => {
  const gaps = (lowest: bigint) => {
    const detector = createGapDetector(async () => lowest);
    detector.expect(0, 10n);
    return detector;
  };

  it('are counted from the expected offset', async () => {
    expect(await gaps(500n).onFetch(0, 500n)).toBe(490n);
  });

  it('differ from holes that compaction leaves', async () => {
    expect(await gaps(3n).onFetch(0, 500n)).toBe(0n);
  });

  it('are not counted without a gap, twice, or without an expected offset', async () => {
    const tracker = gaps(500n);
    expect(await tracker.onFetch(0, 10n)).toBe(0n);
    tracker.onCommit(0, 20n);
    expect(await tracker.onFetch(0, 500n)).toBe(480n);
    expect(await tracker.onFetch(0, 500n)).toBe(0n);
    tracker.retainPartitions([1]);
    expect(await tracker.onFetch(0, 900n)).toBe(0n);
    expect(await tracker.onFetch(7, 900n)).toBe(0n);
  });

  it('are not counted anew when the group rejoins with an older committed offset', async () => {
    const tracker = gaps(500n);
    tracker.onCommit(0, 600n);
    tracker.expect(0, 10n);
    expect(await tracker.onFetch(0, 600n)).toBe(0n);
  });
});
