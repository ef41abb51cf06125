import type { Change, Interval } from '../../domain/brand-metrics.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { addCounts, type LabelCounts, scoredPosts } from '../../domain/label-counts.ts';
import type { CorrectedPosts } from '../../sink/queries/corrected-posts.ts';
import { netSentimentInterval, z95 } from '../metrics/intervals.ts';

/** Calibrated net sentiment of some posts, in points, with what its interval and changes are computed from. */
export interface CalibratedNet {
  /** Null if no post is scored. */
  readonly value: number | null;
  /** 95%; null also if the model's error is unknown. */
  readonly interval: Interval | null;
  readonly parts: Parts | null;
}

interface Parts {
  /** Distances of the bounds from the value that the sample of posts explains. */
  readonly below: number;
  readonly above: number;
  /** How often the errors of the level and of the slope are in the value. */
  readonly levels: number;
  readonly slopes: number;
}

type Line = Pick<Calibration, 'level' | 'countedLevel' | 'slope'>;

const clamp = (points: number): number => Math.min(100, Math.max(-100, points));

/** The point of the line for a counted net sentiment, in [−100, 100]. */
export const calibratedPoint = ({ level, countedLevel, slope }: Line, counted: number): number =>
  clamp(level + slope * (counted - countedLevel));

/**
 * Net sentiment of counted posts, level + slope · (counted − countedLevel). Its variance is the sum of three: of the sample
 * of posts (times slope²), of the level, and of the slope (times the squared distance from the counted level).
 *
 * Labels of a sample say what the model gets wrong in all posts, so the line applies to the model's labels, and corrections
 * are not counted on top of it. Without labels, corrected posts count with their label, and the line applies to the others.
 * @param counts with the labels of corrected posts
 */
export function calibrateNet(counts: LabelCounts, calibration: Calibration, corrected?: CorrectedPosts): CalibratedNet {
  const { level, countedLevel, slope, levelError, slopeError, basis } = calibration;
  const others = corrected ? subtract(counts, corrected.after) : counts;
  const predicted = corrected && basis !== 'history' ? addCounts([others, corrected.before]) : others;
  const scored = scoredPosts(predicted);
  const known = corrected && basis === 'history' ? scoredPosts(corrected.after) : 0;
  if (scored + known === 0) return { value: null, interval: null, parts: null };
  const share = scored / (scored + known);
  const { counted, below, above } = estimateCounted(predicted);
  const truth = corrected && known > 0 ? netOf(corrected.after) : 0;
  const value = clamp(share * (level + slope * (counted - countedLevel)) + (1 - share) * truth);
  const parts: Parts = {
    below: share * slope * below,
    above: share * slope * above,
    levels: share,
    slopes: share * (counted - countedLevel),
  };
  if (levelError === null) return { value, interval: null, parts };
  const model = z95 * Math.hypot(levelError * parts.levels, slopeError * parts.slopes);
  return {
    value,
    parts,
    interval: { low: clamp(value - Math.hypot(parts.below, model)), high: clamp(value + Math.hypot(parts.above, model)) },
  };
}

/**
 * The change between two periods with the same calibration, by the square-and-add method. The error of the level is in both
 * and cancels; that of the slope does not. Null if there is no value to compare.
 */
export function calibratedChange(now: CalibratedNet, before: CalibratedNet, { levelError, slopeError }: Calibration): Change | null {
  if (!now.parts || !before.parts || now.value === null || before.value === null) return null;
  const difference = now.value - before.value;
  const level = z95 * (levelError ?? 0) * (now.parts.levels - before.parts.levels);
  const slope = z95 * slopeError * (now.parts.slopes - before.parts.slopes);
  const low = difference - Math.hypot(now.parts.below, before.parts.above, level, slope);
  const high = difference + Math.hypot(now.parts.above, before.parts.below, level, slope);
  return { difference, low, high, significant: low > 0 || high < 0 };
}

function estimateCounted(counts: LabelCounts): { readonly counted: number; readonly below: number; readonly above: number } {
  const sampling = netSentimentInterval(counts.positive, counts.negative, counts.neutral);
  if (!sampling) return { counted: 0, below: 0, above: 0 };
  const counted = netOf(counts);
  return { counted, below: Math.max(0, counted - sampling.low), above: Math.max(0, sampling.high - counted) };
}

const netOf = (counts: LabelCounts): number => (100 * (counts.positive - counts.negative)) / scoredPosts(counts);

/** Never below 0: counts of rollups may be a few seconds older than the corrections. */
const subtract = (one: LabelCounts, other: LabelCounts): LabelCounts => ({
  negative: Math.max(0, one.negative - other.negative),
  neutral: Math.max(0, one.neutral - other.neutral),
  positive: Math.max(0, one.positive - other.positive),
  unscored: Math.max(0, one.unscored - other.unscored),
});
