import { type CalibrationProgress, type NetSentimentError, targetMargin } from '../../domain/calibration.ts';
import { type Label, labels } from '../../domain/post.ts';
import { studentQuantile, z95 } from '../metrics/intervals.ts';

/** Numbers of labeled posts: `table[true label][predicted label]`. */
export type LabelTable = Readonly<Record<Label, Readonly<Record<Label, number>>>>;

/** Fewer labels say less than the model's usual error. */
export const minLabels = 30;
/** From so many on, an estimate of the remaining error is of use. */
const minLabelsOfProgress = 10;

/** A line fitted to labeled posts, as in `Calibration`; in points. */
export interface FittedLine {
  readonly labels: number;
  readonly level: number;
  readonly countedLevel: number;
  readonly slope: number;
  /** Standard error; ±1.96 of them are a 95% interval also for few labels. */
  readonly levelError: number;
  readonly slopeError: number;
}

/** The slope of a model whose error is unknown: most likely changes are shown as they are, at worst by half or twice. */
const unknownSlope = { slope: 1, slopeError: 0.5 };
/** Bounds the slope: a model that shows less than a quarter of a change is of no use. */
const minAttenuation = 0.25;

const polarity: Readonly<Record<Label, number>> = { negative: -1, neutral: 0, positive: 1 };

/**
 * Fits the line to posts drawn at random from a window and labeled by people; y are their true polarities (−1, 0, 1), a the
 * predicted ones.
 *
 * The level is the regression estimator of survey sampling (Cochran 1977, chapter 7): 100 · (mean y + β · (mean a of the
 * window − mean a of the sample)), with β the least-squares slope of y on a. It is right for any model; a better one only
 * needs fewer labels.
 *
 * The slope follows from how predictions shift when true labels do (label shift): the mean prediction of positive posts
 * minus that of negative posts is 2 · m, and a true change shows as m of itself. As few labels say little about m, it is
 * averaged with that of the model, each weighted by its precision.
 * @param countedLevel counted net sentiment of the window, in points; null if the sample is all there is
 * @param error the model's known error; undefined if unknown
 */
export function fitCalibration(table: LabelTable, countedLevel: number | null, error: NetSentimentError | undefined): FittedLine {
  const { posts, meanTrue, meanPredicted, slope: beta, residualSquares } = regress(table);
  const counted = countedLevel ?? 100 * meanPredicted;
  const freedom = Math.max(1, posts - 2);
  // One post off by one is added, so that a sample without an error is not taken as proof that there are none.
  const deviation = Math.sqrt((residualSquares + 1) / freedom);
  return {
    labels: posts,
    level: 100 * clampPolarity(meanTrue + beta * (counted / 100 - meanPredicted)),
    countedLevel: counted,
    levelError: ((100 * deviation) / Math.sqrt(posts)) * (studentQuantile(freedom) / z95),
    ...estimateSlope(table, error ?? unknownSlope),
  };
}

const clampPolarity = (value: number): number => Math.min(1, Math.max(-1, value));

/** Moments of the labeled posts and the least-squares line of true on predicted polarity. */
function regress(table: LabelTable) {
  let [posts, sumTrue, sumPredicted, squaresTrue, squaresPredicted, products] = [0, 0, 0, 0, 0, 0];
  for (const actual of labels) {
    for (const predicted of labels) {
      const count = table[actual][predicted];
      const [y, a] = [polarity[actual], polarity[predicted]];
      posts += count;
      sumTrue += count * y;
      sumPredicted += count * a;
      squaresTrue += count * y * y;
      squaresPredicted += count * a * a;
      products += count * y * a;
    }
  }
  const varianceSum = squaresPredicted - sumPredicted ** 2 / posts;
  const covarianceSum = products - (sumTrue * sumPredicted) / posts;
  const slope = varianceSum > 0 ? covarianceSum / varianceSum : 0;
  return {
    posts,
    meanTrue: sumTrue / posts,
    meanPredicted: sumPredicted / posts,
    slope,
    residualSquares: Math.max(0, squaresTrue - sumTrue ** 2 / posts - slope * covarianceSum),
  };
}

function estimateSlope(table: LabelTable, known: Pick<NetSentimentError, 'slope' | 'slopeError'>): { slope: number; slopeError: number } {
  const [prior, priorVariance] = [1 / known.slope, (known.slopeError / known.slope ** 2) ** 2];
  const { attenuation, variance } = attenuationOf(table);
  // A prior without spread is certain.
  const weight = priorVariance === 0 ? 0 : priorVariance / (priorVariance + variance);
  const mean = Math.max(minAttenuation, Number.isFinite(variance) ? prior + weight * (attenuation - prior) : prior);
  const deviation = Math.sqrt(Number.isFinite(variance) ? weight * variance : priorVariance);
  return { slope: 1 / mean, slopeError: deviation / mean ** 2 };
}

/** How much of a true change the predictions show, with its sampling variance; infinite without positive or negative posts. */
export function attenuationOf(table: LabelTable): { readonly attenuation: number; readonly variance: number } {
  const classes = labels.map((label) => {
    const row = table[label];
    const posts = row.negative + row.neutral + row.positive;
    const mean = posts === 0 ? 0 : (row.positive - row.negative) / posts;
    return { posts, mean, squares: row.positive + row.negative - posts * mean ** 2 };
  });
  const [negative, , positive] = classes as [Moments, Moments, Moments]; // in the order of `labels`
  const posts = classes.reduce((sum, one) => sum + one.posts, 0);
  const within = (classes.reduce((sum, { squares }) => sum + squares, 0) + 1) / Math.max(1, posts - labels.length);
  return {
    attenuation: (positive.mean - negative.mean) / 2,
    variance: (within * (1 / positive.posts + 1 / negative.posts)) / 4,
  };
}

interface Moments {
  readonly posts: number;
  readonly mean: number;
  readonly squares: number;
}

/** How many more labels bring the 95% interval of the level to ± `target` points. */
export function labelsNeeded({ labels: posts, levelError }: Pick<FittedLine, 'labels' | 'levelError'>, target: number): number {
  return Math.max(0, Math.ceil(posts * ((z95 * levelError) / target) ** 2) - posts);
}

export const countLabels = (table: LabelTable): number =>
  labels.reduce((sum, actual) => sum + table[actual].negative + table[actual].neutral + table[actual].positive, 0);

/** What the labels of a window have brought. `population`: the window's posts by predicted label; null if the sample is all there is. */
export function reportProgress(
  table: LabelTable,
  population: Readonly<Record<Label, number>> | null,
  error: NetSentimentError | undefined,
): CalibrationProgress {
  const labeled = countLabels(table);
  const usualMargin = error ? z95 * error.levelError : null;
  const counts = population ?? predictedCounts(table);
  const posts = counts.negative + counts.neutral + counts.positive;
  const counted = posts === 0 ? null : (100 * (counts.positive - counts.negative)) / posts;
  if (labeled < minLabelsOfProgress || counted === null)
    return { labels: labeled, posts, counted, level: null, margin: null, usualMargin, labelsNeeded: null };
  const fitted = fitCalibration(table, counted, error);
  const { level, levelError } = fitted;
  return {
    labels: labeled,
    posts,
    counted,
    level,
    margin: z95 * levelError,
    usualMargin,
    labelsNeeded: labelsNeeded(fitted, targetMargin),
  };
}

function predictedCounts(table: LabelTable): Readonly<Record<Label, number>> {
  const sum = (predicted: Label): number => labels.reduce((total, actual) => total + table[actual][predicted], 0);
  return { negative: sum('negative'), neutral: sum('neutral'), positive: sum('positive') };
}
