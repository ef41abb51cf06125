import { expect, test } from 'vitest';
import { reportNetSentiment } from '../../../src/analytics/models/net-sentiment-report.ts';

test('bias and change of a small table, worked out by hand', () => {
  const report = reportNetSentiment({
    negative: { negative: 30, neutral: 10, positive: 0 },
    neutral: { negative: 0, neutral: 40, positive: 0 },
    positive: { negative: 0, neutral: 4, positive: 16 },
  });
  expect(report).toMatchObject({ posts: 100, actual: -20, counted: -14, bias: expect.closeTo(6) });
  expect(report.changeOfTen).toBeCloseTo((10 * (0.8 + 0.75)) / 2);
  // Of 100 differences ten are 1 and four are −1.
  expect(report.biasMargin).toBeCloseTo(196 * Math.sqrt((0.14 - 0.06 ** 2) / 100), 2);
});

test('without positive posts nothing is said about changes', () => {
  const empty = { negative: 0, neutral: 0, positive: 0 };
  const report = reportNetSentiment({ negative: { ...empty, negative: 5 }, neutral: { ...empty, neutral: 5 }, positive: empty });
  expect([report.changeOfTen, report.changeMargin, report.bias]).toEqual([null, null, 0]);
});
