import type { Evaluation } from '../../domain/alert.ts';
import { type LabelCounts, organicCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import { minuteMs } from '../../lib/duration.ts';
import type { Rule } from '../rules.ts';
import type { Baseline, RateBaseline, SentimentBaseline } from './baseline.ts';

/** A window compared with its baseline. */
export interface WindowScore {
  readonly windowMs: number;
  readonly evaluation: Evaluation;
  /** Whether it exceeds the rule's thresholds. */
  readonly isAnomalous: boolean;
}

type Measurement = Pick<Evaluation, 'observed' | 'expected' | 'low' | 'high' | 'z' | 'posts'>;

/** Two-sided 95%. */
const deviations95 = 1.96;
/** An alert stays active while z is at least this fraction of the threshold. */
const hysteresisRatio = 0.5;

/**
 * Scores every window of a rule that ends at `end` (ms since 1970), shortest first.
 * @param countsOf the counts of a window, by its length in ms; windows for which it returns undefined are skipped
 */
export function scoreWindows(
  rule: Rule,
  countsOf: (windowMs: number) => LabelCounts | undefined,
  baseline: Baseline,
  end: number,
): WindowScore[] {
  const { season, windows, from, to } = baseline;
  return rule.windowsMs.flatMap((windowMs) => {
    const counts = countsOf(windowMs);
    if (!counts) return [];
    const minutes = windowMs / minuteMs;
    const measured =
      rule.metric === 'netSentiment'
        ? measureSentiment(counts, baseline.sentiment)
        : rule.metric === 'volume'
          ? measureRate(totalPosts(counts), baseline.volume, minutes)
          : rule.metric === 'organicVolume'
            ? measureRate(totalPosts(organicCounts(counts)), baseline.organicVolume, minutes)
            : measureRate(counts.negative, baseline.negative, minutes);
    const direction = measured.z < 0 ? ('down' as const) : ('up' as const);
    return {
      windowMs,
      evaluation: {
        metric: rule.metric,
        direction,
        ...measured,
        from: end - windowMs,
        to: end,
        baseline: { season, windows, from, to },
      },
      isAnomalous: exceedsThresholds(rule, measured),
    };
  });
}

/** Whether an active alert's window is still at least `hysteresisRatio` of the threshold away from the baseline. */
export function isStillAnomalous({ threshold }: Pick<Rule, 'threshold'>, { evaluation }: WindowScore, direction: 'up' | 'down'): boolean {
  return (direction === 'up' ? evaluation.z : -evaluation.z) >= hysteresisRatio * threshold;
}

function exceedsThresholds(rule: Rule, measured: Measurement): boolean {
  const { observed, expected, posts, z } = measured;
  if (Math.abs(z) < rule.threshold || rule.direction === (z < 0 ? 'up' : 'down')) return false;
  if (rule.metric === 'netSentiment') return posts >= rule.minPosts && Math.abs(observed - expected) >= rule.minChange;
  const [larger, smaller] = z > 0 ? [observed, expected] : [expected, observed];
  return larger >= rule.minPosts && larger >= rule.minChange * smaller;
}

/**
 * Compares a count with its expected rate on a variance-stabilizing scale, so that z is comparable for small and large
 * counts: 2·√(count + 3/8) for Poisson counts (Anscombe 1948), and its inverse hyperbolic sine form where the rate itself
 * varies, so that counts are negative binomial.
 */
function measureRate(observed: number, { perMinute, overdispersion }: RateBaseline, minutes: number): Measurement {
  const expected = perMinute * minutes;
  const spread = Math.sqrt(overdispersion);
  const stabilize = (count: number): number => (2 / spread) * Math.asinh(spread * Math.sqrt(count + 3 / 8));
  const toCount = (value: number): number => Math.max(0, (Math.sinh((value * spread) / 2) / spread) ** 2 - 3 / 8);
  const center = stabilize(expected);
  const interval = { low: center < deviations95 ? 0 : toCount(center - deviations95), high: toCount(center + deviations95) };
  return { observed, expected, ...interval, z: stabilize(observed) - center, posts: observed };
}

/**
 * Compares net sentiment with its baseline, in points from −100 to 100: the difference of two means of polarities
 * (−1, 0, 1), each with its multinomial variance, plus the variance between windows.
 */
function measureSentiment(counts: LabelCounts, baseline: SentimentBaseline): Measurement {
  const posts = scoredPosts(counts);
  const expected = 100 * baseline.net;
  if (posts === 0 || baseline.posts === 0) return { observed: expected, expected, low: -100, high: 100, z: 0, posts };
  const observed = (100 * (counts.positive - counts.negative)) / posts;
  const deviation = 100 * Math.sqrt(baseline.variance * (1 / posts + 1 / baseline.posts) + baseline.betweenWindowVariance);
  const halfWidth = deviations95 * deviation;
  const interval = { low: Math.max(-100, expected - halfWidth), high: Math.min(100, expected + halfWidth) };
  return { observed, expected, ...interval, z: (observed - expected) / deviation, posts };
}
