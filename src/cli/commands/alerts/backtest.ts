import { Command, InvalidArgumentError, Option } from 'commander';
import { timeZone } from '../../../config/schema.ts';
import { dayMs } from '../../../lib/duration.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import type { BacktestResult } from '../../../server/routes/alerts/alert-schemas.ts';
import { waitForJob } from '../../api-client.ts';
import { type SharedOptions, withConfiguredApi, withSharedOptions } from '../../options.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';
import { formatMinute } from '../../output/format.ts';
import { type Column, type Format, formatRows, formats } from '../../output/format-rows.ts';
import { printSeriesBacktest } from './backtest-series.ts';
import { evaluationColumns, timeColumns, updatesColumn } from './list.ts';

interface Options extends SharedOptions {
  readonly rule?: string;
  readonly since?: string;
  readonly until?: string;
  readonly brand?: string;
  readonly window?: string;
  readonly sensitivity?: string;
  readonly minChange?: string;
  readonly csv?: string;
  readonly format?: Format;
  readonly threshold: number;
  readonly timeZone: string;
}

const examples = `
The result for a minute, or for a row, depends only on earlier ones, as in a live run.

  $ feedpulse alerts backtest --rule volume --since now-30d
  $ feedpulse alerts backtest --rule sentiment --brand Brixomel --sensitivity high --window 30m
  $ feedpulse alerts backtest --csv mentions.csv                  every row, as CSV
  $ feedpulse alerts backtest --csv mentions.csv --format table   only rows on which an alert starts
`;

export function createBacktestCommand(): Command {
  return withSharedOptions(new Command('backtest'))
    .description('backtest a rule over the stored history, or detect anomalies in a CSV series of volumes')
    .option('--rule <name>', 'a configured rule, or a default rule: volume, sentiment')
    .option('--since <time>', 'start, ISO 8601 or relative (default: now-7d); minute rollups are kept for 30 days by default')
    .option('--until <time>', 'end (default: now)')
    .option('--brand <name>', 'only this brand')
    .option('--window <duration>', "override the rule's window")
    .option('--sensitivity <level>', 'override the sensitivity: low, balanced, high, or a rarity')
    .option('--min-change <number>', 'override the minimum change')
    .option('--csv <file>', 'read `timestamp,value` rows, in chronological order, evenly spaced; - reads standard input')
    .addOption(
      new Option(
        '--format <format>',
        'output format (default: table for a rule, csv for a series; csv and json include every row)',
      ).choices(formats),
    )
    .option('--threshold <score>', 'with --csv: score from 0 to 1 at which an alert starts', parseScore, 0.5)
    .option('--time-zone <zone>', 'with --csv: time zone of the hourly and weekly baseline', parseZone, 'UTC')
    .addHelpText('after', examples)
    .action(async ({ csv, rule, ...options }: Options) => {
      if ((csv === undefined) === (rule === undefined)) throw new FeedpulseError('USAGE', 'Expected either --rule or --csv.');
      if (csv !== undefined) await printSeriesBacktest(csv, options.format ?? 'csv', options);
      else if (rule !== undefined) await backtestRule(rule, options);
    });
}

/** Prints the alerts that a rule would have raised. @throws USAGE, what `waitForJob` throws */
async function backtestRule(rule: string, options: Omit<Options, 'csv' | 'rule'>): Promise<void> {
  const { since, until, brand, format = 'table' } = options;
  const body = { rule, from: since, to: until, brand, settings: toRuleSettings(options) };
  const { result } = await withConfiguredApi(options, (api) => waitForJob(api, 'Evaluating minutes', '/api/v1/alerts/backtest', body));
  const found = result as BacktestResult | undefined; // the result type of this route's jobs
  if (!found) throw new FeedpulseError('JOB_FAILED', 'The backtest ended without a result.');
  if (format !== 'table') return void process.stdout.write(formatRows(format, found.alerts, columns, found));
  if (found.alerts.length > 0) process.stdout.write(formatRows(format, found.alerts, columns));
  const days = (Date.parse(found.to) - Date.parse(found.from)) / dayMs;
  process.stderr.write(`${found.alerts.length} alerts in ${days.toFixed(1)} days since ${formatMinute(found.from)}.\n`);
}

function toRuleSettings({ window, sensitivity, minChange }: Partial<Options>): object {
  const toNumberIfNumeric = (text: string | undefined): unknown =>
    text !== undefined && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
  return {
    window,
    sensitivity: toNumberIfNumeric(sensitivity),
    minChange: toNumberIfNumeric(minChange),
  };
}

const columns: readonly Column<BacktestResult['alerts'][number]>[] = [
  ...timeColumns,
  { title: 'BRAND', name: 'brand', value: ({ brand }) => escapeTerminal(brand) },
  ...evaluationColumns,
  updatesColumn,
];

function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !(score > 0 && score < 1)) throw new InvalidArgumentError('Expected a number between 0 and 1.');
  return score;
}

function parseZone(text: string): string {
  if (!timeZone.safeParse(text).success) throw new InvalidArgumentError('Expected an IANA time zone, such as Europe/Berlin.');
  return text;
}
