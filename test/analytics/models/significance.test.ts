import { expect, test } from 'vitest';
import { macroRecallDifference, mcnemar, type PairedOutcome } from '../../../src/analytics/models/significance.ts';
import type { Label } from '../../../src/domain/post.ts';

// The first is table 1 of Fagerland, Lydersen and Laake 2013; the p-values were worked out in rational numbers by Python's fractions.
test.each([
  [{ onlyA: 1, onlyB: 7 }, 0.0703, 0.0391],
  [{ onlyA: 7, onlyB: 1 }, 0.0703, 0.0391],
  [{ onlyA: 6, onlyB: 16 }, 0.0525, 0.0347],
])('McNemar of %j', (discordant, exact, midP) => {
  expect(mcnemar(discordant).exact).toBeCloseTo(exact, 4);
  expect(mcnemar(discordant).midP).toBeCloseTo(midP, 4);
});

test('equal models have p-value 1, and thousands of discordant posts do not underflow', () => {
  expect(mcnemar({ onlyA: 0, onlyB: 0 })).toEqual({ exact: 1, midP: 1 });
  expect(mcnemar({ onlyA: 5, onlyB: 5 }).midP).toBeCloseTo(1 - 252 / 1_024 / 2, 12);
  // z = (5100 − 4900) / √10000 = 2, where the normal distribution gives 0.0455.
  expect(mcnemar({ onlyA: 4_900, onlyB: 5_100 }).midP).toBeCloseTo(0.0455, 3);
});

function posts(truth: Label, both: number, onlyA: number, onlyB: number, neither: number): PairedOutcome[] {
  const of = (count: number, isCorrectA: boolean, isCorrectB: boolean): PairedOutcome[] =>
    Array.from({ length: count }, () => ({ truth, isCorrectA, isCorrectB }));
  return [...of(both, true, true), ...of(onlyA, true, false), ...of(onlyB, false, true), ...of(neither, false, false)];
}

test('macro recall weights classes equally, and its interval approaches the normal approximation for many posts', () => {
  const sample = [...posts('negative', 100, 20, 60, 20), ...posts('neutral', 900, 100, 50, 150), ...posts('positive', 500, 30, 60, 110)];
  const { difference, low, high } = macroRecallDifference(sample);
  const variance = (of: number, onlyA: number, onlyB: number): number => ((onlyA + onlyB) / of - ((onlyB - onlyA) / of) ** 2) / of;
  const error = Math.sqrt(variance(200, 20, 60) + variance(1_200, 100, 50) + variance(700, 30, 60)) / 3;
  expect(difference).toBeCloseTo((40 / 200 - 50 / 1_200 + 30 / 700) / 3, 12);
  expect(Math.abs(low - (difference - 1.96 * error))).toBeLessThan(0.1 * error);
  expect(Math.abs(high - (difference + 1.96 * error))).toBeLessThan(0.1 * error);
});

test('the interval is reproducible, and equal models have a difference of 0', () => {
  const sample = posts('neutral', 40, 5, 9, 6);
  expect(macroRecallDifference(sample)).toEqual(macroRecallDifference(sample));
  expect(macroRecallDifference(posts('positive', 30, 0, 0, 10))).toMatchObject({ difference: 0, low: 0, high: 0 });
});

test.each([
  ['one post', posts('negative', 0, 0, 1, 0), true],
  [
    '30 posts of each class, and 10 that one model alone labels correctly',
    [...posts('negative', 20, 4, 6, 0), ...posts('positive', 30, 0, 0, 0)],
    false,
  ],
  ['9 that one model alone labels correctly', posts('negative', 91, 4, 5, 0), true],
  ['29 posts of a class', [...posts('negative', 90, 0, 10, 0), ...posts('neutral', 29, 0, 0, 0)], true],
])('too few posts to tell: %s', (_, sample, tooFew) => {
  expect(macroRecallDifference(sample).isSampleTooSmall).toBe(tooFew);
});
