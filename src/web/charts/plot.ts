import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatTicks } from '../format.ts';
import type { TimeRange } from '../state/view-state.ts';

export const themeColor = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

/** 1 on the screen; larger while a picture is drawn for a file. uPlot itself only knows the screen's resolution. */
let plotScale = 1;
/** A length in CSS pixels, as large as the plot that is being built needs it. */
export const px = (length: number): number => length * plotScale;
/** A length in pixels of the canvas. */
export const canvasPx = (length: number): number => px(length) * devicePixelRatio;

const font = (): string => `${px(11)}px system-ui, sans-serif`;

/** A value axis in the theme's colors. */
export const valueAxis = (axis: uPlot.Axis): uPlot.Axis => ({
  stroke: themeColor('--quiet'),
  font: font(),
  ticks: { show: false },
  grid: { stroke: themeColor('--line'), width: px(1) },
  size: px(46),
  gap: px(5),
  ...axis,
});

/** A time axis with tick labels that suit the range. */
export const timeAxis = (read: () => { readonly timeZone: string; readonly range: TimeRange }): uPlot.Axis => ({
  stroke: themeColor('--quiet'),
  font: font(),
  ticks: { show: false },
  grid: { show: false },
  size: px(40),
  space: px(76),
  gap: px(5),
  values: (_, ticks) => formatTicks(ticks, read().timeZone, read().range),
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

/** A handler of a selection made by dragging: hands over its ends, in seconds since 1970, and removes it. */
export const enableZoom =
  (onZoom: (from: number, to: number) => void) =>
  (chart: uPlot): void => {
    const { left, width } = chart.select;
    if (width === 0) return;
    const [from, to] = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    onZoom(from, to);
  };

export type ContainerRef = RefObject<HTMLDivElement | null>;
export type PlotRef = RefObject<uPlot | null>;

interface MountedPlot {
  readonly container: ContainerRef;
  readonly plot: PlotRef;
  /** Draws the plot for a file; nothing before it is mounted. */
  toImage(scale: number): Promise<PlotImage[]>;
}

/** A drawing of a plot for a file, and the size in CSS pixels that it stands for. */
export interface PlotImage {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

/** Draws a plot again outside of the page, enlarged. */
async function drawEnlarged(build: (container: HTMLElement) => uPlot, shown: uPlot, scale: number): Promise<PlotImage> {
  const element = document.createElement('div');
  Object.assign(element.style, { position: 'fixed', left: '-20000px', width: `${shown.width * scale}px` });
  document.body.append(element);
  plotScale = scale;
  try {
    const plot = build(element);
    // uPlot draws in a microtask, in which the scale must still apply.
    await Promise.resolve();
    await Promise.resolve();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: plot.ctx.canvas.width, height: plot.ctx.canvas.height });
    canvas.getContext('2d')?.drawImage(plot.ctx.canvas, 0, 0);
    plot.destroy();
    return { canvas, width: shown.width, height: shown.height };
  } finally {
    plotScale = 1;
    element.remove();
  }
}

/**
 * Mounts a chart in an element, with its width, and redraws it when the theme changes.
 * `build` must read current values when it is called, because it is called again for each theme.
 */
export function usePlot(build: (container: HTMLElement) => uPlot, data: uPlot.AlignedData): MountedPlot {
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
    // Canvases do not follow the theme by themselves, nor the change to paper.
    const media = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
    for (const query of media) query.addEventListener('change', draw);
    const resized = new ResizeObserver(() => {
      const { current } = plot;
      if (current && element.clientWidth > 0 && element.clientWidth !== current.width)
        current.setSize({ width: element.clientWidth, height: current.height });
    });
    resized.observe(element);
    return () => {
      for (const query of media) query.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const toImage = async (scale: number): Promise<PlotImage[]> =>
    plot.current ? [await drawEnlarged((element) => latest.current(element), plot.current, scale / devicePixelRatio)] : [];
  return { container, plot, toImage };
}

/** The bucket index after a key press; undefined for other keys. */
export function indexAfterKey(key: string, index: number, last: number): number | undefined {
  const targets: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(last, Math.max(0, target));
}
