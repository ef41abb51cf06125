import { expect, test } from 'vitest';
import { priorWeight, zScores } from '../../../src/analytics/drivers/log-odds.ts';

test('z-scores are those of the paper, written out for each term', () => {
  // Two corpora i and j over four words; y are counts, a is the prior, as in equations 16, 20 and 22.
  const yi = [40, 5, 300, 1];
  const yj = [10, 5, 900, 0];
  const [ni, nj] = [346, 915];
  const weight = priorWeight({ inside: ni, outside: nj });
  expect(weight).toBe(126.1);
  const a = yi.map((y, w) => (weight * (y + (yj[w] ?? 0))) / (ni + nj));
  const a0 = a.reduce((sum, part) => sum + part, 0);
  const expected = yi.map((y, w) => {
    const [other, prior] = [yj[w] ?? 0, a[w] ?? 0];
    const oddsI = (y + prior) / (ni + a0 - (y + prior));
    const oddsJ = (other + prior) / (nj + a0 - (other + prior));
    return Math.log(oddsI / oddsJ) / (1 / (y + prior) + 1 / (other + prior)) ** 0.5;
  });
  const actual = zScores(
    yi.map((inside, w) => ({ inside, outside: yj[w] ?? 0 })),
    { inside: ni, outside: nj },
  );
  expect(actual.map((z) => z.toFixed(9))).toEqual(expected.map((z) => z.toFixed(9)));
  expect(actual[0]).toBeGreaterThan(3);
  expect(actual[2]).toBeLessThan(-1.96);
});

test('a rare term cannot stand out by chance', () => {
  const [once = 0] = zScores([{ inside: 2, outside: 0 }], { inside: 10_000, outside: 10_000 });
  expect(once).toBeGreaterThan(0);
  expect(once).toBeLessThan(1.96);
});

test('where there is nothing to compare, nothing stands out', () => {
  expect(zScores([{ inside: 3, outside: 0 }], { inside: 3, outside: 0 })).toEqual([0]);
  expect(zScores([{ inside: 3, outside: 3 }], { inside: 3, outside: 3 })).toEqual([0]);
  expect(zScores([], { inside: 0, outside: 0 })).toEqual([]);
});
