import { expect, test } from 'vitest';
import { createBatchBudget } from '../../src/infer/batch-budget.ts';

function budgetAfter(batches: number, tokens: number, ms: number): number {
  const budget = createBatchBudget();
  for (let batch = 0; batch < batches; batch += 1) budget.observe(tokens, ms);
  return budget.maxTokens;
}

test('a fast machine gets batches of at most 512 tokens', () => {
  expect(createBatchBudget().maxTokens).toBe(512);
  expect(budgetAfter(100, 512, 10)).toBe(512);
});

test('on a slower machine, a batch takes about 40 ms', () => {
  expect(budgetAfter(100, 512, 100)).toBeCloseTo(205, -1);
});

test('batches never become so small that they waste time', () => {
  expect(budgetAfter(100, 512, 5_000)).toBe(96);
});

test('one slow batch hardly changes the budget; small ones and those without a duration do not', () => {
  expect(budgetAfter(1, 512, 10_000)).toBeGreaterThan(450);
  expect(budgetAfter(100, 20, 10_000)).toBe(512);
  expect(budgetAfter(100, 512, 0)).toBe(512);
});
