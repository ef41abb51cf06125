import { stringify } from 'csv-stringify/sync';
import stringWidth from 'string-width';
import { escapeTerminal, printableJson } from './escape-terminal.ts';

export const formats = ['table', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

type Cell = string | number | boolean | null;

export interface Column<Row> {
  /** The heading of a table. */
  readonly title: string;
  /** The heading in CSV, as the JSON names it. */
  readonly name: string;
  /** As CSV has it: numbers in full. */
  readonly value: (row: Row) => Cell;
  /** As a table shows it; the value itself when absent. */
  readonly show?: (row: Row) => string;
  /** Where it is left out: what is one column for the eye may be two for a program. */
  readonly not?: 'in tables' | 'in CSV';
}

/** Rows as a table for people: numbers to the right, nothing that could steer the terminal, `–` for what is not known. */
export function tableOf<Row>(rows: readonly Row[], all: readonly Column<Row>[]): string {
  const columns = all.filter(({ not }) => not !== 'in tables');
  const shown = rows.map((row) => columns.map((column) => escapeTerminal(column.show?.(row) ?? String(column.value(row) ?? '–'))));
  const widths = columns.map(({ title }, index) => Math.max(stringWidth(title), ...shown.map((cells) => stringWidth(cells[index] ?? ''))));
  const toRight = columns.map(({ value }) => rows.some((row) => typeof value(row) === 'number'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));
        return toRight[index] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [columns.map(({ title }) => title), ...shown].map((cells) => `${line(cells)}\n`).join('');
}

/**
 * Rows as CSV (RFC 4180). Text that begins like a formula gets an apostrophe in front, since spreadsheets would
 * run it; numbers stay numbers.
 */
export function csvOf<Row>(rows: readonly Row[], all: readonly Column<Row>[]): string {
  const columns = all.filter(({ not }) => not !== 'in CSV');
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

/** Rows in the format that was asked for; `whole` is what JSON prints, with more than the rows. */
export function printRows<Row>(format: Format, rows: readonly Row[], columns: readonly Column<Row>[], whole: unknown = rows): string {
  if (format === 'json') return `${printableJson(whole)}\n`;
  return format === 'csv' ? csvOf(rows, columns) : tableOf(rows, columns);
}
