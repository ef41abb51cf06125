import { volumeOf } from '../../domain/sentiment-counts.ts';
import type { AlertFigures, CountsByBrand } from '../../sink/queries/read-alert-figures.ts';
import type { Brand } from '../rules.ts';
import { type Baseline, baselineOf } from './baseline.ts';
import { quarterMs, type ReferenceWindows, referenceWindows } from './reference-windows.ts';

/** How far back an expectation looks, in ms. */
export const baselineReach = 57 * 86_400_000;

export interface Baselines {
  /** What is to be expected of a brand now; undefined while too little of the past is known. */
  of(brand: Brand): Baseline | undefined;
}

/**
 * Expectations of some brands, read from the stored quarter-hours once for each quarter-hour.
 * @param longest the longest stretch that is judged, in ms
 */
export function createBaselines(figures: AlertFigures, brands: readonly Brand[], longest: number): (end: number) => Promise<Baselines> {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  let known: { readonly quarter: number; readonly expectations: Baselines } | undefined;
  return async (end) => {
    const quarter = Math.ceil(end / quarterMs);
    if (known?.quarter === quarter) return known.expectations;
    const past = new Map(brands.map(({ timeZone }) => [timeZone, referenceWindows(end, timeZone, longest)]));
    const starts = [...new Set([...past.values()].flatMap(allOf))];
    const [stored, first] = [await figures.quarters(names, starts), await figures.firstOf(names, end - baselineReach)];
    const computed = new Map(brands.map((brand) => [brand.name, expectationOfBrand(brand, past.get(brand.timeZone), stored, first)]));
    const expectations = { of: ({ name }: Brand) => computed.get(name) };
    // A history that is just filling up is looked at again.
    known = [...computed.values()].includes(undefined) ? undefined : { quarter, expectations };
    return expectations;
  };
}

const allOf = ({ week, day, recent }: ReferenceWindows): number[] => [...week, ...day, ...recent].flat();

function expectationOfBrand(
  { name }: Brand,
  past: ReferenceWindows | undefined,
  stored: CountsByBrand,
  first: ReadonlyMap<string, number>,
): Baseline | undefined {
  const everyone = stored.get('*');
  const own = stored.get(name);
  // Before its first post nobody looked for the brand.
  const since = first.get(name);
  if (!past || !everyone || since === undefined) return undefined;
  const isKnown = (quarter: number): boolean => {
    const counts = everyone.get(quarter);
    return quarter >= since && counts !== undefined && volumeOf(counts) > 0;
  };
  return baselineOf(past, isKnown, (quarter) => own?.get(quarter));
}
