import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Brand, fetchBrands } from '../api/history.ts';
import { go, view } from './router.ts';
import { type Loaded, useLoaded } from './use-query.ts';
import { type Brands, spanOf } from './view-state.ts';

/** Every brand of the config with its figures of the range; all posts first. */
export const brands = signal<readonly Brand[]>([]);

const refreshMs = 3_000;

/** Loads the brands for as long as what calls it is shown. Brands of an old link that the config has no more are left out. */
export function useBrands(): Loaded<Brand[]> {
  const span = spanOf(view.value);
  const loaded = useLoaded(`brands ${JSON.stringify(span)}`, (signal) => fetchBrands(span, signal), refreshMs);
  useEffect(() => {
    if (!loaded.data) return;
    brands.value = loaded.data;
    const known = view.value.brands.filter((name) => loaded.data?.some(({ brand }) => brand === name));
    if (known.length < view.value.brands.length) go({ brands: known }, 'replace');
  }, [loaded.data]);
  return loaded;
}

/** What a list of posts is about, in words. */
export const brandsTitle = (chosen: Brands): string => (typeof chosen === 'string' ? brandTitle(chosen) : chosen.join(', '));

export const brandTitle = (brand: string): string => (brand === '*' ? 'All posts' : brand);

/** The zone that times are told in: the one that was chosen, a single brand's own, or that of whoever looks on. */
export function timeZone(): string {
  const { zone, brands: chosen } = view.value;
  const own = chosen.length === 1 ? brands.value.find(({ brand }) => brand === chosen[0])?.timeZone : undefined;
  return zone ?? own ?? zoneOfBrowser;
}

const zoneOfBrowser = Intl.DateTimeFormat().resolvedOptions().timeZone;
