import { expect, test } from 'vitest';
import { labels } from '../../../src/domain/post.ts';
import { calibrate } from '../../../src/infer/model/calibrate.ts';

const logits = Float32Array.of(9, 9, 9, Math.log(1), Math.log(2), Math.log(5));

test('computes the softmax of one row', () => {
  const [negative, neutral, positive] = calibrate(logits, 3, { labels, temperature: 1 });
  expect(negative).toBeCloseTo(1 / 8, 6);
  expect(neutral).toBeCloseTo(2 / 8, 6);
  expect(positive).toBeCloseTo(5 / 8, 6);
});

test('a temperature of two halves the logits', () => {
  const [negative, , positive] = calibrate(logits, 3, { labels, temperature: 2 });
  expect(positive / negative).toBeCloseTo(Math.sqrt(5), 6);
});

test('does not overflow for large logits', () => {
  const [negative, neutral, positive] = calibrate([900, -900, 899], 0, { labels, temperature: 1 });
  expect(negative + neutral + positive).toBeCloseTo(1, 12);
  expect(negative).toBeGreaterThan(positive);
});

test('follows the label order of the model; a label that it lacks has probability 0', () => {
  const reversed = calibrate(logits, 3, { labels: ['positive', 'neutral', 'negative'], temperature: 1 });
  expect(reversed.map((value) => Math.round(8 * value))).toEqual([5, 2, 1]);
  const [negative, neutral, positive] = calibrate(logits, 4, { labels: ['negative', 'positive'], temperature: 1 });
  expect([negative, neutral, positive].map((value) => Math.round(7 * value))).toEqual([2, 0, 5]);
  expect(neutral).toBe(0);
});
