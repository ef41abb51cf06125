import { expect, test } from 'vitest';
import { planBatches } from '../../src/infer/batches.ts';

const limits = { tokens: 100, rows: 4 };

test('nothing needs no batch', () => {
  expect(planBatches([], limits)).toEqual([]);
});

test('the longest come first, with the indices they came with', () => {
  expect(planBatches([5, 30, 10, 20], limits)).toEqual([[1, 3, 2], [0]]);
});

test('a batch holds no more rows than allowed', () => {
  expect(planBatches([9, 8, 7, 6, 5], limits)).toEqual([[0, 1, 2, 3], [4]]);
});

test('a text longer than the budget has a batch to itself', () => {
  expect(planBatches([3, 250, 4], limits)).toEqual([[1], [2, 0]]);
});

test('every text is in one batch, and none is padded over the budget', () => {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const lengths = Array.from({ length: 1_000 }, () => 2 + Math.floor(random() * 90));
  const batches = planBatches(lengths, limits);
  expect(batches.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
  for (const batch of batches) {
    const longest = Math.max(...batch.map((index) => lengths[index] ?? 0));
    expect(batch.length).toBeLessThanOrEqual(limits.rows);
    expect(batch.length * longest).toBeLessThanOrEqual(limits.tokens);
  }
});
