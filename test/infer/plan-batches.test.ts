import { expect, test } from 'vitest';
import { planBatches } from '../../src/infer/plan-batches.ts';

const limits = { maxTokens: 100, maxRows: 4 };

test('no texts make no batches', () => {
  expect(planBatches([], limits)).toEqual([]);
});

test('batches hold the indices of the texts, longest first', () => {
  expect(planBatches([5, 30, 10, 20], limits)).toEqual([
    [1, 3],
    [2, 0],
  ]);
});

test('a batch holds at most the maximum number of rows', () => {
  expect(planBatches([9, 9, 9, 9, 9], limits)).toEqual([[0, 1, 2, 3], [4]]);
});

test('a text longer than the token budget gets its own batch', () => {
  expect(planBatches([3, 250, 4], limits)).toEqual([[1], [2, 0]]);
});

test('a longer text does not pad many short ones', () => {
  expect(planBatches([60, 8, 8, 8, 8, 8], { maxTokens: 512, maxRows: 32 })).toEqual([[0], [1, 2, 3, 4, 5]]);
});

test('a shorter text joins a batch when its padding costs less than a batch of its own', () => {
  expect(planBatches([20, 20, 10], { maxTokens: 512, maxRows: 32 })).toEqual([[0, 1, 2]]);
});

test('no other split of the sorted texts costs less', () => {
  const lengths = [40, 31, 30, 28, 17, 16, 9, 8, 8];
  const cost = (batches: readonly (readonly number[])[]): number =>
    batches.reduce((sum, batch) => sum + batch.length * (lengths[batch[0] ?? 0] ?? 0) + 15, 0);
  const splits = Array.from({ length: 2 ** (lengths.length - 1) }, (_, cuts) => {
    const batches: number[][] = [[0]];
    for (let index = 1; index < lengths.length; index += 1) {
      if ((cuts >> (index - 1)) & 1) batches.push([]);
      batches.at(-1)?.push(index);
    }
    return batches;
  }).filter((batches) =>
    batches.every((batch) => batch.length <= limits.maxRows && batch.length * (lengths[batch[0] ?? 0] ?? 0) <= limits.maxTokens),
  );
  expect(cost(planBatches(lengths, limits))).toBe(Math.min(...splits.map(cost)));
});

test('each text is in exactly one batch, and no batch exceeds the budget with its padding', () => {
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
    expect(batch.length).toBeLessThanOrEqual(limits.maxRows);
    expect(batch.length * longest).toBeLessThanOrEqual(limits.maxTokens);
  }
});
