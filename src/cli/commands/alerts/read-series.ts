import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import type { Sample } from '../../../alerts/series/sample.ts';
import { parseTime } from '../../../ingest/mapping/fields.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { escapeTerminal } from '../../output/escape-terminal.ts';

/** A sample with its time as the file has it. */
export interface ReadSample extends Sample {
  readonly timestamp: string;
}

const longestRow = 65_536;

/**
 * The rows of a CSV file with the columns `timestamp` and `value`, which may have others; a timestamp without a
 * zone is UTC. `-` is standard input.
 * @throws FILE_UNREADABLE for a file that cannot be read or has no such columns, and for the first row whose
 *   timestamp is no time or not later than the one before, or whose value is no number of at least 0
 */
export async function* readSeries(path: string): AsyncGenerator<ReadSample> {
  const input: NodeJS.ReadableStream = path === '-' ? process.stdin : createReadStream(path);
  const rows = input.pipe(parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, info: true, max_record_size: longestRow }));
  input.on('error', (fault: Error) => rows.destroy(fault));
  let previous = Number.NEGATIVE_INFINITY;
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      const sample = toSample(record, previous, (what) => new FeedpulseError('FILE_UNREADABLE', `${path}, line ${info.lines}: ${what}.`));
      previous = sample.time;
      yield sample;
    }
  } catch (thrown) {
    if (thrown instanceof FeedpulseError) throw thrown;
    const fault = asError(thrown);
    // The library quotes what it could not read.
    const why = fault instanceof CsvError ? `not CSV (${fault.code})` : fault.message;
    throw new FeedpulseError('FILE_UNREADABLE', `${path}: ${why}.`, { cause: fault });
  }
}

function toSample(record: Record<string, string>, previous: number, refuse: (what: string) => FeedpulseError): ReadSample {
  const { timestamp, value } = record;
  if (timestamp === undefined || value === undefined) throw refuse('expected the columns timestamp and value');
  const shown = (text: string): string => escapeTerminal(text.slice(0, 40));
  const time = parseTime(/^\d+$/.test(timestamp) ? Number(timestamp) : timestamp);
  if (time === undefined) throw refuse(`${shown(timestamp)} is no time`);
  if (time <= previous) throw refuse(`${shown(timestamp)} is not later than the row before`);
  const number = value === '' ? Number.NaN : Number(value);
  if (!(number >= 0 && number < Number.POSITIVE_INFINITY)) throw refuse(`${shown(value)} is no number of at least 0`);
  return { timestamp, time, value: number };
}
