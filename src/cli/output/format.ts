import type { Change, Interval } from '../../domain/brand-metrics.ts';
import type { Column } from './format-rows.ts';

/** Formats values for tables; null is a dash. */

/** A difference with its sign, unless it rounds to 0. */
export const formatSigned = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
};

export const formatCount = (count: number): string => count.toLocaleString('en');

/** A line on metrics that trail the stored posts; empty if they do not. */
export const formatPending = (pending: number): string =>
  pending === 0 ? '' : `${formatCount(pending)} ${pending === 1 ? 'minute' : 'minutes'} of posts not counted yet.\n`;

export const formatPosts = (count: number): string => `${formatCount(count)} ${count === 1 ? 'post' : 'posts'}`;

/** `2026-01-31 12:00` of an ISO 8601 time. */
export const formatMinute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

export const formatNetSentiment = (net: number | null): string => (net === null ? '–' : formatSigned(net, 0));

export const formatPercent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)}%`);

const units = ['B', 'kB', 'MB', 'GB'] as const;

/** A size in decimal units (kB, MB), as on model hubs. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** A 95% confidence interval of net sentiment or of a share. */
export function formatInterval(interval: Interval | null, kind: 'net' | 'share'): string {
  if (!interval) return '–';
  const show = (value: number): string => (kind === 'net' ? formatSigned(value, 0) : (100 * value).toFixed(1));
  return `${show(interval.low)} … ${show(interval.high)}`;
}

/** A change in points, with a star if significant. */
export const formatChange = (change: Change | null | undefined, unit = ''): string =>
  change ? `${formatSigned(change.difference, 1)}${unit}${star(change)}` : '–';

/** Relative change of a count, with a star if significant. */
export function formatGrowth(change: Change | null | undefined, before: number): string {
  if (!change) return '–';
  if (before === 0) return change.difference === 0 ? '0%' : 'new';
  const percent = (100 * change.difference) / before;
  return percent >= 900 ? `×${Math.round(1 + percent / 100)}${star(change)}` : `${formatSigned(percent, 0)}%${star(change)}`;
}

const star = ({ significant }: Change): string => (significant ? ' *' : '');

/** Columns of an interval: formatted for tables, two numeric bounds for CSV. */
export function intervalColumns<Row>(name: string, kind: 'net' | 'share', select: (row: Row) => Interval | null): Column<Row>[] {
  return [
    { title: '95% CI', name: '', omitIn: 'csv', value: (row) => formatInterval(select(row), kind) },
    { title: '', name: `${name}Low`, omitIn: 'table', value: (row) => select(row)?.low ?? null },
    { title: '', name: `${name}High`, omitIn: 'table', value: (row) => select(row)?.high ?? null },
  ];
}
