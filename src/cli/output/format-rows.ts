import { stringify } from 'csv-stringify/sync';
import stringWidth from 'string-width';
import { escapeTerminal, printableJson } from './escape-terminal.ts';

export const formats = ['table', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

type Cell = string | number | boolean | null;

export interface Column<Row> {
  /** The heading of a table. */
  readonly title: string;
  /** The heading in CSV: the field's name in JSON. */
  readonly name: string;
  /** The value in CSV: numbers unrounded. */
  readonly value: (row: Row) => Cell;
  /** The text in a table; the value itself when absent. */
  readonly show?: (row: Row) => string;
  /** The format that omits the column: an interval is one column in a table and two in CSV. */
  readonly omitIn?: 'table' | 'csv';
}

/** Formats rows as a table: numbers right-aligned, control characters escaped, `–` for null. */
export function formatTable<Row>(rows: readonly Row[], all: readonly Column<Row>[]): string {
  const columns = all.filter(({ omitIn }) => omitIn !== 'table');
  const shown = rows.map((row) => columns.map((column) => escapeTerminal(column.show?.(row) ?? String(column.value(row) ?? '–'))));
  const widths = columns.map(({ title }, index) => Math.max(stringWidth(title), ...shown.map((cells) => stringWidth(cells[index] ?? ''))));
  const isNumeric = columns.map(({ value }) => rows.some((row) => typeof value(row) === 'number'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));
        return isNumeric[index] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...shown].map((cells) => `${line(cells)}\n`).join('');
}

/**
 * Formats rows as CSV (RFC 4180). Text that looks like a formula is prefixed with an apostrophe, so that spreadsheets
 * do not run it; numbers stay numbers.
 */
export function formatCsv<Row>(rows: readonly Row[], all: readonly Column<Row>[]): string {
  const columns = all.filter(({ omitIn }) => omitIn !== 'csv');
  return stringify(
    rows.map((row) => columns.map(({ value }) => value(row))),
    {
      header: true,
      columns: columns.map(({ name }) => name),
      record_delimiter: 'windows',
      escape_formulas: true,
      cast: {
        boolean: String,
        number: (number) => ({ value: String(number), escape_formulas: false }),
      },
    },
  );
}

/** Formats rows as requested; JSON prints `json`, which may hold more than the rows. */
export function formatRows<Row>(format: Format, rows: readonly Row[], columns: readonly Column<Row>[], json: unknown = rows): string {
  if (format === 'json') return `${printableJson(json)}\n`;
  return format === 'csv' ? formatCsv(rows, columns) : formatTable(rows, columns);
}

/** Text on one line, shortened with an ellipsis to `maxLength` characters. */
export function toSingleLine(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= maxLength ? characters.join('') : `${characters.slice(0, maxLength - 1).join('')}…`;
}
