import { type StoredLabel, storedLabels } from '../../domain/post.ts';
import { type CalendarContext, type CalendarPreset, calendarPresets, calendarRange } from './calendar.ts';

export const pageNames = ['overview', 'posts', 'live', 'compare', 'alerts', 'health', 'calibrate', 'incident', 'settings'] as const;
export type PageName = (typeof pageNames)[number];

/** Ranges that end now and move with it. */
export const rollingPresets = ['1h', '6h', '24h', '7d', '30d', '365d'] as const;
export const rangePresets = [...rollingPresets, ...calendarPresets] as const;
export type RangePreset = (typeof rangePresets)[number];

/** A time range as in API requests: ISO 8601, or relative to now. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** Impact is how sure the label is, times how far the post goes. */
export const sorts = ['time', 'impact', 'reach', 'confidence', 'engagement'] as const;
export type Sort = (typeof sorts)[number];

/** Which posts of the range to list. */
export interface PostFilter {
  readonly label?: StoredLabel;
  readonly platform?: string;
  readonly lang?: string;
  readonly author?: string;
  readonly text?: string;
  readonly sort?: Sort;
  /** Posts by the brands' own accounts: left out, or nothing else. */
  readonly official?: 'exclude' | 'only';
  /** Whether near-duplicates are folded; when absent, they are unless posts are sorted by time. */
  readonly fold?: 'true' | 'false';
  /** Only posts with a low confidence. */
  readonly lowConfidence?: true;
}

/** The state that determines the view. It is kept in the URL, so that a view can be shared as a link. */
export interface ViewState {
  readonly page: PageName;
  /** Empty means all posts. */
  readonly brands: readonly string[];
  readonly preset: RangePreset;
  /** Replaces `preset`; links in alerts have one. */
  readonly customRange?: TimeRange;
  /** Overrides the brand's time zone. */
  readonly zone?: string;
  /** Whether charts also show the previous period. */
  readonly comparePrevious: boolean;
  readonly filter: PostFilter;
  /** ID of the incident that its page shows. */
  readonly incident?: string;
}

const isCalendarPreset = (preset: RangePreset): preset is CalendarPreset => calendarPresets.some((known) => known === preset);

/** @param calendar where days, weeks and months begin */
export function selectedRange(
  { preset, customRange }: Pick<ViewState, 'preset' | 'customRange'>,
  calendar: CalendarContext = { timeZone: 'UTC', now: Date.now(), firstDay: 1 },
): TimeRange {
  if (customRange) return customRange;
  return isCalendarPreset(preset) ? calendarRange(preset, calendar) : { from: `now-${preset}`, to: 'now' };
}

/** The selected brand if it is the only one; otherwise `*`. */
export const selectedBrand = ({ brands }: Pick<ViewState, 'brands'>): string => (brands.length === 1 ? (brands[0] ?? '*') : '*');

/** One brand, `*` for all posts, or several brands: posts that mention any of them. */
export type Brands = string | readonly string[];
export const selectedBrands = (state: Pick<ViewState, 'brands'>): Brands => (state.brands.length > 1 ? state.brands : selectedBrand(state));
/** Whether one of the brands is selected. */
export const matchesBrands = (chosen: Brands, named: readonly string[]): boolean =>
  chosen === '*' || (typeof chosen === 'string' ? named.includes(chosen) : chosen.some((brand) => named.includes(brand)));

const textFilters = ['platform', 'lang', 'author', 'text'] as const;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Parses a query string. Invalid parameters are ignored. */
export function parseUrl(search: string): ViewState {
  const query = new URLSearchParams(search);
  const parseEnum = <T extends string>(known: readonly T[], name: string): T | undefined =>
    known.find((value) => value === query.get(name));
  const [from, to] = [query.get('from'), query.get('to')].map((time) => Date.parse(time ?? ''));
  const customRange = from !== undefined && to !== undefined && from < to ? { from: iso(from), to: iso(to) } : undefined;
  const zone = toZone(query.get('zone'));
  const incident = query.get('incident');
  return {
    page: parseEnum(pageNames, 'view') ?? 'overview',
    brands: [...new Set(query.getAll('brand'))].filter((brand) => brand !== '' && brand !== '*').slice(0, 20),
    preset: parseEnum(rangePresets, 'range') ?? '24h',
    ...(customRange && { customRange }),
    ...(zone !== undefined && { zone }),
    comparePrevious: query.get('comparePrevious') !== 'false',
    filter: readFilter(query, parseEnum),
    ...(incident && { incident }),
  };
}

function readFilter(query: URLSearchParams, one: <T extends string>(known: readonly T[], name: string) => T | undefined): PostFilter {
  const label = one(storedLabels, 'label');
  const sort = one(sorts, 'sort');
  const official = one(['exclude', 'only'] as const, 'official');
  const fold = one(['true', 'false'] as const, 'fold');
  const texts = Object.fromEntries(textFilters.flatMap((name) => (query.get(name) ? [[name, query.get(name)?.slice(0, 200)]] : [])));
  return {
    ...texts,
    ...(label && { label }),
    ...(sort && sort !== 'time' && { sort }),
    ...(official && { official }),
    ...(fold && { fold }),
    ...(query.has('lowConfidence') && { lowConfidence: true }),
  };
}

/** The query string of a state; defaults are omitted. */
export function formatUrl({ page: name, brands, preset, customRange, zone, comparePrevious, filter, incident }: ViewState): string {
  const query = new URLSearchParams();
  if (name !== 'overview') query.set('view', name);
  for (const brand of brands) query.append('brand', brand);
  if (preset !== '24h') query.set('range', preset);
  for (const [end, time] of Object.entries(customRange ?? {})) query.set(end, time);
  if (zone) query.set('zone', zone);
  if (!comparePrevious) query.set('comparePrevious', 'false');
  if (name === 'posts') for (const [field, value] of Object.entries(filter)) query.set(field, String(value));
  if (name === 'incident' && incident) query.set('incident', incident);
  return query.size > 0 ? `?${query}` : '';
}

/** Undefined for what is not a time zone. */
export function toZone(zone: string | null): string | undefined {
  try {
    return zone && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone ? zone : undefined;
  } catch {
    return undefined;
  }
}

/** What a link asks for that does not exist, and what is shown instead; one sentence each. */
export function findLinkIssues(search: string): string[] {
  const query = new URLSearchParams(search);
  const state = parseUrl(search);
  const quote = (name: string): string => `“${query.get(name)?.slice(0, 60)}”`;
  const isUnknown = (name: string, known: readonly string[]): boolean => query.has(name) && !known.includes(query.get(name) ?? '');
  return [
    ...(isUnknown('view', pageNames) ? [`There is no page called ${quote('view')}. This is the overview.`] : []),
    ...(isUnknown('range', rangePresets) ? [`There is no range called ${quote('range')}. These are the last 24 hours.`] : []),
    ...((query.has('from') || query.has('to')) && !state.customRange
      ? ['The link has no valid start and end. These are the last 24 hours.']
      : []),
    ...(query.get('zone') && state.zone === undefined ? [`There is no time zone called ${quote('zone')}.`] : []),
  ];
}

export const pageTitles: Readonly<Record<PageName, string>> = {
  overview: 'Overview',
  posts: 'Posts',
  live: 'Live',
  compare: 'Compare',
  alerts: 'Alerts',
  health: 'Health',
  calibrate: 'Label posts',
  incident: 'Incident',
  settings: 'Settings',
};
