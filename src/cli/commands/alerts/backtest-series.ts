import { backtest, type Judged } from '../../../alerts/series/backtest-series.ts';
import { type Column, type Format, printRows } from '../../output/print-table.ts';
import { type ReadSample, readSeries } from './read-series.ts';

export interface SeriesOptions {
  readonly csv: string;
  readonly format: Format;
  readonly alertFrom: number;
  readonly timezone: string;
}

interface Row extends Omit<Judged, 'alert' | 'time'> {
  readonly timestamp: string;
  readonly alert: 0 | 1;
}

/** Prints what would have been said of each row of a file. @throws FILE_UNREADABLE */
export async function backtestSeries({ csv, format, ...options }: SeriesOptions): Promise<void> {
  const samples: ReadSample[] = [];
  for await (const sample of readSeries(csv)) samples.push(sample);
  const { rows, alerts } = judge(samples, options);
  process.stdout.write(format === 'table' && alerts.length === 0 ? '' : printRows(format, format === 'table' ? alerts : rows, columns));
  if (format !== 'json') process.stderr.write(`${alerts.length} alerts in ${rows.length} rows.\n`);
}

const rounded = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 10 ? 1 : 0));

const columns: readonly Column<Row>[] = [
  { title: 'TIME', name: 'timestamp', value: ({ timestamp }) => timestamp },
  { title: 'VALUE', name: 'value', value: ({ value }) => value },
  { title: 'EXPECTED', name: 'expected', value: ({ expected }) => expected, show: ({ expected }) => rounded(expected) },
  { title: 'SCORE', name: 'score', value: ({ score }) => score, show: ({ score }) => score.toFixed(2) },
  { title: 'ALERT', name: 'alert', value: ({ alert }) => alert },
];

function judge(
  samples: readonly ReadSample[],
  { alertFrom, timezone }: Pick<SeriesOptions, 'alertFrom' | 'timezone'>,
): { rows: Row[]; alerts: Row[] } {
  const rows: Row[] = [];
  let index = 0;
  for (const { value, expected, score, alert } of backtest(samples, { alertFrom, timeZone: timezone })) {
    const { timestamp = '' } = samples[index++] ?? {};
    rows.push({ timestamp, value, expected, score, alert: alert ? 1 : 0 });
  }
  return { rows, alerts: rows.filter(({ alert }) => alert === 1) };
}
