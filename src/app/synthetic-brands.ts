import { demoBrands } from '../ingest/sources/demo/demo-brands.ts';
import { FeedpulseError } from '../lib/errors.ts';

const syllables = ['ba', 'cor', 'del', 'fen', 'gro', 'lim', 'mar', 'nuv', 'pel', 'rud', 'sol', 'tav', 'vex', 'wol', 'zan'];

/** Invented brand names, starting with the demo brands. @throws USAGE for a count that is not from 2 to 500 */
export function syntheticBrands(count: number): string[] {
  if (!Number.isInteger(count) || count < 2 || count > 500)
    throw new FeedpulseError('USAGE', 'brands: expected a whole number from 2 to 500.');
  const syllable = (index: number): string => syllables[index % syllables.length] ?? '';
  const invented = Array.from({ length: count }, (_, index) => {
    const name = `${syllable(index)}${syllable(Math.floor(index / syllables.length) + 2 * index + 3)}${syllable(7 * index + Math.floor(index / 225))}o`;
    return `${name[0]?.toUpperCase()}${name.slice(1)}`;
  });
  return [...new Set([...demoBrands.map(({ name }) => name), ...invented])].slice(0, count);
}
