import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick } from '../format.ts';
import type { Span } from '../state/view-state.ts';

export const colour = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

const font = '11px system-ui, sans-serif';

/** An axis of values in the page's colours. */
export const valueAxis = (axis: uPlot.Axis): uPlot.Axis => ({
  stroke: colour('--quiet'),
  font,
  ticks: { show: false },
  grid: { stroke: colour('--line'), width: 1 },
  size: 46,
  ...axis,
});

/** An axis of time whose marks are told as the range asks for. */
export const timeAxis = (read: () => { readonly timeZone: string; readonly span: Span }): uPlot.Axis => ({
  stroke: colour('--quiet'),
  font,
  ticks: { show: false },
  grid: { show: false },
  size: 26,
  space: 76,
  values: (_, ticks) => ticks.map((tick) => formatTick(tick, read().timeZone, read().span)),
});

/** Whole steps of an axis of counts. */
export const countSteps = [1, 2, 5]
  .flatMap((first) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].map((unit) => first * unit))
  .sort((a, b) => a - b);

/** uPlot takes lists that it may write to. */
export const aligned = (...columns: readonly (readonly (number | null)[])[]): uPlot.AlignedData =>
  columns.map((column) => [...column]) as unknown as uPlot.AlignedData; // the first holds times, which are never null

/** Where a value stands between gaps, and no line would show it. */
export function loners(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number): boolean => typeof values[index] === 'number';
  return Array.from(values, (_, index) => index).filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}

export type FrameRef = RefObject<HTMLDivElement | null>;
export type PlotRef = RefObject<uPlot | null>;

/**
 * A chart in an element of the page, as wide as that, drawn anew when the colours change.
 * `build` reads what it needs when it is called: it is called again with each theme.
 */
export function usePlot(build: (frame: HTMLElement) => uPlot, data: uPlot.AlignedData): { frame: FrameRef; plot: PlotRef } {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(build);
  latest.current = build;

  useLayoutEffect(() => {
    const place = frame.current;
    if (!place) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = latest.current(place);
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const resized = new ResizeObserver(() => {
      const { current } = plot;
      if (current && place.clientWidth > 0 && place.clientWidth !== current.width)
        current.setSize({ width: place.clientWidth, height: current.height });
    });
    resized.observe(place);
    return () => {
      dark.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  return { frame, plot };
}

/** Where a key moves a cursor along a chart; undefined for a key that does not. */
export function indexAfter(key: string, index: number, last: number): number | undefined {
  const targets: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(last, Math.max(0, target));
}
