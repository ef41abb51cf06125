import { FeedpulseError } from '../../../lib/errors.ts';
import type { BacktestResult } from '../../../server/routes/alerts/alert-schemas.ts';
import { waitForJob } from '../../api-client.ts';
import type { SharedOptions } from '../../options.ts';
import { withConfiguredApi } from '../../options.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';
import { type Column, type Format, printRows } from '../../output/print-table.ts';
import { toldShortly } from './list.ts';

export interface RuleBacktestOptions extends SharedOptions {
  readonly rule: string;
  readonly since?: string;
  readonly until?: string;
  readonly brand?: string;
  readonly window?: string;
  readonly sensitivity?: string;
  readonly minimumPosts?: string;
  readonly minimumChange?: string;
  readonly format: Format;
}

type Row = BacktestResult['alerts'][number];

/** Prints when a rule would have spoken over the stored history, with the settings that are tried. @throws USAGE, DATABASE_UNAVAILABLE */
export async function backtestRule(options: RuleBacktestOptions): Promise<void> {
  const { rule, since, until, brand, format } = options;
  const body = { rule, since, until, brand, settings: settingsOf(options) };
  const { result } = await withConfiguredApi(options, (api) => waitForJob(api, 'Judging, minutes', '/api/v1/alerts/backtest', body));
  const found = result as BacktestResult | undefined; // what this route's jobs answer
  if (!found) throw new FeedpulseError('DATABASE_UNAVAILABLE', 'the replay ended without an answer');
  if (format !== 'table') return void process.stdout.write(printRows(format, found.alerts, columns, found));
  if (found.alerts.length > 0) process.stdout.write(printRows(format, found.alerts, columns));
  const days = (Date.parse(found.to) - Date.parse(found.from)) / 86_400_000;
  process.stderr.write(`${found.alerts.length} alerts in ${days.toFixed(1)} days from ${shownTime(found.from)} on.\n`);
}

function settingsOf({ window, sensitivity, minimumPosts, minimumChange }: RuleBacktestOptions): object {
  const number = (text: string | undefined): unknown =>
    text !== undefined && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  return { window, sensitivity: number(sensitivity), minimumPosts: number(minimumPosts), minimumChange: number(minimumChange) };
}

const shownTime = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const columns: readonly Column<Row>[] = [
  { title: 'BEGAN (UTC)', name: 'at', value: ({ at }) => at, show: ({ at }) => shownTime(at) },
  {
    title: 'ENDED',
    name: 'resolvedAt',
    value: ({ resolvedAt }) => resolvedAt,
    show: ({ resolvedAt }) => (resolvedAt ? shownTime(resolvedAt) : 'still on'),
  },
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  { title: 'WHAT', name: 'what', value: ({ evaluation }) => evaluation.metric, show: toldShortly },
  { title: 'Z', name: 'z', value: ({ evaluation }) => evaluation.z, show: ({ evaluation }) => evaluation.z.toFixed(1) },
  { title: 'POSTS', name: 'posts', value: ({ evaluation }) => evaluation.posts },
];
