export type Cell = string | number | null | undefined;

/** A cell that a spreadsheet would take for a formula, or a control of its own. */
const formula = /^[\t\r\n ]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/** RFC 4180. Text that would be a formula in a spreadsheet gets an apostrophe before it; numbers stay numbers. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) || /^[\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
