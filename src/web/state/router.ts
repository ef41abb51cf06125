import { signal } from '@preact/signals';
import { findLinkIssues, formatUrl, parseUrl, type RangePreset, type ViewState } from './view-state.ts';

export const view = signal<ViewState>(parseUrl(location.search));

/** What the link asked for that does not exist, until the reader dismisses it or goes on. */
export const linkIssues = signal<readonly string[]>(findLinkIssues(location.search));

/** Changes the state: as a new history entry, or replacing the current one. */
export function navigate(change: Partial<ViewState>, mode: 'push' | 'replace' = 'push'): void {
  const next = { ...view.value, ...change };
  const url = formatUrl(next) || location.pathname;
  if (mode === 'push') {
    history.pushState(null, '', url);
    linkIssues.value = [];
  } else history.replaceState(null, '', url);
  // Another brand is another page to the reader, and its controls and first figures are at the top.
  if (next.page !== view.value.page || next.brands.join('\n') !== view.value.brands.join('\n')) scrollTo(0, 0);
  view.value = next;
}

/** Selects a range that ends now, and drops a custom one. */
export function selectPreset(preset: RangePreset): void {
  const { customRange: _, ...rest } = view.value;
  view.value = rest;
  navigate({ preset });
}

window.addEventListener('popstate', () => {
  view.value = parseUrl(location.search);
});
