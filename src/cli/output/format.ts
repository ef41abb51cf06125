import type { Change, Interval } from '../../domain/brand-metrics.ts';
import type { Column } from './format-rows.ts';

/** Figures as a table shows them. What is not known is a dash. */

/** A difference with its sign, unless it rounds to 0. */
export const formatSigned = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
};

export const formatCount = (count: number): string => count.toLocaleString('en');

export const formatNetSentiment = (net: number | null): string => (net === null ? '–' : formatSigned(net, 0));

export const formatPercent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

const units = ['B', 'kB', 'MB', 'GB'] as const;

/** A size in decimal units, as disks and hubs have it. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** A 95 % interval, of a net sentiment or of a share. */
export function formatInterval(interval: Interval | null, kind: 'net' | 'share'): string {
  if (!interval) return '–';
  const show = (value: number): string => (kind === 'net' ? formatSigned(value, 0) : (100 * value).toFixed(1));
  return `${show(interval.low)} … ${show(interval.high)}`;
}

/** A change in points, with a star where it is significant. */
export const formatChange = (change: Change | null | undefined, unit = ''): string =>
  change ? `${formatSigned(change.difference, 1)}${unit}${star(change)}` : '–';

/** The change of a count as a share of what it was, with a star where it is significant. */
export function formatGrowth(change: Change | null | undefined, before: number): string {
  if (!change) return '–';
  if (before === 0) return change.difference === 0 ? '0 %' : 'new';
  const percent = (100 * change.difference) / before;
  return percent >= 900 ? `×${Math.round(1 + percent / 100)}${star(change)}` : `${formatSigned(percent, 0)} %${star(change)}`;
}

const star = ({ significant }: Change): string => (significant ? ' *' : '');

/** Columns of an interval: one to look at, and its two bounds to reckon with. */
export function intervalColumns<Row>(name: string, kind: 'net' | 'share', of: (row: Row) => Interval | null): Column<Row>[] {
  return [
    { title: '95 %', name: '', omitIn: 'csv', value: (row) => formatInterval(of(row), kind) },
    { title: '', name: `${name}Low`, omitIn: 'table', value: (row) => of(row)?.low ?? null },
    { title: '', name: `${name}High`, omitIn: 'table', value: (row) => of(row)?.high ?? null },
  ];
}
