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
  return { brand: query.get('brand') ?? '*', range };
}

export function writeViewState({ brand, range }: ViewState): void {
  const query = new URLSearchParams();
  if (brand !== '*') query.set('brand', brand);
  if (range !== '24h') query.set('range', range);
  const search = query.toString();
  history.replaceState(null, '', search ? `?${search}` : location.pathname);
}
