import { signal } from '@preact/signals';
import { navigate, selectPreset, view } from './router.ts';
import type { TimeRange, ViewState } from './view-state.ts';

interface Zoom {
  readonly shown: TimeRange;
  /** The range before, to which a double click goes back. */
  readonly before: Pick<ViewState, 'preset' | 'customRange'>;
}

const zooms = signal<readonly Zoom[]>([]);

/** Whether the range was selected by dragging over a chart. */
export function isZoomed(): boolean {
  const { customRange } = view.value;
  const last = zooms.value.at(-1);
  return customRange !== undefined && last?.shown.from === customRange.from && last.shown.to === customRange.to;
}

/** Selects a part of the range shown. */
export function zoomIn(shown: TimeRange): void {
  const { preset, customRange } = view.value;
  // Charts that share a cursor also share the selection, and each of them reports it.
  if (customRange?.from === shown.from && customRange.to === shown.to) return;
  zooms.value = [...(isZoomed() ? zooms.value : []), { shown, before: { preset, ...(customRange && { customRange }) } }];
  navigate({ customRange: shown });
}

/** Goes back to the range before the last zoom. */
export function zoomOut(): void {
  const last = zooms.value.at(-1);
  if (!last || !isZoomed()) return;
  zooms.value = zooms.value.slice(0, -1);
  if (last.before.customRange) navigate({ customRange: last.before.customRange });
  else selectPreset(last.before.preset);
}
