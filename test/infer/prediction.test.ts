import { expect, test } from 'vitest';
import { toPrediction, unscored } from '../../src/infer/prediction.ts';

test('takes the likeliest label, its probability, and the lead of positive over negative', () => {
  expect(toPrediction({ probabilities: [0.125, 0.25, 0.625], truncated: true }, 'en')).toEqual({
    negative: 0.125,
    neutral: 0.25,
    positive: 0.625,
    label: 'positive',
    score: 0.5,
    confidence: 0.625,
    lang: 'en',
    truncated: true,
  });
});

test('of equals the more cautious label wins', () => {
  const label = (...probabilities: [number, number, number]) => toPrediction({ probabilities, truncated: false }, 'en').label;
  expect(label(0.4, 0.4, 0.2)).toBe('neutral');
  expect(label(0.2, 0.4, 0.4)).toBe('neutral');
  expect(label(0.45, 0.1, 0.45)).toBe('negative');
});

test('unscored is all zeros', () => {
  expect(unscored('ja')).toEqual({
    negative: 0,
    neutral: 0,
    positive: 0,
    label: 'unscored',
    score: 0,
    confidence: 0,
    lang: 'ja',
    truncated: false,
  });
});
