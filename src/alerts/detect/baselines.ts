import type { Season } from '../../domain/alert.ts';
import { volumeOf } from '../../domain/sentiment-counts.ts';
import { offsetOf } from '../../lib/time-zone.ts';
import type { AlertFigures, CountsByBrand } from '../../sink/queries/read-alert-figures.ts';
import type { Brand } from '../rules.ts';
import { type Baseline, baselineOf, bucketMs } from './baseline.ts';

const dayMs = 86_400_000;
/** How far back a baseline looks, in ms. */
export const baselineReachMs = 57 * dayMs;
const maxWeeks = 8;
const maxDays = 14;
/** The same time of another day, with two buckets before and two after it: an hour and a quarter. */
const neighbours = [-2, -1, 0, 1, 2];

/** Starts of 15-minute buckets (ms since 1970), grouped by the day or week they belong to. */
export type ReferenceWindows = Readonly<Record<Season, readonly (readonly number[])[]>>;

/**
 * Returns the buckets to compare a window with that ends at `end` (ms since 1970): around the same local time in past weeks
 * and on past days, and those of the last 24 hours. None of them overlaps the last `longestWindowMs`.
 */
export function referenceWindows(end: number, timeZone: string, longestWindowMs: number): ReferenceWindows {
  const isBefore = (start: number): boolean => start + bucketMs <= end - longestWindowMs;
  const last = Math.ceil(end / bucketMs) * bucketMs - bucketMs;
  const around = (days: number): number[] => {
    const then = last - days * dayMs;
    // If clocks changed in between, the same local time has another distance.
    const start = then + offsetOf(last, timeZone) - offsetOf(then, timeZone);
    return neighbours.map((step) => start + step * bucketMs).filter(isBefore);
  };
  const recent = Array.from({ length: dayMs / bucketMs }, (_, index) => last - (index + 1) * bucketMs).filter(isBefore);
  return {
    week: Array.from({ length: maxWeeks }, (_, week) => around(7 * (week + 1))),
    day: Array.from({ length: maxDays }, (_, day) => around(day + 1)),
    recent: [recent],
  };
}

export interface Baselines {
  /** Returns undefined if there is too little history. */
  of(brand: Brand): Baseline | undefined;
}

/**
 * Computes baselines of brands from the stored 15-minute buckets, once per bucket.
 * @param longestWindowMs the longest window of any rule
 */
export function createBaselines(
  figures: AlertFigures,
  brands: readonly Brand[],
  longestWindowMs: number,
): (end: number) => Promise<Baselines> {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  let cached: { readonly bucket: number; readonly baselines: Baselines } | undefined;
  return async (end) => {
    const bucket = Math.ceil(end / bucketMs);
    if (cached?.bucket === bucket) return cached.baselines;
    const reference = new Map(brands.map(({ timeZone }) => [timeZone, referenceWindows(end, timeZone, longestWindowMs)]));
    const starts = [...new Set([...reference.values()].flatMap(({ week, day, recent }) => [...week, ...day, ...recent].flat()))];
    const [stored, first] = [await figures.buckets(names, starts), await figures.firstOf(names, end - baselineReachMs)];
    const computed = new Map(brands.map((brand) => [brand.name, baselineOfBrand(brand, reference.get(brand.timeZone), stored, first)]));
    const baselines = { of: ({ name }: Brand) => computed.get(name) };
    // While history is still filling up, it is read again.
    cached = [...computed.values()].includes(undefined) ? undefined : { bucket, baselines };
    return baselines;
  };
}

function baselineOfBrand(
  { name }: Brand,
  reference: ReferenceWindows | undefined,
  stored: CountsByBrand,
  first: ReadonlyMap<string, number>,
): Baseline | undefined {
  const all = stored.get('*');
  const own = stored.get(name);
  // Before its first post the brand was not tracked.
  const since = first.get(name);
  if (!reference || !all || since === undefined) return undefined;
  const isKnown = (bucket: number): boolean => {
    const counts = all.get(bucket);
    return bucket >= since && counts !== undefined && volumeOf(counts) > 0;
  };
  return baselineOf(reference, isKnown, (bucket) => own?.get(bucket));
}
