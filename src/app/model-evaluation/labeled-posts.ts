import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { type Label, labels } from '../../domain/post.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';

/** Labeled posts of a file, as parallel lists. */
export interface LabeledPosts {
  readonly texts: readonly string[];
  readonly truth: readonly Label[];
  /** Line numbers, from 1. */
  readonly lines: readonly number[];
  /** The value of a further column of each post, if one was asked for. */
  readonly groups?: readonly string[];
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads labels and texts from a file with these two columns: `.csv` as RFC 4180, any other as TSV without quotes, split at
 * the first tab. A first row that names the columns is a header; with one, columns may be in any order, and there may be more.
 * @param by name of a further column, whose values are returned as `groups`; the file then needs a header
 * @throws FILE_INACCESSIBLE
 */
export async function readLabeledPosts(file: string, by?: string): Promise<LabeledPosts> {
  const isCsv = file.toLowerCase().endsWith('.csv');
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  const [texts, truth, lines, groups]: [string[], Label[], number[], string[]] = [[], [], [], []];
  let columns: Columns | undefined;
  for (const { line, cells } of isCsv ? csvRows(file, content) : tsvRows(content, by !== undefined)) {
    const isFirst = columns === undefined;
    columns ??= findColumns(file, cells, by);
    if (isFirst && columns.hasHeader) continue;
    const label = labels.find((known) => known === cells[columns?.label ?? 0]);
    const text = cells.length === columns.count ? cells[columns.text] : undefined;
    if (!label || text === undefined) {
      const between = isCsv ? 'a comma' : 'a tab';
      throw new FeedpulseError('FILE_INACCESSIBLE', `${file}:${line}: expected ${labels.join(', ')}, ${between} and the text.`);
    }
    truth.push(label);
    texts.push(text);
    lines.push(line);
    groups.push(cells[columns.group] ?? '');
  }
  if (texts.length === 0) throw new FeedpulseError('FILE_INACCESSIBLE', `${file} has no labeled posts.`);
  return { texts, truth, lines, ...(by !== undefined && { groups }) };
}

/** Positions of the columns. */
interface Columns {
  readonly hasHeader: boolean;
  readonly count: number;
  readonly label: number;
  readonly text: number;
  /** −1 if none was asked for. */
  readonly group: number;
}

function findColumns(file: string, first: readonly string[], by: string | undefined): Columns {
  const hasHeader = first.includes('label') && first.includes('text');
  const group = by === undefined || !hasHeader ? -1 : first.indexOf(by);
  if (by !== undefined && group < 0) throw new FeedpulseError('FILE_INACCESSIBLE', `${file} has no column ${by} in its header.`);
  if (!hasHeader) return { hasHeader: first[0] === 'label', count: 2, label: 0, text: 1, group };
  return { hasHeader, count: first.length, label: first.indexOf('label'), text: first.indexOf('text'), group };
}

/** Without further columns, tabs after the first one belong to the text. */
function* tsvRows(content: string, hasMoreColumns: boolean): Generator<Row> {
  for (const [index, line] of content.split('\n').entries()) {
    if (line === '') continue;
    const cells = line.replace(/\r$/, '').split('\t');
    const [label = '', ...text] = cells;
    yield { line: index + 1, cells: hasMoreColumns || text.length === 0 ? cells : [label, text.join('\t')] };
  }
}

/** `line` is the first line of a row. */
function* csvRows(file: string, content: string): Generator<Row> {
  let line = 1;
  for (const { record, info } of parseCsv(file, content)) {
    yield { line, cells: record };
    line = info.lines + 1;
  }
}

interface ParsedRow {
  readonly record: readonly string[];
  /** Lines read so far, including this row. */
  readonly info: { readonly lines: number };
}

function parseCsv(file: string, content: string): readonly ParsedRow[] {
  try {
    const options = { bom: true, skip_empty_lines: true, relax_column_count: true, info: true } as const;
    return parse(content, options) as unknown as ParsedRow[]; // the library's types lack the result of `info`
  } catch (thrown) {
    // The library's message quotes the file's content.
    const reason = thrown instanceof CsvError ? `not CSV (${thrown.code})` : asError(thrown).message;
    throw new FeedpulseError('FILE_INACCESSIBLE', `${file}: ${reason}.`, { cause: thrown });
  }
}
