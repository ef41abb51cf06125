import { type StoredLabel, storedLabels } from '../../domain/post.ts';

export const viewNames = ['overview', 'posts', 'live', 'compare', 'alerts', 'health'] as const;
export type ViewName = (typeof viewNames)[number];

export const ranges = ['1h', '6h', '24h', '7d', '30d', '365d'] as const;
export type Range = (typeof ranges)[number];

/** As the API takes it: ISO 8601, or relative to now. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

const sorts = ['time', 'engagement'] as const;

/** Which posts of the range are listed. */
export interface PostFilter {
  readonly label?: StoredLabel;
  readonly platform?: string;
  readonly lang?: string;
  readonly author?: string;
  readonly text?: string;
  readonly sort?: (typeof sorts)[number];
  /** Those alone of which the model is not sure. */
  readonly doubtful?: true;
}

/** All that decides what is shown. It lives in the address, so that a view can be sent to somebody. */
export interface ViewState {
  readonly view: ViewName;
  /** Empty is all posts. */
  readonly brands: readonly string[];
  readonly range: Range;
  /** A stretch of the past in place of the range, as a link in an alert has it. */
  readonly span?: Span;
  /** In place of the brand's own. */
  readonly zone?: string;
  /** Draws the period before beside the present one. */
  readonly against: boolean;
  readonly filter: PostFilter;
}

export const spanOf = ({ range, span }: Pick<ViewState, 'range' | 'span'>): Span => span ?? { from: `now-${range}`, to: 'now' };

/** The brand that questions about a single one are about. */
export const brandOf = ({ brands }: Pick<ViewState, 'brands'>): string => (brands.length === 1 ? (brands[0] ?? '*') : '*');

/** One brand, `*` for all posts, or those that name any of several. */
export type Brands = string | readonly string[];
export const brandsOf = (state: Pick<ViewState, 'brands'>): Brands => (state.brands.length > 1 ? state.brands : brandOf(state));
/** Whether something about these brands is among what is looked at. */
export const isAmong = (chosen: Brands, named: readonly string[]): boolean =>
  chosen === '*' || (typeof chosen === 'string' ? named.includes(chosen) : chosen.some((brand) => named.includes(brand)));

const wordFilters = ['platform', 'lang', 'author', 'text'] as const;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The state that a query string tells; what it can't mean is left out. */
export function readAddress(search: string): ViewState {
  const query = new URLSearchParams(search);
  const one = <T extends string>(known: readonly T[], name: string): T | undefined => known.find((value) => value === query.get(name));
  const [from, to] = [query.get('from'), query.get('to')].map((time) => Date.parse(time ?? ''));
  const span = from !== undefined && to !== undefined && from < to ? { from: iso(from), to: iso(to) } : undefined;
  const zone = query.get('zone') ?? '';
  return {
    view: one(viewNames, 'view') ?? 'overview',
    brands: [...new Set(query.getAll('brand'))].filter((brand) => brand !== '' && brand !== '*').slice(0, 20),
    range: one(ranges, 'range') ?? '24h',
    ...(span && { span }),
    ...(isZone(zone) && { zone }),
    against: query.get('against') !== 'no',
    filter: readFilter(query, one),
  };
}

function readFilter(query: URLSearchParams, one: <T extends string>(known: readonly T[], name: string) => T | undefined): PostFilter {
  const label = one(storedLabels, 'label');
  const sort = one(sorts, 'sort');
  const words = Object.fromEntries(wordFilters.flatMap((name) => (query.get(name) ? [[name, query.get(name)?.slice(0, 200)]] : [])));
  return { ...words, ...(label && { label }), ...(sort && sort !== 'time' && { sort }), ...(query.has('doubtful') && { doubtful: true }) };
}

/** What differs from the state that the page begins with. */
export function toAddress({ view: name, brands, range, span, zone, against, filter }: ViewState): string {
  const query = new URLSearchParams();
  if (name !== 'overview') query.set('view', name);
  for (const brand of brands) query.append('brand', brand);
  if (range !== '24h') query.set('range', range);
  for (const [end, time] of Object.entries(span ?? {})) query.set(end, time);
  if (zone) query.set('zone', zone);
  if (!against) query.set('against', 'no');
  if (name === 'posts') for (const [field, value] of Object.entries(filter)) query.set(field, value === true ? '' : value);
  return query.size > 0 ? `?${query}` : '';
}

function isZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
