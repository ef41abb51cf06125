import { type Label, labels, type Prediction } from '../../domain/post.ts';

export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows with this label. */
  readonly support: number;
}

export interface ClassificationReport {
  readonly rows: number;
  /** Mean recall of the three classes, the metric of the SemEval and TweetEval sentiment tasks; a fraction. */
  readonly macroRecall: number;
  readonly accuracy: number;
  readonly perClass: Readonly<Record<Label, ClassMetrics>>;
  /** Counts, as confusion[expected][predicted]. */
  readonly confusion: Readonly<Record<Label, Readonly<Record<Label, number>>>>;
  /** Expected calibration error over 15 confidence bins of equal width (Guo et al. 2017); a fraction. */
  readonly calibrationError: number;
}

const calibrationBins = 15;

/** Compares predictions with true labels, row by row. @throws RangeError for an unscored row */
export function reportClassification(expected: readonly Label[], predictions: readonly Prediction[]): ClassificationReport {
  const confusion = countConfusion(expected, predictions);
  const perClass = forEachLabel((label) => classMetrics(confusion, label));
  const hits = labels.reduce((sum, label) => sum + confusion[label][label], 0);
  return {
    rows: expected.length,
    macroRecall: labels.reduce((sum, label) => sum + perClass[label].recall, 0) / labels.length,
    accuracy: share(hits, expected.length),
    perClass,
    confusion,
    calibrationError: expectedCalibrationError(expected, predictions),
  };
}

function forEachLabel<T>(make: (label: Label) => T): Record<Label, T> {
  return { negative: make('negative'), neutral: make('neutral'), positive: make('positive') };
}

function countConfusion(expected: readonly Label[], predictions: readonly Prediction[]): Record<Label, Record<Label, number>> {
  const confusion = forEachLabel(() => forEachLabel(() => 0));
  for (const [index, label] of expected.entries()) {
    const predicted = predictions[index]?.label;
    if (predicted === undefined || predicted === 'unscored') throw new RangeError(`row ${index + 1} has no score`);
    confusion[label][predicted] += 1;
  }
  return confusion;
}

function classMetrics(confusion: Record<Label, Record<Label, number>>, label: Label): ClassMetrics {
  const support = labels.reduce((sum, predicted) => sum + confusion[label][predicted], 0);
  const predicted = labels.reduce((sum, actual) => sum + confusion[actual][label], 0);
  const hits = confusion[label][label];
  return { precision: share(hits, predicted), recall: share(hits, support), f1: share(2 * hits, predicted + support), support };
}

function expectedCalibrationError(expected: readonly Label[], predictions: readonly Prediction[]): number {
  const bins = Array.from({ length: calibrationBins }, () => ({ rows: 0, hits: 0, confidence: 0 }));
  for (const [index, { label, confidence }] of predictions.entries()) {
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(confidence * calibrationBins))];
    if (!bin) continue;
    bin.rows += 1;
    bin.hits += label === expected[index] ? 1 : 0;
    bin.confidence += confidence;
  }
  const gaps = bins.map(({ hits, confidence }) => Math.abs(hits - confidence));
  return share(
    gaps.reduce((sum, gap) => sum + gap, 0),
    predictions.length,
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
