import type { BrandMetrics, Change, Interval, Metric, SentimentCounts, Summary } from '../../domain/brand-metrics.ts';
import { metricNames } from '../../domain/brand-metrics.ts';
import {
  differenceInterval,
  meanInterval,
  netSentimentInterval,
  poissonInterval,
  weightedNetInterval,
  wilsonInterval,
} from './intervals.ts';

/** Counts as the database returns them: 64-bit ones may come as strings. */
export type CountsRow = Record<'negative' | 'neutral' | 'positive' | 'unscored', number | string>;

/** Counts, and sums over the scored posts: of scores, of their squares, and of engagement weights. */
export type SumsRow = CountsRow &
  Record<'scores' | 'scoreSquares' | 'weightNegative' | 'weightNeutral' | 'weightPositive' | 'weightSquares', number | null>;

/** Net sentiment = 100 · (P − N) / (P + N + U) over counts of posts, in [−100, 100]; null where none is scored. */
export function netSentiment(positive: number, negative: number, neutral: number): number | null {
  const scored = positive + negative + neutral;
  return scored === 0 ? null : (100 * (positive - negative)) / scored;
}

export function toFigures(row: CountsRow): SentimentCounts {
  const negative = Number(row.negative);
  const neutral = Number(row.neutral);
  const positive = Number(row.positive);
  const unscored = Number(row.unscored);
  return {
    volume: negative + neutral + positive + unscored,
    negative,
    neutral,
    positive,
    unscored,
    netSentiment: netSentiment(positive, negative, neutral),
  };
}

export const nothing: SumsRow = {
  negative: 0,
  neutral: 0,
  positive: 0,
  unscored: 0,
  scores: 0,
  scoreSquares: 0,
  weightNegative: 0,
  weightNeutral: 0,
  weightPositive: 0,
  weightSquares: 0,
};

/** Means that a bucket, too, has: of scores, in [−1, 1], and of labels weighted by engagement, in [−100, 100]. */
export function toMeans(row: SumsRow): { meanScore: number | null; weightedNetSentiment: number | null } {
  const { negative, neutral, positive } = toFigures(row);
  const { positive: up, negative: down, neutral: level } = weightsOf(row);
  const scored = negative + neutral + positive;
  return { meanScore: scored === 0 ? null : (row.scores ?? 0) / scored, weightedNetSentiment: netSentiment(up, down, level) };
}

/** Figures with their intervals. `mentions` are those of all brands compared; undefined where there are none to compare with. */
export function toTotals(row: SumsRow & { readonly authors?: number | string }, mentions?: number): BrandMetrics {
  const figures = toFigures(row);
  const { volume, negative, neutral, positive } = figures;
  const scored = negative + neutral + positive;
  const share = (part: number): number | null => (scored === 0 ? null : part / scored);
  return {
    ...figures,
    negativeShare: share(negative),
    neutralShare: share(neutral),
    positiveShare: share(positive),
    ...toMeans(row),
    shareOfVoice: mentions ? volume / mentions : null,
    authors: row.authors === undefined ? null : Number(row.authors),
    intervals: {
      volume: poissonInterval(volume),
      negativeShare: wilsonInterval(negative, scored),
      neutralShare: wilsonInterval(neutral, scored),
      positiveShare: wilsonInterval(positive, scored),
      netSentiment: netSentimentInterval(positive, negative, neutral),
      meanScore: meanInterval({ count: scored, sum: row.scores ?? 0, squares: row.scoreSquares ?? 0 }),
      weightedNetSentiment: weightedNetInterval(weightsOf(row)),
      shareOfVoice: mentions ? wilsonInterval(volume, mentions) : null,
    },
  };
}

const weightsOf = ({ weightPositive, weightNegative, weightNeutral, weightSquares }: SumsRow) => ({
  positive: weightPositive ?? 0,
  negative: weightNegative ?? 0,
  neutral: weightNeutral ?? 0,
  squares: weightSquares ?? 0,
});

/** A period beside the one before it, which is null where there is no history of it. */
export function compare(current: BrandMetrics, previous: BrandMetrics | null): Summary {
  if (!previous) return { current, previous, changes: null };
  const changes = metricNames.map((measure): [Metric, Change | null] => [measure, changeIn(measure, current, previous)]);
  return { current, previous, changes: Object.fromEntries(changes) as Record<Metric, Change | null> }; // one of each measure
}

function changeIn(measure: Metric, current: BrandMetrics, previous: BrandMetrics): Change | null {
  const now = estimate(current[measure], current.intervals[measure]);
  const before = estimate(previous[measure], previous.intervals[measure]);
  return now && before && differenceInterval(now, before);
}

function estimate(value: number | null, interval: Interval | null): ({ value: number } & Interval) | null {
  return value === null || interval === null ? null : { value, ...interval };
}
