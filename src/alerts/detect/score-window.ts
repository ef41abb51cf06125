import type { Evaluation } from '../../domain/alert.ts';
import { type LabelCounts, scoredOf, volumeOf } from '../../domain/sentiment-counts.ts';
import type { Rule } from '../rules.ts';
import type { Baseline, RateBaseline, SentimentBaseline } from './baseline.ts';

/** What a stretch is like, and whether its rule calls that unusual. */
export interface WindowScore {
  /** Length of the stretch in ms. */
  readonly span: number;
  readonly evaluation: Evaluation;
  readonly isUnusual: boolean;
}

type Measured = Pick<Evaluation, 'observed' | 'expected' | 'low' | 'high' | 'z' | 'posts'>;

/** Two-sided 95 %. */
const deviations95 = 1.96;
/** Share of what raised an alert from which on it still holds. */
const holding = 0.5;

/** Judges the stretches of a rule that end at `end` (ms since 1970), the shortest first; those of which not all is known are left out. */
export function scoreWindow(
  rule: Rule,
  countsOf: (span: number) => LabelCounts | undefined,
  expected: Baseline,
  end: number,
): WindowScore[] {
  const { season, windows, from, to } = expected;
  return rule.spans.flatMap((span) => {
    const counts = countsOf(span);
    if (!counts) return [];
    const minutes = span / 60_000;
    const measured =
      rule.metric === 'netSentiment'
        ? measureMood(counts, expected.mood)
        : rule.metric === 'volume'
          ? measureRate(volumeOf(counts), expected.volume, minutes)
          : measureRate(counts.negative, expected.negative, minutes);
    const baseline = { season, windows, from, to };
    const direction = measured.z < 0 ? ('down' as const) : ('up' as const);
    return {
      span,
      evaluation: { metric: rule.metric, direction, ...measured, from: end - span, to: end, baseline },
      isUnusual: isUnusual(rule, measured),
    };
  });
}

/** Whether what raised an alert is still there: half as far off as it would have to be to raise one. */
export function holds({ z }: Pick<Rule, 'z'>, { evaluation }: WindowScore, direction: 'up' | 'down'): boolean {
  return (direction === 'up' ? evaluation.z : -evaluation.z) >= holding * z;
}

function isUnusual(rule: Rule, measured: Measured): boolean {
  const { observed, expected, posts, z } = measured;
  if (Math.abs(z) < rule.z || rule.direction === (z < 0 ? 'up' : 'down')) return false;
  if (rule.metric === 'netSentiment') return posts >= rule.minimumPosts && Math.abs(observed - expected) >= rule.minimumChange;
  const [more, less] = z > 0 ? [observed, expected] : [expected, observed];
  return more >= rule.minimumPosts && more >= rule.minimumChange * less;
}

/**
 * A count against its rate. Square roots of Poisson counts have a constant deviation of one half (Anscombe 1948: of
 * count + 3/8); where the rate itself varies, the inverse hyperbolic sine takes the root's place (the same, for
 * negative binomial counts). So z means the same for small counts as for large ones.
 */
function measureRate(observed: number, { perMinute, overdispersion }: RateBaseline, minutes: number): Measured {
  const expected = perMinute * minutes;
  const spread = Math.sqrt(overdispersion);
  const stable = (count: number): number => (2 / spread) * Math.asinh(spread * Math.sqrt(count + 3 / 8));
  const count = (value: number): number => Math.max(0, (Math.sinh((value * spread) / 2) / spread) ** 2 - 3 / 8);
  const middle = stable(expected);
  const bounds = { low: middle < deviations95 ? 0 : count(middle - deviations95), high: count(middle + deviations95) };
  return { observed, expected, ...bounds, z: stable(observed) - middle, posts: observed };
}

/**
 * Net sentiment against that of the past: the difference of two means of polarities (−1, 0, 1), each with its
 * multinomial variance, and what moods wander beyond that. In points, from −100 to 100.
 */
function measureMood(counts: LabelCounts, mood: SentimentBaseline): Measured {
  const posts = scoredOf(counts);
  const expected = 100 * mood.net;
  if (posts === 0 || mood.posts === 0) return { observed: expected, expected, low: -100, high: 100, z: 0, posts };
  const observed = (100 * (counts.positive - counts.negative)) / posts;
  const deviation = 100 * Math.sqrt(mood.variance * (1 / posts + 1 / mood.posts) + mood.betweenWindowVariance);
  const reach = deviations95 * deviation;
  const bounds = { low: Math.max(-100, expected - reach), high: Math.min(100, expected + reach) };
  return { observed, expected, ...bounds, z: (observed - expected) / deviation, posts };
}
