import { fitFolder } from './fit.mjs';
import { fitMoods } from './fit-moods.mjs';

/** Fits the simulation to real feeds. @returns the parameters and the comparison as text */
export function reportFit({ folder, moodsFile }, report) {
  const parts = [];
  if (folder) for (const one of fitFolder(folder, report)) parts.push(describe(one));
  if (moodsFile) parts.push(`moods: ${inCode(fitMoods(moodsFile))}`);
  return `${parts.join('\n\n')}\n`;
}

function describe({ name, profile, comparison, leftOut }) {
  const head = ['', 'real', '5%', 'median', '95%'];
  const title = [
    head.map((text, index) => (index === 0 ? text.padEnd(32) : text.padStart(9))).join(''),
    head
      .slice(1)
      .map((text) => text.padStart(9))
      .join(''),
  ].join('  | second half, fitted to the first: ');
  const rows = comparison.rows.map(
    (row, index) => `${row.name.padEnd(32)}${values(row)}  |${' '.repeat(35)}${values(leftOut.rows[index])}`,
  );
  const inside = (part) => part.rows.filter(({ real, low, high }) => real >= low && real <= high).length;
  return [
    `${name}: ${inCode(profile)}`,
    '',
    title,
    ...rows,
    `within the simulated range: ${inside(comparison)} of ${rows.length}; in the second half, fitted to the first: ${inside(leftOut)} of ${rows.length}`,
  ].join('\n');
}

const values = ({ real, low, middle, high }) => [real, low, middle, high].map((value) => number(value).padStart(9)).join('');
const number = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
const inCode = (parameters) => JSON.stringify(parameters, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value));
