import { Command } from 'commander';
import { alertMetricNames } from '../../../domain/alert.ts';
import type { AlertResponse, AlertsResponse } from '../../../server/routes/alerts/alert-schemas.ts';
import { type RangeOptions, withConfiguredApi, withRangeOptions } from '../../options.ts';
import { formatMinute, formatPercent } from '../../output/format.ts';
import { type Column, formatRows } from '../../output/format-rows.ts';

interface Options extends RangeOptions {
  readonly brand?: string;
  readonly rule?: string;
  readonly active?: boolean;
  readonly limit: string;
}

export function createListCommand(): Command {
  return withRangeOptions(new Command('list'))
    .description('list alerts that were active in a range, newest first, with feedback per rule')
    .option('--brand <name>', 'only this brand; * for rules that cover all posts')
    .option('--rule <name>', 'only this rule')
    .option('--active', 'only alerts that are still active')
    .option('--limit <number>', 'maximum number of alerts, up to 1000', '100')
    .action(async (options: Options) => {
      const { brand, rule, active = false, limit, since, until, format } = options;
      const query = { from: since, to: until, brand, rule, active: String(active), limit };
      const found = await withConfiguredApi(options, (api) => api.get<AlertsResponse>('/api/v1/alerts', query));
      const isEmptyTable = format === 'table' && found.alerts.length === 0;
      process.stdout.write(isEmptyTable ? 'No alerts.\n' : formatRows(format, found.alerts, columns, found));
      if (format === 'table') process.stderr.write(footer(found));
    });
}

/** One-line summary of the evaluation. */
export function summarizeAlert({ evaluation }: Pick<AlertResponse, 'evaluation'>): string {
  const { metric, direction, observed, expected } = evaluation;
  if (metric === 'noData') return 'no posts';
  return `${alertMetricNames[metric]} ${direction} to ${observed.toFixed(0)}, expected ${expected.toFixed(0)}`;
}

/** Columns shared by alerts and backtest results. */
export const timeColumns: readonly Column<Pick<AlertResponse, 'at' | 'resolvedAt'>>[] = [
  { title: 'STARTED (UTC)', name: 'at', value: ({ at }) => at, show: ({ at }) => formatMinute(at) },
  {
    title: 'RESOLVED',
    name: 'resolvedAt',
    value: ({ resolvedAt }) => resolvedAt,
    show: ({ resolvedAt }) => (resolvedAt ? formatMinute(resolvedAt) : 'active'),
  },
];

export const evaluationColumns: readonly Column<Pick<AlertResponse, 'evaluation'>>[] = [
  { title: 'METRIC', name: 'metric', value: ({ evaluation }) => evaluation.metric, show: summarizeAlert },
  { title: 'Z', name: 'z', value: ({ evaluation }) => evaluation.z, show: ({ evaluation }) => evaluation.z.toFixed(1) },
  { title: 'POSTS', name: 'posts', value: ({ evaluation }) => evaluation.posts },
];

/** What happened between start and end. */
export const updatesColumn: Column<{ readonly updates: readonly { readonly kind: string; readonly at: string }[] }> = {
  title: 'UPDATES',
  name: 'updates',
  value: ({ updates }) => formatUpdates(updates, (at) => at),
  show: ({ updates }) => formatUpdates(updates, formatMinute) || '–',
};

export const formatUpdates = (
  updates: readonly { readonly kind: string; readonly at: string }[],
  formatTime: (at: string) => string,
): string => updates.map(({ kind, at }) => `${kind} ${formatTime(at)}`).join(', ');

const columns: readonly Column<AlertResponse>[] = [
  { title: 'ALERT', name: 'id', value: ({ id }) => id },
  ...timeColumns,
  { title: 'BRAND', name: 'brand', value: ({ brand }) => brand },
  { title: 'RULE', name: 'rule', value: ({ rule }) => rule },
  ...evaluationColumns,
  updatesColumn,
  {
    title: 'FEEDBACK',
    name: 'feedback',
    value: ({ feedback }) => feedback,
    show: ({ feedback, acked }) => feedback ?? (acked ? 'acknowledged' : '–'),
  },
];

function footer({ rules, silences }: AlertsResponse): string {
  const rated = rules.filter(({ noiseRate }) => noiseRate !== null);
  const rates = rated.map(
    ({ rule, noiseRate, useful, noise }) => `${rule}: ${formatPercent(noiseRate)} of ${useful + noise} rated alerts were noise\n`,
  );
  const silenced = silences.map(
    ({ rule, brand, until }) => `silenced until ${formatMinute(until)}: ${rule ?? 'every rule'}, ${brand ?? 'every brand'}\n`,
  );
  return [...rates, ...silenced].join('');
}
