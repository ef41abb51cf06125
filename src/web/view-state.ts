export const ranges = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof ranges)[number];

/** What is looked at; it lives in the address, so that a view can be sent to somebody. */
export interface ViewState {
  /** `*` is all posts. */
  readonly brand: string;
  readonly range: Range;
  /** A stretch of the past in place of the range, as a link in an alert has it. */
  readonly span?: Span;
}

/** As the API takes it: ISO 8601, or relative to now. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

export const spanOf = ({ range, span }: ViewState): Span => span ?? { from: `now-${range}`, to: 'now' };

export function readViewState(): ViewState {
  const query = new URLSearchParams(location.search);
  const range = ranges.find((known) => known === query.get('range')) ?? '24h';
  const [from, to] = [query.get('from'), query.get('to')].map((time) => Date.parse(time ?? ''));
  const span = from !== undefined && to !== undefined && from < to ? { from: iso(from), to: iso(to) } : undefined;
  return { brand: query.get('brand') || '*', range, ...(span && { span }) };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Writes the view into the address: as a step that the back button undoes, or in place of the present one. */
export function writeViewState({ brand, range, span }: ViewState, how: 'step' | 'replace'): void {
  const query = new URLSearchParams();
  if (brand !== '*') query.set('brand', brand);
  if (range !== '24h') query.set('range', range);
  for (const [name, time] of Object.entries(span ?? {})) query.set(name, time);
  const address = query.size > 0 ? `?${query}` : location.pathname;
  if (how === 'step') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}
