import { mostAlerts, type Unusual } from '../api/alerts.ts';
import { formatClock, formatCount, formatCounted, formatLength, formatNet, formatWhole } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import type { Span } from '../state/view-state.ts';

const names = { volume: 'volume', netSentiment: 'net sentiment', negativeVolume: 'negative posts', noData: 'posts of anyone' } as const;

/** What happened, in a sentence without its brand. */
export function whatHappened({ metric, direction, observed, expected }: Unusual['evaluation']): string {
  if (metric === 'noData') return 'no post of anyone arrived';
  const value = metric === 'netSentiment' ? formatNet : (count: number) => formatCount(Math.round(count));
  return `${names[metric]} ${direction === 'up' ? 'rose' : 'fell'} to ${value(observed)}, ${value(expected)} expected`;
}

/** Since when, for how long, and from how many posts. */
export function whenItWas({ at, resolvedAt, evaluation }: Pick<Unusual, 'at' | 'resolvedAt' | 'evaluation'>, timeZone: string): string {
  const lasted = resolvedAt === null ? 'still on' : `for ${formatLength(Date.parse(resolvedAt) - Date.parse(at))}`;
  return `since ${formatClock(at, timeZone)}, ${lasted} · ${formatCounted(evaluation.posts, 'post')}`;
}

/** How many a list of them has. */
export const alertCount = ({ length }: { readonly length: number }): string =>
  length < mostAlerts ? `${formatWhole(length)} in this range` : `the latest ${formatWhole(length)} of this range`;

export const titleOf = ({ brand, evaluation }: Pick<Unusual, 'brand' | 'evaluation'>): string =>
  `${brandTitle(brand)}: ${whatHappened(evaluation)}`;

/** Whether it is bad news: less liked, or more complaints. */
export const isBad = ({ metric, direction }: Unusual['evaluation']): boolean =>
  metric === 'noData' || (metric === 'netSentiment' ? direction === 'down' : metric === 'negativeVolume' && direction === 'up');

const beforeMs = 3 * 3_600_000;
const afterMs = 1_800_000;

/** A stretch in which it is seen against what was usual: a while from before it to after it, or to now. */
export function aroundIt({ evaluation, resolvedAt }: Pick<Unusual, 'evaluation' | 'resolvedAt'>, now: number): Span {
  const end = resolvedAt === null ? now : Math.min(now, Math.max(Date.parse(evaluation.to), Date.parse(resolvedAt)) + afterMs);
  return { from: new Date(Date.parse(evaluation.from) - beforeMs).toISOString(), to: new Date(end).toISOString() };
}

/** From where it began to where it ended, or to now. */
export function duringIt({ evaluation, resolvedAt }: Pick<Unusual, 'evaluation' | 'resolvedAt'>, now: number): Span {
  return { from: evaluation.from, to: resolvedAt ?? new Date(now).toISOString() };
}
