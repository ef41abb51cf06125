import { signal } from '@preact/signals';
import { type Range, readAddress, toAddress, type ViewState } from './view-state.ts';

export const view = signal<ViewState>(readAddress(location.search));

/** Goes on to another state: as a step that the back button undoes, or in place of the present one. */
export function go(change: Partial<ViewState>, how: 'step' | 'replace' = 'step'): void {
  const next = { ...view.value, ...change };
  const address = toAddress(next) || location.pathname;
  if (how === 'step') history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  if (next.view !== view.value.view) scrollTo(0, 0);
  view.value = next;
}

/** Without the stretch in place of it. */
export function chooseRange(range: Range): void {
  const { span: _, ...rest } = view.value;
  view.value = rest;
  go({ range });
}

window.addEventListener('popstate', () => {
  view.value = readAddress(location.search);
});
