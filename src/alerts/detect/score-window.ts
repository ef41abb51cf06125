import { calibratedPoint } from '../../analytics/calibration/apply.ts';
import type { Evaluation } from '../../domain/alert.ts';
import { type LabelCounts, organicCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import type { Rule } from '../rules.ts';
import type { Baseline } from './baseline.ts';
import type { Measurement, RateModel } from './rate-model.ts';

/** A window compared with its baseline. */
export interface WindowScore {
  readonly windowMs: number;
  readonly evaluation: Evaluation;
  /** How rare the deviation is, see `rarity` of tail.ts; 0 in a direction that the rule does not watch. */
  readonly rarity: number;
  /** The rarity that the brand itself reaches every few days, see `usualPeak` of tail.ts; computed when called. */
  readonly usualPeak: () => number;
  /** How large it is: the factor between observed and expected volume, or points of net sentiment. */
  readonly change: number;
  /** Whether the change is as large as the rule asks for. */
  readonly isRelevant: boolean;
}

/** What windows that end at a time are compared with. */
export interface Expectation {
  readonly baseline: Baseline;
  /** ms since 1970. */
  readonly end: number;
  /** Up to how many times the usual volume is expected of a window, because of planned events; 1 without any. */
  readonly factorOf: (window: Span) => number;
}

/** Half-open, in ms since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Scores every window of a rule that ends at `end`, shortest first.
 * @param countsOf the counts of a window, by its length in ms; windows for which it returns undefined are skipped
 */
export function scoreWindows(
  rule: Pick<Rule, 'metric' | 'direction' | 'windowsMs' | 'minChange'>,
  countsOf: (windowMs: number) => LabelCounts | undefined,
  { baseline, end, factorOf }: Expectation,
): WindowScore[] {
  const { season, windows, from, to } = baseline;
  return rule.windowsMs.flatMap((windowMs) => {
    const counts = countsOf(windowMs);
    if (!counts) return [];
    const span = { from: end - windowMs, to: end };
    const { rarity, usualPeak, comparable, ...measured } = measureExpecting(factorOf(span), rule.metric, counts, baseline, span);
    const direction = measured.z < 0 ? ('down' as const) : ('up' as const);
    const posts = rule.metric === 'netSentiment' ? scoredPosts(counts) : measured.observed;
    const compared = { observed: comparable, expected: measured.expected };
    return {
      windowMs,
      evaluation: {
        ...{ metric: rule.metric, direction, ...measured, posts, ...span },
        baseline: { season, windows, from, to },
      },
      rarity: rule.direction === 'both' || rule.direction === direction ? Math.max(0, rarity) : 0,
      usualPeak,
      change: sizeOfChange(rule.metric, compared),
      isRelevant: isLargeChange(rule, compared),
    };
  });
}

/** Measures a window; `comparable` is the observed value without what a planned event explains. */
function measureExpecting(
  factor: number,
  metric: Rule['metric'],
  counts: LabelCounts,
  baseline: Baseline,
  { from, to }: Span,
): Measurement & { readonly comparable: number } {
  if (metric === 'netSentiment') {
    const measured = calibrate(baseline.sentiment().measure(counts, to - from), baseline.calibration);
    return { ...measured, comparable: measured.observed };
  }
  const [model, posts] = countedBy(metric, counts, baseline);
  const usual = model.measure(posts, from, to);
  // Any volume from the usual to the factor's multiple of it is as expected; a drop is one even then.
  if (factor === 1 || usual.z <= 0) return { ...usual, comparable: posts };
  const comparable = Math.max(usual.expected, posts / factor);
  const { z, rarity } = model.measure(comparable, from, to);
  return { ...usual, high: factor * usual.high, z, rarity, comparable };
}

/** Points as users see them. A line moves what is observed and what is expected alike, so how rare a window is stays the same. */
function calibrate(counted: Measurement, line: Baseline['calibration']): Measurement {
  const points = (value: number): number => calibratedPoint(line, value);
  const { observed, expected, low, high } = counted;
  return { ...counted, observed: points(observed), expected: points(expected), low: points(low), high: points(high) };
}

function countedBy(metric: Exclude<Rule['metric'], 'netSentiment'>, counts: LabelCounts, baseline: Baseline): readonly [RateModel, number] {
  if (metric === 'volume') return [baseline.volume(), totalPosts(counts)];
  if (metric === 'organicVolume') return [baseline.organicVolume(), totalPosts(organicCounts(counts))];
  return [baseline.negative(), counts.negative];
}

function isLargeChange({ metric, minChange }: Pick<Rule, 'metric' | 'minChange'>, { observed, expected }: Measured): boolean {
  if (metric === 'netSentiment') return Math.abs(observed - expected) >= minChange;
  return Math.max(observed, expected) >= minChange * Math.min(observed, expected);
}

function sizeOfChange(metric: Rule['metric'], { observed, expected }: Measured): number {
  if (metric === 'netSentiment') return Math.abs(observed - expected);
  return observed === expected ? 1 : Math.max(observed, expected) / Math.min(observed, expected);
}

type Measured = Pick<Evaluation, 'observed' | 'expected'>;

/** The rarest of windows, those with a relevant change first; undefined if there is none. */
export function rarestOf(windows: readonly WindowScore[]): WindowScore | undefined {
  const isRarer = (one: WindowScore, other: WindowScore): boolean =>
    one.isRelevant === other.isRelevant ? one.rarity > other.rarity : one.isRelevant;
  return windows.reduce<WindowScore | undefined>((best, one) => (best && !isRarer(one, best) ? best : one), undefined);
}
