import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedLabels } from '../../../src/domain/post.ts';
import {
  brandOf,
  brandsOf,
  isAmong,
  ranges,
  readAddress,
  spanOf,
  toAddress,
  type ViewState,
  viewNames,
} from '../../../src/web/state/view-state.ts';

const iso = fc
  .date({ min: new Date('1980-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const span = fc
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
    sort: fc.constant('engagement' as const),
    doubtful: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const states: fc.Arbitrary<ViewState> = fc
  .record(
    {
      view: fc.constantFrom(...viewNames),
      brands: fc.uniqueArray(name, { maxLength: 8 }),
      range: fc.constantFrom(...ranges),
      against: fc.boolean(),
      filter,
      span,
      zone: fc.constantFrom('UTC', 'Asia/Kolkata', 'Pacific/Auckland'),
    },
    { requiredKeys: ['view', 'brands', 'range', 'against', 'filter'] },
  )
  // Other views have no list that a filter could be for.
  .map((state) => (state.view === 'posts' ? state : { ...state, filter: {} }));

it('brings every state back from its address', () => {
  fc.assert(
    fc.property(states, (state) => {
      expect(readAddress(toAddress(state))).toEqual(state);
    }),
  );
});

it('takes any query string for some state', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('view', 'brand', 'range', 'from', 'to', 'zone', 'label', 'text'), fc.string())),
      (pairs) => {
        const { view, range, brands } = readAddress(`?${new URLSearchParams(pairs)}`);
        expect(viewNames).toContain(view);
        expect(ranges).toContain(range);
        expect(brands).not.toContain('*');
      },
    ),
  );
});

it('leaves out what the page begins with', () => {
  expect(toAddress(readAddress(''))).toBe('');
  expect(toAddress({ ...readAddress(''), view: 'posts', filter: { label: 'negative' } })).toBe('?view=posts&label=negative');
});

it('knows no stretch that ends before it begins, and no zone that is none', () => {
  expect(readAddress('?from=2026-11-02&to=2026-11-01&zone=Mars/Olympus').span).toBeUndefined();
  expect(readAddress('?zone=Mars/Olympus').zone).toBeUndefined();
});

it('asks for the stretch where there is one, for the range where there is none, and for one brand alone', () => {
  const fixed = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
  expect(spanOf({ range: '7d' })).toEqual({ from: 'now-7d', to: 'now' });
  expect(spanOf({ range: '7d', span: fixed })).toEqual(fixed);
  expect([brandOf({ brands: [] }), brandOf({ brands: ['Kestrel'] }), brandOf({ brands: ['Kestrel', 'Puffin'] })]).toEqual([
    '*',
    'Kestrel',
    '*',
  ]);
});

it('tells what is about the brands that are looked at', () => {
  const [all, one, two] = [[], ['A'], ['A', 'B']].map((brands) => brandsOf({ brands }));
  expect([all, one, two]).toEqual(['*', 'A', ['A', 'B']]);
  const named = [['A'], ['B', 'C'], ['C'], []];
  expect(named.map((brands) => isAmong(all ?? '', brands))).toEqual([true, true, true, true]);
  expect(named.map((brands) => isAmong(one ?? '', brands))).toEqual([true, false, false, false]);
  expect(named.map((brands) => isAmong(two ?? '', brands))).toEqual([true, true, false, false]);
});
