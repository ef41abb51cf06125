import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { backtestSeries, type Sample, type SeriesBacktestOptions, type SeriesEvaluation } from '../../../alerts/backtest-series.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { parseTime } from '../../../lib/time.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';
import { type Column, type Format, formatRows } from '../../output/format-rows.ts';

/** A sample with its time as written in the file. */
interface ParsedSample extends Sample {
  readonly timestamp: string;
}

interface Row extends Omit<SeriesEvaluation, 'alert' | 'time'> {
  readonly timestamp: string;
  readonly alert: 0 | 1;
}

/** Prints every row of a CSV file with its score; as a table, only the rows on which an alert starts. @throws FILE_INACCESSIBLE */
export async function printSeriesBacktest(file: string, format: Format, options: SeriesBacktestOptions): Promise<void> {
  const samples: ParsedSample[] = [];
  for await (const sample of readSeries(file)) samples.push(sample);
  const rows = await evaluateSamples(samples, options);
  const alerts = rows.filter(({ alert }) => alert === 1);
  process.stdout.write(format === 'table' && alerts.length === 0 ? '' : formatRows(format, format === 'table' ? alerts : rows, columns));
  if (format !== 'json') process.stderr.write(`${alerts.length} alerts in ${rows.length} rows.\n`);
}

const formatValue = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 10 ? 1 : 0));

const columns: readonly Column<Row>[] = [
  { title: 'TIME', name: 'timestamp', value: ({ timestamp }) => timestamp },
  { title: 'VALUE', name: 'value', value: ({ value }) => value },
  { title: 'EXPECTED', name: 'expected', value: ({ expected }) => expected, show: ({ expected }) => formatValue(expected) },
  { title: 'SCORE', name: 'score', value: ({ score }) => score, show: ({ score }) => score.toFixed(2) },
  { title: 'ALERT', name: 'alert', value: ({ alert }) => alert },
];

async function evaluateSamples(samples: readonly ParsedSample[], options: SeriesBacktestOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { value, expected, score, alert } of backtestSeries(samples, options)) {
    const { timestamp = '' } = samples[rows.length] ?? {};
    rows.push({ timestamp, value, expected, score, alert: alert ? 1 : 0 });
  }
  return rows;
}

const maxRowLength = 65_536;

/**
 * Reads the columns `timestamp` and `value` of a CSV file; other columns are ignored. A timestamp without a time zone is
 * UTC. `-` is standard input.
 * @throws FILE_INACCESSIBLE if the file cannot be read or lacks a column; if a timestamp is invalid or not later than the
 *   one before; or if a value is not a number
 */
async function* readSeries(path: string): AsyncGenerator<ParsedSample> {
  const input: NodeJS.ReadableStream = path === '-' ? process.stdin : createReadStream(path);
  const rows = input.pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, info: true, max_record_size: maxRowLength }),
  );
  input.on('error', (error: Error) => rows.destroy(error));
  let previous = Number.NEGATIVE_INFINITY;
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      const sample = toSample(record, previous, (what) => new FeedpulseError('FILE_INACCESSIBLE', `${path}, line ${info.lines}: ${what}.`));
      previous = sample.time;
      yield sample;
    }
  } catch (thrown) {
    if (thrown instanceof FeedpulseError) throw thrown;
    const error = asError(thrown);
    // The CSV library's message quotes the input, so only its code is shown.
    const reason = error instanceof CsvError ? `invalid CSV (${error.code})` : error.message;
    throw new FeedpulseError('FILE_INACCESSIBLE', `${path}: ${reason}.`, { cause: error });
  }
}

function toSample(record: Record<string, string>, previous: number, invalid: (what: string) => FeedpulseError): ParsedSample {
  const { timestamp, value } = record;
  if (timestamp === undefined || value === undefined) throw invalid('expected the columns timestamp and value');
  const quote = (text: string): string => escapeTerminal(text.slice(0, 40));
  const time = parseTime(/^\d+$/.test(timestamp) ? Number(timestamp) : timestamp);
  if (time === undefined) throw invalid(`invalid timestamp ${quote(timestamp)}`);
  if (time <= previous) throw invalid(`timestamp ${quote(timestamp)} is not later than the previous one`);
  const number = value === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw invalid(`value ${quote(value)} is not a number`);
  return { timestamp, time, value: number };
}
