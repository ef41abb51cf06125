export type Cell = string | number | null | undefined;

/** A cell that a spreadsheet would take for a formula, or a control of its own. */
const formula = /^[\t\r\n ]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/**
 * What would begin a cell of its own where a spreadsheet parts cells at semicolons or tabs, as Excel does in much of
 * Europe. Quotes do not help there: to it they count only at the beginning of a cell, and a cell that begins after a
 * comma does not begin. So what follows gets the apostrophe too, except `;-)`, which is no formula and often said.
 */
const formulaWithin = /(?<=[;\t\r\n])(?=[ "]*[=+\-@\uff0b\uff0d\uff1d\uff20])(?!-\))/g;

/** RFC 4180. Text that would be a formula in a spreadsheet gets an apostrophe before it; numbers stay numbers. */
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
