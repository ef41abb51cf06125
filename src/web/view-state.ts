export const ranges = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof ranges)[number];

/** What is looked at; it lives in the address, so that a view can be sent to somebody. */
export interface ViewState {
  /** `*` is all posts. */
  readonly brand: string;
  readonly range: Range;
}

export function readViewState(): ViewState {
  const query = new URLSearchParams(location.search);
  const range = ranges.find((known) => known === query.get('range')) ?? '24h';
  return { brand: query.get('brand') || '*', range };
}

/** Writes the view into the address: as a step that the back button undoes, or in place of the present one. */
export function writeViewState({ brand, range }: ViewState, how: 'step' | 'replace'): void {
  const query = new URLSearchParams();
  if (brand !== '*') query.set('brand', brand);
  if (range !== '24h') query.set('range', range);
  const address = query.size > 0 ? `?${query}` : location.pathname;
  if (how === 'step') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}
