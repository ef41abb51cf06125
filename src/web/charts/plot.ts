import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTick } from '../format.ts';
import type { TimeRange } from '../state/view-state.ts';

export const themeColor = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

const font = '11px system-ui, sans-serif';

/** A value axis in the theme's colors. */
export const valueAxis = (axis: uPlot.Axis): uPlot.Axis => ({
  stroke: themeColor('--quiet'),
  font,
  ticks: { show: false },
  grid: { stroke: themeColor('--line'), width: 1 },
  size: 46,
  ...axis,
});

/** A time axis with tick labels that suit the range. */
export const timeAxis = (read: () => { readonly timeZone: string; readonly range: TimeRange }): uPlot.Axis => ({
  stroke: themeColor('--quiet'),
  font,
  ticks: { show: false },
  grid: { show: false },
  size: 26,
  space: 76,
  values: (_, ticks) => ticks.map((tick) => formatTick(tick, read().timeZone, read().range)),
});

/** Integer tick steps for an axis of counts. */
export const countSteps = [1, 2, 5]
  .flatMap((first) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].map((unit) => first * unit))
  .sort((a, b) => a - b);

/** uPlot needs mutable arrays. */
export const toPlotData = (...columns: readonly (readonly (number | null)[])[]): uPlot.AlignedData =>
  columns.map((column) => [...column]) as unknown as uPlot.AlignedData; // the first column holds times, which are never null

/** The indexes of values between two gaps, which a line would not show. */
export function isolatedPoints(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number): boolean => typeof values[index] === 'number';
  return Array.from(values, (_, index) => index).filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}

export type ContainerRef = RefObject<HTMLDivElement | null>;
export type PlotRef = RefObject<uPlot | null>;

/**
 * Mounts a chart in an element, with its width, and redraws it when the theme changes.
 * `build` must read current values when it is called, because it is called again for each theme.
 */
export function usePlot(build: (container: HTMLElement) => uPlot, data: uPlot.AlignedData): { container: ContainerRef; plot: PlotRef } {
  const container = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(build);
  latest.current = build;

  useLayoutEffect(() => {
    const element = container.current;
    if (!element) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = latest.current(element);
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const resized = new ResizeObserver(() => {
      const { current } = plot;
      if (current && element.clientWidth > 0 && element.clientWidth !== current.width)
        current.setSize({ width: element.clientWidth, height: current.height });
    });
    resized.observe(element);
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

  return { container, plot };
}

/** The bucket index after a key press; undefined for other keys. */
export function indexAfterKey(key: string, index: number, last: number): number | undefined {
  const targets: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(last, Math.max(0, target));
}
