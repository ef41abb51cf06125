import { alertMetricNames } from '../../domain/alert.ts';
import type { EvaluationResponse, Incident } from '../api/alerts.ts';
import { formatDateTime, formatDuration, formatTimeRange } from '../format.ts';
import type { TimeRange } from '../state/view-state.ts';

const minuteMs = 60_000;
const contextBeforeMs = 3 * 60 * minuteMs;
const contextAfterMs = 30 * minuteMs;

/** When it began and how long it has lasted. */
export function describeSpan({ at, resolvedAt }: Pick<Incident, 'at' | 'resolvedAt'>, timeZone: string, now = Date.now()): string {
  const duration = formatDuration((resolvedAt === null ? now : Date.parse(resolvedAt)) - Date.parse(at));
  const when = resolvedAt === null ? `Since ${formatDateTime(at, timeZone)}` : formatTimeRange({ from: at, to: resolvedAt }, timeZone);
  return `${when} (${duration})`;
}

/** What was measured. */
export const metricTitle = ({ metric }: EvaluationResponse): string =>
  metric === 'netSentiment' ? alertMetricNames.netSentiment : metric === 'negativeVolume' ? 'negative posts' : 'posts';

/** What happened in a few words, for lists. */
export function summarize({ metric, direction }: EvaluationResponse): string {
  if (metric === 'noData') return 'no posts received';
  return `${alertMetricNames[metric]} ${direction === 'up' ? 'rose' : 'fell'}`;
}

/** The label of the posts that explain it; undefined (any label) for a change in volume. */
export function labelOf({ metric, direction }: EvaluationResponse): 'negative' | 'positive' | undefined {
  if (metric === 'netSentiment') return direction === 'down' ? 'negative' : 'positive';
  return metric === 'negativeVolume' ? 'negative' : undefined;
}

/** The incident with some time before and after it, in whole minutes and not beyond `now` (ms since 1970). */
export function rangeAround({ from, resolvedAt }: Pick<Incident, 'from' | 'resolvedAt'>, now: number): TimeRange {
  const end = resolvedAt === null ? now : Math.min(now, Date.parse(resolvedAt) + contextAfterMs);
  const toMinute = (ms: number): string => new Date(Math.floor(ms / minuteMs) * minuteMs).toISOString();
  return { from: toMinute(Date.parse(from) - contextBeforeMs), to: toMinute(end) };
}
