import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Brand, fetchBrands } from '../api/history.ts';
import { linkIssues, navigate, view } from './router.ts';
import { type QueryResult, useQuery } from './use-query.ts';
import type { Brands } from './view-state.ts';
import { currentRange } from './zone.ts';

/** All configured brands with their metrics for the range; `*` (all posts) comes first. */
export const brands = signal<readonly Brand[]>([]);

/** The range that `brands` belongs to, as JSON. */
export const brandsRange = signal('');

const brandsRefreshMs = 3_000;

/** Loads the brands while the calling component is mounted. Drops brands from the URL that are no longer configured. */
export function useBrands(): QueryResult<Brand[]> {
  const range = currentRange();
  const loaded = useQuery(`brands ${JSON.stringify(range)}`, (signal) => fetchBrands(range, signal), brandsRefreshMs);
  useEffect(() => {
    if (!loaded.data) return;
    brands.value = loaded.data;
    if (!loaded.isStale) brandsRange.value = JSON.stringify(range);
    const remaining = view.value.brands.filter((name) => loaded.data?.some(({ brand }) => brand === name));
    if (remaining.length === view.value.brands.length) return;
    const unknown = view.value.brands.filter((name) => !remaining.includes(name)).map((name) => `“${name}”`);
    linkIssues.value = [`No brand is called ${unknown.join(', ')}.${remaining.length === 0 ? ' These are all posts.' : ''}`];
    navigate({ brands: remaining }, 'replace');
  }, [loaded.data, loaded.isStale]);
  return loaded;
}

/** The title of a list of posts. */
export const brandsTitle = (chosen: Brands): string => (typeof chosen === 'string' ? brandTitle(chosen) : chosen.join(', '));

export const brandTitle = (brand: string): string => (brand === '*' ? 'All posts' : brand);
