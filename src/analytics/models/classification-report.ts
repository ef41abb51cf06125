import { type Label, labels, type Prediction } from '../../domain/post.ts';

export interface ClassFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that carry this label. */
  readonly support: number;
}

export interface ClassificationReport {
  readonly rows: number;
  /** Mean of the three recalls, the measure of SemEval's and TweetEval's sentiment tasks; a fraction. */
  readonly macroRecall: number;
  readonly accuracy: number;
  readonly perClass: Readonly<Record<Label, ClassFigures>>;
  /** confusion[truth][verdict], counts. */
  readonly confusion: Readonly<Record<Label, Readonly<Record<Label, number>>>>;
  /** Expected calibration error over 15 equal bins of confidence (Guo et al. 2017); a fraction. */
  readonly calibrationError: number;
}

const calibrationBins = 15;

/** How well verdicts agree with the truth. Unscored rows are an error of the caller's. */
export function reportClassification(truth: readonly Label[], verdicts: readonly Prediction[]): ClassificationReport {
  const confusion = countConfusion(truth, verdicts);
  const perClass = forEachLabel((label) => classFigures(confusion, label));
  const hits = labels.reduce((sum, label) => sum + confusion[label][label], 0);
  return {
    rows: truth.length,
    macroRecall: labels.reduce((sum, label) => sum + perClass[label].recall, 0) / labels.length,
    accuracy: share(hits, truth.length),
    perClass,
    confusion,
    calibrationError: expectedCalibrationError(truth, verdicts),
  };
}

function forEachLabel<T>(make: (label: Label) => T): Record<Label, T> {
  return { negative: make('negative'), neutral: make('neutral'), positive: make('positive') };
}

function countConfusion(truth: readonly Label[], verdicts: readonly Prediction[]): Record<Label, Record<Label, number>> {
  const confusion = forEachLabel(() => forEachLabel(() => 0));
  for (const [index, label] of truth.entries()) {
    const said = verdicts[index]?.label;
    if (said === undefined || said === 'unscored') throw new RangeError(`row ${index + 1} has no score`);
    confusion[label][said] += 1;
  }
  return confusion;
}

function classFigures(confusion: Record<Label, Record<Label, number>>, label: Label): ClassFigures {
  const support = labels.reduce((sum, said) => sum + confusion[label][said], 0);
  const said = labels.reduce((sum, actual) => sum + confusion[actual][label], 0);
  const hits = confusion[label][label];
  return { precision: share(hits, said), recall: share(hits, support), f1: share(2 * hits, said + support), support };
}

function expectedCalibrationError(truth: readonly Label[], verdicts: readonly Prediction[]): number {
  const bins = Array.from({ length: calibrationBins }, () => ({ rows: 0, hits: 0, confidence: 0 }));
  for (const [index, { label, confidence }] of verdicts.entries()) {
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(confidence * calibrationBins))];
    if (!bin) continue;
    bin.rows += 1;
    bin.hits += label === truth[index] ? 1 : 0;
    bin.confidence += confidence;
  }
  const gaps = bins.map(({ hits, confidence }) => Math.abs(hits - confidence));
  return share(
    gaps.reduce((sum, gap) => sum + gap, 0),
    verdicts.length,
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
