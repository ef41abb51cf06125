import { alertMetricNames } from '../../domain/alert.ts';
import { type AlertResponse, type AlertUpdateResponse, type Anomaly, maxAlerts } from '../api/alerts.ts';
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatInteger,
  formatNetSentiment,
  formatPlural,
  formatTimeRange,
} from '../format.ts';
import { brandTitle } from '../state/brands.ts';
import { navigate } from '../state/router.ts';
import type { TimeRange } from '../state/view-state.ts';

/** Opens the chart of an anomaly's brand, from some time before the anomaly to some time after. */
export const showOnChart = (anomaly: Anomaly): void =>
  navigate({ page: 'overview', brands: anomaly.brand === '*' ? [] : [anomaly.brand], customRange: rangeAround(anomaly, Date.now()) });

/** What happened, without the brand. */
function describeAnomaly({ metric, direction, observed, expected }: Anomaly['evaluation'], adverb = ''): string {
  if (metric === 'noData') return 'no posts received';
  const value = metric === 'netSentiment' ? formatNetSentiment : (count: number) => formatCount(Math.round(count));
  return `${alertMetricNames[metric]} ${direction === 'up' ? 'rose' : 'fell'}${adverb} to ${value(observed)} (expected ${value(expected)})`;
}

/** What happened between the start and the end of an alert. */
export const describeUpdate = ({ kind, evaluation }: AlertUpdateResponse): string =>
  kind === 'resolved' ? 'back to normal' : describeAnomaly(evaluation, kind === 'escalated' ? ' further' : ' again');

/** The spans in which an alert was active: several if it began again. An open end is null. */
export function activeSpans({ at, resolvedAt, updates }: Pick<AlertResponse, 'at' | 'resolvedAt' | 'updates'>) {
  const starts = [at, ...updates.flatMap(({ kind, at }) => (kind === 'reopened' ? at : []))];
  const ends = [...updates.flatMap(({ kind, at }) => (kind === 'resolved' ? at : [])), resolvedAt];
  return starts.map((from, index) => ({ from, to: ends[index] ?? null }));
}

/** When it started, how long it lasted, and the number of posts. */
export function describeDuration(
  { at, resolvedAt, evaluation }: Pick<Anomaly, 'at' | 'resolvedAt' | 'evaluation'>,
  timeZone: string,
): string {
  const when = resolvedAt === null ? `Since ${formatDateTime(at, timeZone)}, ongoing` : formatResolved(at, resolvedAt, timeZone);
  return `${when} · ${formatPlural(evaluation.posts, 'post')}`;
}

const formatResolved = (at: string, resolvedAt: string, timeZone: string): string =>
  `${formatTimeRange({ from: at, to: resolvedAt }, timeZone)} (${formatDuration(Date.parse(resolvedAt) - Date.parse(at))})`;

/** The length of a list of alerts. */
export const formatAlertCount = ({ length }: { readonly length: number }): string =>
  length < maxAlerts ? formatPlural(length, 'alert') : `Latest ${formatInteger(length)} alerts`;

export const anomalyTitle = ({ brand, evaluation }: Pick<Anomaly, 'brand' | 'evaluation'>): string =>
  `${brandTitle(brand)}: ${describeAnomaly(evaluation)}`;

/** Whether it is bad news: lower sentiment, more complaints, or no data. */
export const isAdverse = ({ metric, direction }: Anomaly['evaluation']): boolean =>
  metric === 'noData' || (metric === 'netSentiment' ? direction === 'down' : metric === 'negativeVolume' && direction === 'up');

const beforeMs = 3 * 3_600_000;
const afterMs = 1_800_000;

/** A range with context: from three hours before the anomaly to half an hour after, or to now. */
function rangeAround({ evaluation, resolvedAt }: Pick<Anomaly, 'evaluation' | 'resolvedAt'>, now: number): TimeRange {
  const end = resolvedAt === null ? now : Math.min(now, Math.max(Date.parse(evaluation.to), Date.parse(resolvedAt)) + afterMs);
  return { from: new Date(Date.parse(evaluation.from) - beforeMs).toISOString(), to: new Date(end).toISOString() };
}
