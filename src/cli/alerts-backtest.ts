import { Command, InvalidArgumentError, Option } from 'commander';
import { backtest, type Judged } from '../alerts/backtest.ts';
import { timeZone } from '../config.ts';
import { type Column, type Format, formats, printRows } from './print-table.ts';
import { type ReadSample, readSeries } from './read-series.ts';

interface Options {
  readonly csv: string;
  readonly format: Format;
  readonly json?: boolean;
  readonly alertFrom: number;
  readonly timezone: string;
}

interface Row extends Omit<Judged, 'alert' | 'time'> {
  readonly timestamp: string;
  readonly alert: 0 | 1;
}

const examples = `
A row is judged by the rows before it alone, so that the figures are those of a live run.

  $ feedpulse alerts backtest --csv mentions.csv                  every row, as CSV
  $ feedpulse alerts backtest --csv mentions.csv --format table   the rows on which an alert begins
`;

export function alertsBacktest(): Command {
  return new Command('backtest')
    .description('when a series of volumes would have raised an alert')
    .requiredOption('--csv <file>', 'rows of `timestamp,value`, in order of time, evenly spaced; - is standard input')
    .addOption(
      new Option('--format <format>', 'csv and json have every row, a table those on which an alert begins')
        .choices(formats)
        .default('csv'),
    )
    .option('--json', 'the same as --format json')
    .option('--alert-from <score>', 'the score, 0 to 1, from which on an alert begins', parseScore, 0.5)
    .option('--timezone <zone>', 'whose hours of the day and of the week are compared', parseZone, 'UTC')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const samples: ReadSample[] = [];
      for await (const sample of readSeries(options.csv)) samples.push(sample);
      const { rows, alerts } = judge(samples, options);
      const format = options.json ? 'json' : options.format;
      process.stdout.write(format === 'table' && alerts.length === 0 ? '' : printRows(format, format === 'table' ? alerts : rows, columns));
      if (format !== 'json') process.stderr.write(`${alerts.length} alerts in ${rows.length} rows.\n`);
    });
}

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 10 ? 1 : 0));

const columns: readonly Column<Row>[] = [
  { title: 'TIME', name: 'timestamp', value: ({ timestamp }) => timestamp },
  { title: 'VALUE', name: 'value', value: ({ value }) => value },
  { title: 'EXPECTED', name: 'expected', value: ({ expected }) => expected, show: ({ expected }) => rounded(expected) },
  { title: 'SCORE', name: 'score', value: ({ score }) => score, show: ({ score }) => score.toFixed(2) },
  { title: 'ALERT', name: 'alert', value: ({ alert }) => alert },
];

function judge(samples: readonly ReadSample[], { alertFrom, timezone }: Options): { rows: Row[]; alerts: Row[] } {
  const rows: Row[] = [];
  let index = 0;
  for (const { value, expected, score, alert } of backtest(samples, { alertFrom, timeZone: timezone })) {
    const { timestamp = '' } = samples[index++] ?? {};
    rows.push({ timestamp, value, expected, score, alert: alert ? 1 : 0 });
  }
  return { rows, alerts: rows.filter(({ alert }) => alert === 1) };
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
