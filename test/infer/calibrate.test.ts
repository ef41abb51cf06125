import { expect, test } from 'vitest';
import { calibrate } from '../../src/infer/calibrate.ts';

const logits = Float32Array.of(9, 9, 9, Math.log(1), Math.log(2), Math.log(5));

test('is the softmax of one row', () => {
  const [negative, neutral, positive] = calibrate(logits, 3, 1);
  expect(negative).toBeCloseTo(1 / 8, 6);
  expect(neutral).toBeCloseTo(2 / 8, 6);
  expect(positive).toBeCloseTo(5 / 8, 6);
});

test('a temperature of two halves the logits', () => {
  const [negative, , positive] = calibrate(logits, 3, 2);
  expect(positive / negative).toBeCloseTo(Math.sqrt(5), 6);
});

test('sums to one where exp alone would overflow', () => {
  const [negative, neutral, positive] = calibrate([900, -900, 899], 0, 1);
  expect(negative + neutral + positive).toBeCloseTo(1, 12);
  expect(negative).toBeGreaterThan(positive);
});
