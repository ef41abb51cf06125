import { volumeOf } from '../../domain/sentiment-counts.ts';
import type { CountsByBrand, Figures } from '../../sink/queries/read-alert-figures.ts';
import type { Brand } from '../rules.ts';
import { type Expectation, expectationOf } from './baseline.ts';
import { type PastQuarters, pastQuarters, quarterMs } from './reference-windows.ts';

/** How far back an expectation looks, in ms. */
export const expectationReach = 57 * 86_400_000;

export interface Expectations {
  /** What is to be expected of a brand now; undefined while too little of the past is known. */
  of(brand: Brand): Expectation | undefined;
}

/**
 * Expectations of some brands, read from the stored quarter-hours once for each quarter-hour.
 * @param longest the longest stretch that is judged, in ms
 */
export function createExpectations(figures: Figures, brands: readonly Brand[], longest: number): (end: number) => Promise<Expectations> {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  let known: { readonly quarter: number; readonly expectations: Expectations } | undefined;
  return async (end) => {
    const quarter = Math.ceil(end / quarterMs);
    if (known?.quarter === quarter) return known.expectations;
    const past = new Map(brands.map(({ timeZone }) => [timeZone, pastQuarters(end, timeZone, longest)]));
    const starts = [...new Set([...past.values()].flatMap(allOf))];
    const [stored, first] = [await figures.quarters(names, starts), await figures.firstOf(names, end - expectationReach)];
    const computed = new Map(brands.map((brand) => [brand.name, expectationOfBrand(brand, past.get(brand.timeZone), stored, first)]));
    const expectations = { of: ({ name }: Brand) => computed.get(name) };
    // A history that is just filling up is looked at again.
    known = [...computed.values()].includes(undefined) ? undefined : { quarter, expectations };
    return expectations;
  };
}

const allOf = ({ week, day, recent }: PastQuarters): number[] => [...week, ...day, ...recent].flat();

function expectationOfBrand(
  { name }: Brand,
  past: PastQuarters | undefined,
  stored: CountsByBrand,
  first: ReadonlyMap<string, number>,
): Expectation | undefined {
  const everyone = stored.get('*');
  const own = stored.get(name);
  // Before its first post nobody looked for the brand.
  const since = first.get(name);
  if (!past || !everyone || since === undefined) return undefined;
  const isKnown = (quarter: number): boolean => {
    const counts = everyone.get(quarter);
    return quarter >= since && counts !== undefined && volumeOf(counts) > 0;
  };
  return expectationOf(past, isKnown, (quarter) => own?.get(quarter));
}
