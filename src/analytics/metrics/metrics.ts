import type { BrandMetrics, Change, Interval, Metric, SentimentCounts, Summary } from '../../domain/brand-metrics.ts';
import { metricNames } from '../../domain/brand-metrics.ts';
import type { Calibration } from '../../domain/calibration.ts';
import { type LabelCounts, netSentiment, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import type { PeriodRow, SumsRow } from '../../sink/queries/metrics.ts';
import { type CalibratedNet, calibratedChange, calibrateNet } from '../calibration/apply.ts';
import {
  differenceInterval,
  meanInterval,
  netSentimentInterval,
  poissonInterval,
  weightedNetInterval,
  wilsonInterval,
} from './intervals.ts';

/** Counts with their total and net sentiment. */
export function toCounts({ negative, neutral, positive, unscored }: LabelCounts, calibrated: CalibratedNet): SentimentCounts {
  const counts = { negative, neutral, positive, unscored };
  return {
    volume: totalPosts(counts),
    ...counts,
    netSentiment: netSentiment(positive, negative, neutral),
    calibratedNetSentiment: calibrated.value,
  };
}

/** Mean score in [−1, 1], and net sentiment weighted by engagement in [−100, 100]; null if no post is scored. */
export function toMeans(row: SumsRow): { meanScore: number | null; weightedNetSentiment: number | null } {
  const scored = scoredPosts(row);
  return {
    meanScore: scored === 0 ? null : row.scores / scored,
    weightedNetSentiment: netSentiment(row.weightPositive, row.weightNegative, row.weightNeutral),
  };
}

/** Metrics with their intervals. `mentions`: total mentions of all compared brands; undefined without a comparison. */
function toMetrics(row: PeriodRow, calibrated: CalibratedNet, mentions: number | undefined): BrandMetrics {
  const { volume, ...counts } = toCounts(row, calibrated);
  const { negative, neutral, positive } = counts;
  const scored = scoredPosts(row);
  const share = (part: number): number | null => (scored === 0 ? null : part / scored);
  const { weightPositive, weightNegative, weightNeutral, weightSquares } = row;
  return {
    volume,
    ...counts,
    negativeShare: share(negative),
    neutralShare: share(neutral),
    positiveShare: share(positive),
    ...toMeans(row),
    shareOfVoice: mentions ? volume / mentions : null,
    authors: row.authors ?? null,
    intervals: {
      volume: poissonInterval(volume),
      negativeShare: wilsonInterval(negative, scored),
      neutralShare: wilsonInterval(neutral, scored),
      positiveShare: wilsonInterval(positive, scored),
      netSentiment: netSentimentInterval(positive, negative, neutral),
      calibratedNetSentiment: calibrated.interval,
      meanScore: meanInterval({ count: scored, sum: row.scores, squares: row.scoreSquares }),
      weightedNetSentiment: weightedNetInterval({
        positive: weightPositive,
        negative: weightNegative,
        neutral: weightNeutral,
        squares: weightSquares,
      }),
      shareOfVoice: mentions ? wilsonInterval(volume, mentions) : null,
    },
  };
}

/** A period, or null; with the total mentions of all compared brands if there are any to compare. */
interface Period<Row extends PeriodRow | null> {
  readonly row: Row;
  readonly mentions?: number;
}

/** A period with its changes since the previous one; `previous` is null if the history starts later. */
export function summarize(current: Period<PeriodRow>, previous: Period<PeriodRow | null>, calibration: Calibration): Summary {
  const now = calibrateNet(current.row, calibration, current.row.corrected);
  const metrics = toMetrics(current.row, now, current.mentions);
  if (!previous.row) return { current: metrics, previous: null, changes: null, calibration };
  const then = calibrateNet(previous.row, calibration, previous.row.corrected);
  const before = toMetrics(previous.row, then, previous.mentions);
  const changes = {
    ...Object.fromEntries(metricNames.map((metric) => [metric, changeIn(metric, metrics, before)])),
    calibratedNetSentiment: calibratedChange(now, then, calibration),
  } as Record<Metric, Change | null>; // one per metric
  return { current: metrics, previous: before, changes, calibration };
}

function changeIn(metric: Metric, current: BrandMetrics, previous: BrandMetrics): Change | null {
  const now = estimate(current[metric], current.intervals[metric]);
  const before = estimate(previous[metric], previous.intervals[metric]);
  return now && before && differenceInterval(now, before);
}

function estimate(value: number | null, interval: Interval | null): ({ value: number } & Interval) | null {
  return value === null || interval === null ? null : { value, ...interval };
}
