export type Cell = string | number | null | undefined;

/** A cell that a spreadsheet would evaluate as a formula. */
const formula = /^[\t\r\n ]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/**
 * Text after a semicolon, tab or line break inside a cell. In many European locales Excel splits there, ignoring quotes, and
 * would evaluate the part as a formula. It is prefixed with an apostrophe, except `;-)`.
 */
const embeddedFormula = /(?<=[;\t\r\n])(?=[ "]*[=+\-@\uff0b\uff0d\uff1d\uff20])(?!-\))/g;

/** An ID that a spreadsheet would read as a number, of which it keeps 15 digits. */
const longNumber = /^\d{16,}$/;

export interface CsvFormat {
  /** Where decimals have a comma, Excel expects semicolons between cells. */
  readonly decimalComma: boolean;
}

/**
 * CSV as in RFC 4180, or with semicolons and decimal commas. Text that a spreadsheet would evaluate or round is prefixed with
 * an apostrophe; numbers are unchanged.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[], format: CsvFormat = { decimalComma: false }): string {
  const separator = format.decimalComma ? ';' : ',';
  return [header, ...rows].map((row) => `${row.map((cell) => toCell(cell, format)).join(separator)}\r\n`).join('');
}

function toCell(value: Cell, { decimalComma }: CsvFormat): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return decimalComma ? String(value).replace('.', ',') : String(value);
  const escaped = value.replaceAll(embeddedFormula, "'");
  const safe = formula.test(value) || /^[\t\r]/.test(value) || longNumber.test(value) ? `'${escaped}` : escaped;
  return (decimalComma ? /[";\r\n]/ : /[",\r\n]/).test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
