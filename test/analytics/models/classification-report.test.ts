import { expect, test } from 'vitest';
import { reportClassification } from '../../../src/analytics/models/classification-report.ts';
import type { Label, Prediction } from '../../../src/domain/post.ts';

function prediction(label: Label, confidence: number): Prediction {
  return { negative: 0, neutral: 0, positive: 0, label, score: 0, confidence, lang: 'en', truncated: false };
}

test('figures of a small confusion, worked out by hand', () => {
  const truth: Label[] = ['negative', 'negative', 'neutral', 'neutral', 'neutral', 'neutral', 'positive', 'positive'];
  const said: Label[] = ['negative', 'neutral', 'neutral', 'neutral', 'neutral', 'positive', 'positive', 'positive'];
  const report = reportClassification(
    truth,
    said.map((label) => prediction(label, 0.75)),
  );
  expect(report.rows).toBe(8);
  expect(report.accuracy).toBeCloseTo(6 / 8);
  expect(report.macroRecall).toBeCloseTo((1 / 2 + 3 / 4 + 1) / 3);
  expect(report.perClass.positive).toEqual({ precision: 2 / 3, recall: 1, f1: 4 / 5, support: 2 });
  expect(report.confusion.neutral).toEqual({ negative: 0, neutral: 3, positive: 1 });
  expect(report.calibrationError).toBeCloseTo(0); // 75 % sure, 75 % right
});

test('calibration error is the mean gap between confidence and accuracy, bin by bin', () => {
  const truth: Label[] = ['positive', 'positive', 'positive', 'positive'];
  const predictions = [prediction('positive', 0.9), prediction('negative', 0.9), prediction('positive', 0.5), prediction('positive', 0.5)];
  expect(reportClassification(truth, predictions).calibrationError).toBeCloseTo((2 * 0.4 + 2 * 0.5) / 4);
});

test('a class without rows has metrics of 0, and an unscored row is rejected', () => {
  const report = reportClassification(['neutral'], [prediction('neutral', 1)]);
  expect(report.perClass.negative).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  expect(() => reportClassification(['neutral'], [{ ...prediction('neutral', 1), label: 'unscored' }])).toThrow(RangeError);
});
