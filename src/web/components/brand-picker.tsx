import { useState } from 'preact/hooks';
import { formatCount } from '../format.ts';
import { brands } from '../state/brands.ts';
import { navigate, view } from '../state/router.ts';
import { closePopover, Popover } from './popover.tsx';

const maxSelected = 12;
const minBrandsForSearch = 9;

/** Ignores case and accents, as the matching of posts does. */
const fold = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Selects one brand by its name, several by their checkboxes, or all posts. */
export function BrandPicker() {
  const [search, setSearch] = useState('');
  const chosen = view.value.brands;
  const all = brands.value.filter(({ brand }) => brand !== '*');
  const found = all.filter(({ brand }) => fold(brand).includes(fold(search)));
  const title = chosen.length === 0 ? 'All posts' : chosen.length === 1 ? (chosen[0] ?? '') : `${chosen.length} brands`;
  const choose = (names: readonly string[], event: Event): void => {
    navigate({ brands: names });
    closePopover(event.currentTarget);
  };
  return (
    <Popover class="brand-picker" name={`Brand: ${title}`} label={<bdi>{title}</bdi>}>
      {all.length >= minBrandsForSearch && (
        <input
          type="search"
          placeholder="Find a brand"
          aria-label="Find a brand"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <ul class="choices">
        <li>
          <button type="button" aria-pressed={chosen.length === 0} onClick={(event) => choose([], event)}>
            All posts
          </button>
        </li>
        {found.map(({ brand, volume }) => (
          <li key={brand}>
            <input
              type="checkbox"
              aria-label={`Include ${brand}`}
              checked={chosen.includes(brand)}
              disabled={!chosen.includes(brand) && chosen.length >= maxSelected}
              onChange={() => navigate({ brands: chosen.includes(brand) ? chosen.filter((name) => name !== brand) : [...chosen, brand] })}
            />
            <button
              type="button"
              title={brand}
              aria-pressed={chosen.length === 1 && chosen[0] === brand}
              onClick={(event) => choose([brand], event)}
            >
              <bdi>{brand}</bdi>
              <span class="quiet">{formatCount(volume)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet hint">Click a name for one brand; check boxes to compare up to {maxSelected}.</p>
      {found.length === 0 && <p class="empty">{all.length === 0 ? 'No brands are configured.' : 'No matching brands.'}</p>}
    </Popover>
  );
}
