export type Cell = string | number | null | undefined;

/** A cell that a spreadsheet would evaluate as a formula. */
const formula = /^[\t\r\n ]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/**
 * Text after a semicolon, tab or line break inside a cell. In many European locales Excel splits there, ignoring quotes, and
 * would evaluate the part as a formula. It is prefixed with an apostrophe, except `;-)`.
 */
const embeddedFormula = /(?<=[;\t\r\n])(?=[ "]*[=+\-@\uff0b\uff0d\uff1d\uff20])(?!-\))/g;

/** CSV as in RFC 4180. Text that a spreadsheet would evaluate is prefixed with an apostrophe; numbers are unchanged. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const escaped = value.replaceAll(embeddedFormula, "'");
  const safe = formula.test(value) || /^[\t\r]/.test(value) ? `'${escaped}` : escaped;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
