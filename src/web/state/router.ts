import { signal } from '@preact/signals';
import { type Range, readAddress, toAddress, type ViewState } from './view-state.ts';

export const view = signal<ViewState>(readAddress(location.search));

/** Changes the state: as a new history entry, or replacing the current one. */
export function navigate(change: Partial<ViewState>, how: 'push' | 'replace' = 'push'): void {
  const next = { ...view.value, ...change };
  const address = toAddress(next) || location.pathname;
  if (how === 'push') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  if (next.page !== view.value.page) scrollTo(0, 0);
  view.value = next;
}

/** Selects a range that ends now, and drops a custom one. */
export function selectRange(range: Range): void {
  const { span: _, ...rest } = view.value;
  view.value = rest;
  navigate({ range });
}

window.addEventListener('popstate', () => {
  view.value = readAddress(location.search);
});
