import { expect, test } from 'vitest';
import { padBatch } from '../../../src/infer/workers/worker-protocol.ts';

test('rows are padded to the longest one, and the mask hides the padding', () => {
  const batch = padBatch([
    [101, 7_592, 102],
    [101, 30_521, 2_088, 999, 102],
  ]);
  expect(batch).toEqual({
    lengths: [3, 5],
    width: 5,
    inputIds: BigInt64Array.of(101n, 7_592n, 102n, 0n, 0n, 101n, 30_521n, 2_088n, 999n, 102n),
    attentionMask: BigInt64Array.of(1n, 1n, 1n, 0n, 0n, 1n, 1n, 1n, 1n, 1n),
  });
});
