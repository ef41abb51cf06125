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
}

interface Row {
  readonly line: number;
  readonly name: string;
  /** Undefined unless the row has two columns. */
  readonly text: string | undefined;
}

/**
 * Reads labels and texts from a file with these two columns: `.csv` as RFC 4180, any other as TSV without quotes, split at
 * the first tab. A first row `label`, `text` is a header.
 * @throws FILE_INACCESSIBLE
 */
export async function readLabeledPosts(file: string): Promise<LabeledPosts> {
  const isCsv = file.toLowerCase().endsWith('.csv');
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_INACCESSIBLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  const texts: string[] = [];
  const truth: Label[] = [];
  const lines: number[] = [];
  for (const { line, name, text } of isCsv ? csvRows(file, content) : tsvRows(content)) {
    if (line === 1 && name === 'label') continue;
    const label = labels.find((known) => known === name);
    if (!label || text === undefined) {
      const between = isCsv ? 'a comma' : 'a tab';
      throw new FeedpulseError('FILE_INACCESSIBLE', `${file}:${line}: expected ${labels.join(', ')}, ${between} and the text.`);
    }
    truth.push(label);
    texts.push(text);
    lines.push(line);
  }
  if (texts.length === 0) throw new FeedpulseError('FILE_INACCESSIBLE', `${file} has no labeled posts.`);
  return { texts, truth, lines };
}

function* tsvRows(content: string): Generator<Row> {
  for (const [index, line] of content.split('\n').entries()) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    yield { line: index + 1, name: line.slice(0, Math.max(0, tab)), text: tab < 0 ? undefined : line.slice(tab + 1).replace(/\r$/, '') };
  }
}

/** `line` is the first line of a row. */
function* csvRows(file: string, content: string): Generator<Row> {
  let line = 1;
  for (const { record, info } of parseCsv(file, content)) {
    yield { line, name: record[0] ?? '', text: record.length === 2 ? record[1] : undefined };
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
