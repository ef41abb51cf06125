import type { Evaluation } from '../../domain/alert.ts';
import { type LabelCounts, organicCounts, scoredPosts, totalPosts } from '../../domain/label-counts.ts';
import type { Rule } from '../rules.ts';
import type { Baseline } from './baseline.ts';

/** A window compared with its baseline. */
export interface WindowScore {
  readonly windowMs: number;
  readonly evaluation: Evaluation;
  /** How rare the deviation is, see `rarity` of tail.ts; 0 in a direction that the rule does not watch. */
  readonly rarity: number;
  /** Whether the change is as large as the rule asks for. */
  readonly isRelevant: boolean;
}

/**
 * Scores every window of a rule that ends at `end` (ms since 1970), shortest first.
 * @param countsOf the counts of a window, by its length in ms; windows for which it returns undefined are skipped
 */
export function scoreWindows(
  rule: Pick<Rule, 'metric' | 'direction' | 'windowsMs' | 'minChange'>,
  countsOf: (windowMs: number) => LabelCounts | undefined,
  baseline: Baseline,
  end: number,
): WindowScore[] {
  const { season, windows, from, to } = baseline;
  return rule.windowsMs.flatMap((windowMs) => {
    const counts = countsOf(windowMs);
    if (!counts) return [];
    const { rarity, ...measured } = measure(rule.metric, counts, baseline, end - windowMs, end);
    const direction = measured.z < 0 ? ('down' as const) : ('up' as const);
    const posts = rule.metric === 'netSentiment' ? scoredPosts(counts) : measured.observed;
    return {
      windowMs,
      evaluation: {
        ...{ metric: rule.metric, direction, ...measured, posts, from: end - windowMs, to: end },
        baseline: { season, windows, from, to },
      },
      rarity: rule.direction === 'both' || rule.direction === direction ? Math.max(0, rarity) : 0,
      isRelevant: isLargeChange(rule, measured),
    };
  });
}

function measure(metric: Rule['metric'], counts: LabelCounts, baseline: Baseline, from: number, to: number) {
  if (metric === 'netSentiment') return baseline.sentiment().measure(counts, to - from);
  if (metric === 'volume') return baseline.volume().measure(totalPosts(counts), from, to);
  if (metric === 'organicVolume') return baseline.organicVolume().measure(totalPosts(organicCounts(counts)), from, to);
  return baseline.negative().measure(counts.negative, from, to);
}

function isLargeChange({ metric, minChange }: Pick<Rule, 'metric' | 'minChange'>, { observed, expected }: Measured): boolean {
  if (metric === 'netSentiment') return Math.abs(observed - expected) >= minChange;
  return Math.max(observed, expected) >= minChange * Math.min(observed, expected);
}

type Measured = Pick<Evaluation, 'observed' | 'expected'>;
