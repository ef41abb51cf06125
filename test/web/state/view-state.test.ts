import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedLabels } from '../../../src/domain/post.ts';
import {
  findLinkIssues,
  formatUrl,
  matchesBrands,
  pageNames,
  parseUrl,
  rangePresets,
  selectedBrand,
  selectedBrands,
  selectedRange,
  type ViewState,
} from '../../../src/web/state/view-state.ts';

const iso = fc
  .date({ min: new Date('1980-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const customRange = fc
  .tuple(iso, iso)
  .filter(([from, to]) => from < to)
  .map(([from, to]) => ({ from, to }));
const name = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((text) => text !== '*');
const filter = fc.record(
  {
    label: fc.constantFrom(...storedLabels),
    platform: name,
    lang: name,
    author: name,
    text: name,
    sort: fc.constantFrom('impact' as const, 'reach' as const, 'confidence' as const, 'engagement' as const),
    official: fc.constantFrom('exclude' as const, 'only' as const),
    fold: fc.constantFrom('true' as const, 'false' as const),
    lowConfidence: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const states: fc.Arbitrary<ViewState> = fc
  .record(
    {
      page: fc.constantFrom(...pageNames),
      brands: fc.uniqueArray(name, { maxLength: 8 }),
      preset: fc.constantFrom(...rangePresets),
      comparePrevious: fc.boolean(),
      filter,
      customRange,
      zone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Pacific/Auckland'),
    },
    { requiredKeys: ['page', 'brands', 'preset', 'comparePrevious', 'filter'] },
  )
  // Only the posts page has filters.
  .map((state) => (state.page === 'posts' ? state : { ...state, filter: {} }));

it('restores every state from its URL', () => {
  fc.assert(
    fc.property(states, (state) => {
      expect(parseUrl(formatUrl(state))).toEqual(state);
    }),
  );
});

it('parses any query string into a state', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('view', 'brand', 'range', 'from', 'to', 'zone', 'label', 'text'), fc.string())),
      (pairs) => {
        const { page, preset, brands } = parseUrl(`?${new URLSearchParams(pairs)}`);
        expect(pageNames).toContain(page);
        expect(rangePresets).toContain(preset);
        expect(brands).not.toContain('*');
      },
    ),
  );
});

it('omits defaults from the URL', () => {
  expect(formatUrl(parseUrl(''))).toBe('');
  expect(formatUrl({ ...parseUrl(''), page: 'posts', filter: { label: 'negative' } })).toBe('?view=posts&label=negative');
});

it('ignores a range that ends before it starts, and an invalid time zone', () => {
  expect(parseUrl('?from=2026-11-02&to=2026-11-01&zone=Mars/Olympus').customRange).toBeUndefined();
  expect(parseUrl('?zone=Mars/Olympus').zone).toBeUndefined();
});

it('queries the custom range if there is one, else the relative range, and a single brand', () => {
  const fixed = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
  expect(selectedRange({ preset: '7d' })).toEqual({ from: 'now-7d', to: 'now' });
  expect(selectedRange({ preset: '7d', customRange: fixed })).toEqual(fixed);
  expect([selectedBrand({ brands: [] }), selectedBrand({ brands: ['Kestrel'] }), selectedBrand({ brands: ['Kestrel', 'Puffin'] })]).toEqual(
    ['*', 'Kestrel', '*'],
  );
});

it('matches posts and alerts with the selected brands', () => {
  const [all, one, two] = [[], ['A'], ['A', 'B']].map((brands) => selectedBrands({ brands }));
  expect([all, one, two]).toEqual(['*', 'A', ['A', 'B']]);
  const named = [['A'], ['B', 'C'], ['C'], []];
  expect(named.map((brands) => matchesBrands(all ?? '', brands))).toEqual([true, true, true, true]);
  expect(named.map((brands) => matchesBrands(one ?? '', brands))).toEqual([true, false, false, false]);
  expect(named.map((brands) => matchesBrands(two ?? '', brands))).toEqual([true, true, false, false]);
});

it('says what a link asks for that does not exist', () => {
  expect(findLinkIssues('?view=posts&range=last-week&zone=UTC&brand=Nobody')).toEqual([]);
  expect(findLinkIssues('?view=nowhere')).toEqual(['There is no page called “nowhere”. This is the overview.']);
  expect(findLinkIssues('?range=3y&from=2026-11-02&to=2026-11-01&zone=Mars')).toEqual([
    'There is no range called “3y”. These are the last 24 hours.',
    'The link has no valid start and end. These are the last 24 hours.',
    'There is no time zone called “Mars”.',
  ]);
});
