import type { Evaluation } from '../../domain/alert.ts';
import { type LabelCounts, scoredPosts, totalPosts } from '../../domain/sentiment-counts.ts';
import type { Rule } from '../rules.ts';
import type { Baseline, RateBaseline, SentimentBaseline } from './baseline.ts';

/** One window against its baseline. */
export interface WindowScore {
  readonly windowMs: number;
  readonly evaluation: Evaluation;
  /** Whether it exceeds the thresholds of the rule. */
  readonly isAnomalous: boolean;
}

type Measurement = Pick<Evaluation, 'observed' | 'expected' | 'low' | 'high' | 'z' | 'posts'>;

/** Two-sided 95 %. */
const deviations95 = 1.96;
/** An alert holds while its window is at least this share of the threshold away from the baseline. */
const holdingShare = 0.5;

/**
 * Scores every window of a rule that ends at `end` (ms since 1970), shortest first.
 * @param countsOf the counts of a window, by its length in ms; windows for which it returns undefined are left out
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
    const minutes = windowMs / 60_000;
    const measured =
      rule.metric === 'netSentiment'
        ? measureSentiment(counts, baseline.sentiment)
        : rule.metric === 'volume'
          ? measureRate(totalPosts(counts), baseline.volume, minutes)
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

/** Whether the anomaly behind an alert is still there: at least half as far off as it takes to raise one. */
export function stillHolds({ z }: Pick<Rule, 'z'>, { evaluation }: WindowScore, direction: 'up' | 'down'): boolean {
  return (direction === 'up' ? evaluation.z : -evaluation.z) >= holdingShare * z;
}

function exceedsThresholds(rule: Rule, measured: Measurement): boolean {
  const { observed, expected, posts, z } = measured;
  if (Math.abs(z) < rule.z || rule.direction === (z < 0 ? 'up' : 'down')) return false;
  if (rule.metric === 'netSentiment') return posts >= rule.minimumPosts && Math.abs(observed - expected) >= rule.minimumChange;
  const [more, less] = z > 0 ? [observed, expected] : [expected, observed];
  return more >= rule.minimumPosts && more >= rule.minimumChange * less;
}

/**
 * Measures a count against its rate. Square roots of Poisson counts have a constant standard deviation of one half
 * (Anscombe 1948: of count + 3/8). Where the rate itself varies, counts are negative binomial and the inverse hyperbolic
 * sine stabilises their variance in the same way. So z has the same meaning for small and large counts.
 */
function measureRate(observed: number, { perMinute, overdispersion }: RateBaseline, minutes: number): Measurement {
  const expected = perMinute * minutes;
  const spread = Math.sqrt(overdispersion);
  const stabilise = (count: number): number => (2 / spread) * Math.asinh(spread * Math.sqrt(count + 3 / 8));
  const toCount = (value: number): number => Math.max(0, (Math.sinh((value * spread) / 2) / spread) ** 2 - 3 / 8);
  const centre = stabilise(expected);
  const interval = { low: centre < deviations95 ? 0 : toCount(centre - deviations95), high: toCount(centre + deviations95) };
  return { observed, expected, ...interval, z: stabilise(observed) - centre, posts: observed };
}

/**
 * Measures net sentiment against its baseline, in points from −100 to 100: the difference of two means of polarities
 * (−1, 0, 1), each with its multinomial variance, plus the variance between windows.
 */
function measureSentiment(counts: LabelCounts, baseline: SentimentBaseline): Measurement {
  const posts = scoredPosts(counts);
  const expected = 100 * baseline.net;
  if (posts === 0 || baseline.posts === 0) return { observed: expected, expected, low: -100, high: 100, z: 0, posts };
  const observed = (100 * (counts.positive - counts.negative)) / posts;
  const deviation = 100 * Math.sqrt(baseline.variance * (1 / posts + 1 / baseline.posts) + baseline.betweenWindowVariance);
  const reach = deviations95 * deviation;
  const interval = { low: Math.max(-100, expected - reach), high: Math.min(100, expected + reach) };
  return { observed, expected, ...interval, z: (observed - expected) / deviation, posts };
}
