import { Command, InvalidArgumentError, Option } from 'commander';
import { timeZone } from '../../../config/schema.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { type SharedOptions, withSharedOptions } from '../../options.ts';
import { type Format, formats } from '../../output/print-table.ts';
import { backtestRule, type RuleBacktestOptions } from './backtest-rule.ts';
import { backtestSeries, type SeriesOptions } from './backtest-series.ts';

interface Options extends SharedOptions, Omit<Partial<SeriesOptions & RuleBacktestOptions>, 'format'> {
  readonly alertFrom: number;
  readonly timezone: string;
  readonly format?: Format;
  readonly json?: boolean;
}

const examples = `
What is said of a minute, or of a row, follows from those before it alone: as in a live run.

  $ feedpulse alerts backtest --rule volume --since now-30d
  $ feedpulse alerts backtest --rule sentiment --brand Brixomel --sensitivity high --window 30m
  $ feedpulse alerts backtest --csv mentions.csv                  every row, as CSV
  $ feedpulse alerts backtest --csv mentions.csv --format table   the rows on which an alert begins
`;

export function alertsBacktest(): Command {
  return withSharedOptions(new Command('backtest'))
    .description('when a rule would have raised an alert over the stored history, or over a series of volumes')
    .option('--rule <name>', 'a rule of the config, or one of the usual two: volume, sentiment')
    .option('--since <time>', 'ISO 8601, or relative (default: now-7d); minutes are kept for 30 days')
    .option('--until <time>', 'the same (default: now)')
    .option('--brand <name>', 'of this brand only')
    .option('--window <duration>', 'try another window')
    .option('--sensitivity <how>', 'try low, balanced, high, or a number of standard deviations')
    .option('--minimum-posts <number>', 'try another')
    .option('--minimum-change <number>', 'try another')
    .option('--csv <file>', 'rows of `timestamp,value`, in order of time, evenly spaced; - is standard input')
    .addOption(
      new Option(
        '--format <format>',
        'of a rule a table unless you say otherwise; of a series csv. csv and json have every row of a series',
      ).choices(formats),
    )
    .option('--json', 'the same as --format json')
    .option('--alert-from <score>', 'of a series: the score, 0 to 1, from which on an alert begins', parseScore, 0.5)
    .option('--timezone <zone>', 'of a series: whose hours of the day and of the week are compared', parseZone, 'UTC')
    .addHelpText('after', examples)
    .action(async ({ json, format: given, ...options }: Options) => {
      const { csv, rule } = options;
      if ((csv === undefined) === (rule === undefined)) throw new FeedpulseError('USAGE', 'say either --rule or --csv');
      const format = json ? 'json' : given;
      if (csv !== undefined) await backtestSeries({ ...options, csv, format: format ?? 'csv' });
      else if (rule !== undefined) await backtestRule({ ...options, rule, format: format ?? 'table' });
    });
}

function parseScore(text: string): number {
  const score = Number(text);
  if (text.trim() === '' || !(score > 0 && score <= 1)) throw new InvalidArgumentError('expected a number above 0, and at most 1.');
  return score;
}

function parseZone(text: string): string {
  if (!timeZone.safeParse(text).success) throw new InvalidArgumentError('expected an IANA time zone, such as Europe/Berlin.');
  return text;
}
