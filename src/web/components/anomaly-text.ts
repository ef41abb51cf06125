import { mostAlerts, type Unusual } from '../api/alerts.ts';
import { formatClock, formatCount, formatCounted, formatLength, formatNet, formatWhole } from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import type { Span } from '../state/view-state.ts';

const names = { volume: 'volume', netSentiment: 'net sentiment', negativeVolume: 'negative posts', noData: 'posts of anyone' } as const;

/** What happened, in a sentence without its brand. */
export function whatHappened({ what, direction, observed, expected }: Unusual['verdict']): string {
  if (what === 'noData') return 'no post of anyone arrived';
  const value = what === 'netSentiment' ? formatNet : (count: number) => formatCount(Math.round(count));
  return `${names[what]} ${direction === 'up' ? 'rose' : 'fell'} to ${value(observed)}, ${value(expected)} expected`;
}

/** Since when, for how long, and from how many posts. */
export function whenItWas({ at, resolvedAt, verdict }: Pick<Unusual, 'at' | 'resolvedAt' | 'verdict'>, timeZone: string): string {
  const lasted = resolvedAt === null ? 'still on' : `for ${formatLength(Date.parse(resolvedAt) - Date.parse(at))}`;
  return `since ${formatClock(at, timeZone)}, ${lasted} · ${formatCounted(verdict.posts, 'post')}`;
}

/** How many a list of them has. */
export const alertCount = ({ length }: { readonly length: number }): string =>
  length < mostAlerts ? `${formatWhole(length)} in this range` : `the latest ${formatWhole(length)} of this range`;

export const titleOf = ({ brand, verdict }: Pick<Unusual, 'brand' | 'verdict'>): string => `${brandTitle(brand)}: ${whatHappened(verdict)}`;

/** Whether it is bad news: less liked, or more complaints. */
export const isBad = ({ what, direction }: Unusual['verdict']): boolean =>
  what === 'noData' || (what === 'netSentiment' ? direction === 'down' : what === 'negativeVolume' && direction === 'up');

const beforeMs = 3 * 3_600_000;
const afterMs = 1_800_000;

/** A stretch in which it is seen against what was usual: a while from before it to after it, or to now. */
export function aroundIt({ verdict, resolvedAt }: Pick<Unusual, 'verdict' | 'resolvedAt'>, now: number): Span {
  const end = resolvedAt === null ? now : Math.min(now, Math.max(Date.parse(verdict.to), Date.parse(resolvedAt)) + afterMs);
  return { from: new Date(Date.parse(verdict.from) - beforeMs).toISOString(), to: new Date(end).toISOString() };
}

/** From where it began to where it ended, or to now. */
export function duringIt({ verdict, resolvedAt }: Pick<Unusual, 'verdict' | 'resolvedAt'>, now: number): Span {
  return { from: verdict.from, to: resolvedAt ?? new Date(now).toISOString() };
}
