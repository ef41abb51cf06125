export type Cell = string | number | null | undefined;

/** A cell that a spreadsheet would evaluate as a formula. */
const formula = /^[\t\r\n ]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/**
 * Text inside a cell that becomes a cell of its own where a spreadsheet splits at semicolons or tabs, as Excel does in many
 * European locales. Quotes do not prevent that: Excel honours them only at the start of a cell, and after a comma no new
 * cell starts there. So such text is prefixed with an apostrophe too, except `;-)`, which is harmless and common.
 */
const formulaWithin = /(?<=[;\t\r\n])(?=[ "]*[=+\-@\uff0b\uff0d\uff1d\uff20])(?!-\))/g;

/** CSV as in RFC 4180. Text that a spreadsheet would evaluate is prefixed with an apostrophe; numbers are unchanged. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const within = value.replaceAll(formulaWithin, "'");
  const safe = formula.test(value) || /^[\t\r]/.test(value) ? `'${within}` : within;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
