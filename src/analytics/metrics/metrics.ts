import type { BrandMetrics, Change, Interval, Metric, SentimentCounts, Summary } from '../../domain/brand-metrics.ts';
import { metricNames } from '../../domain/brand-metrics.ts';
import { type LabelCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import type { PeriodRow, SumsRow } from '../../sink/queries/metrics.ts';
import {
  differenceInterval,
  meanInterval,
  netSentimentInterval,
  poissonInterval,
  weightedNetInterval,
  wilsonInterval,
} from './intervals.ts';

/** Net sentiment = 100 · (P − N) / (P + N + U) over counts of posts, in [−100, 100]; null if none is scored. */
export function netSentiment(positive: number, negative: number, neutral: number): number | null {
  const scored = positive + negative + neutral;
  return scored === 0 ? null : (100 * (positive - negative)) / scored;
}

/** Counts with their total and net sentiment. */
export function toCounts({ negative, neutral, positive, unscored }: LabelCounts): SentimentCounts {
  const counts = { negative, neutral, positive, unscored };
  return { volume: totalPosts(counts), ...counts, netSentiment: netSentiment(positive, negative, neutral) };
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
export function toMetrics(row: PeriodRow, mentions?: number): BrandMetrics {
  const { volume, ...counts } = toCounts(row);
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

/** A period with its changes since the previous one; `previous` is null if the history starts later. */
export function compareWithPrevious(current: BrandMetrics, previous: BrandMetrics | null): Summary {
  if (!previous) return { current, previous, changes: null };
  const changes = metricNames.map((metric): [Metric, Change | null] => [metric, changeIn(metric, current, previous)]);
  return { current, previous, changes: Object.fromEntries(changes) as Record<Metric, Change | null> }; // one per metric
}

function changeIn(metric: Metric, current: BrandMetrics, previous: BrandMetrics): Change | null {
  const now = estimate(current[metric], current.intervals[metric]);
  const before = estimate(previous[metric], previous.intervals[metric]);
  return now && before && differenceInterval(now, before);
}

function estimate(value: number | null, interval: Interval | null): ({ value: number } & Interval) | null {
  return value === null || interval === null ? null : { value, ...interval };
}
