import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Brand, fetchBrands } from '../api/history.ts';
import { navigate, view } from './router.ts';
import { type QueryResult, useQuery } from './use-query.ts';
import { type Brands, selectedRange } from './view-state.ts';

/** All configured brands with their metrics for the range; `*` (all posts) comes first. */
export const brands = signal<readonly Brand[]>([]);

/** The range that `brands` belongs to, as JSON. */
export const brandsRange = signal('');
/** Brands that the URL named but that are not configured. */
export const unknownBrands = signal<readonly string[]>([]);

const brandsRefreshMs = 3_000;

/** Loads the brands while the calling component is mounted. Drops brands from the URL that are no longer configured. */
export function useBrands(): QueryResult<Brand[]> {
  const range = selectedRange(view.value);
  const loaded = useQuery(`brands ${JSON.stringify(range)}`, (signal) => fetchBrands(range, signal), brandsRefreshMs);
  useEffect(() => {
    if (!loaded.data) return;
    brands.value = loaded.data;
    if (!loaded.isStale) brandsRange.value = JSON.stringify(range);
    const remaining = view.value.brands.filter((name) => loaded.data?.some(({ brand }) => brand === name));
    if (remaining.length === view.value.brands.length) return;
    unknownBrands.value = view.value.brands.filter((name) => !remaining.includes(name));
    navigate({ brands: remaining }, 'replace');
  }, [loaded.data, loaded.isStale]);
  return loaded;
}

/** The title of a list of posts. */
export const brandsTitle = (chosen: Brands): string => (typeof chosen === 'string' ? brandTitle(chosen) : chosen.join(', '));

export const brandTitle = (brand: string): string => (brand === '*' ? 'All posts' : brand);

/** The time zone of the UI: the selected one, the zone of a single brand, or the browser's. */
export function timeZone(): string {
  const { zone, brands: chosen } = view.value;
  const brandZone = chosen.length === 1 ? brands.value.find(({ brand }) => brand === chosen[0])?.timeZone : undefined;
  return zone ?? brandZone ?? browserZone;
}

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
