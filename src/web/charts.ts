import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ShownAlert, Trends } from './api.ts';
import { type Grid, netIntervals, netSentiments, stackedCounts, stackedLabels, toGrid } from './chart-grid.ts';
import { byId } from './dom.ts';
import { formatCount, formatMoment, formatNet, formatTick } from './format.ts';

const height = 200;

interface View {
  readonly trends: Trends;
  readonly timeZone: string;
  readonly grid: Grid;
  readonly alerts: readonly ShownAlert[];
}

export interface Charts {
  show(trends: Trends, timeZone: string, alerts: readonly ShownAlert[]): void;
}

/** Net sentiment as a line and volume as bars stacked by label, over one time axis, with one read-out. */
export function createCharts(): Charts {
  const frames = [byId('sentiment-chart'), byId('volume-chart')] as const;
  let view: View | undefined;
  let charts: uPlot[] = [];

  const readView = (): View => {
    if (!view) throw new Error('a chart is drawn before there is anything to show');
    return view;
  };
  const redraw = (): void => {
    for (const chart of charts) chart.destroy();
    charts = view ? [sentimentChart(frames[0], readView), volumeChart(frames[1], readView)] : [];
  };
  /** Puts the cursor of both charts on a bucket. */
  const point = (index: number): void => {
    const middle = view?.grid.middles[index];
    if (middle !== undefined) for (const chart of charts) chart.setCursor({ left: chart.valToPos(middle, 'x'), top: 1 });
  };

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  new ResizeObserver(() => {
    for (const [index, chart] of charts.entries()) chart.setSize({ width: frames[index]?.clientWidth ?? 300, height });
  }).observe(frames[1]);
  for (const frame of frames) {
    frame.addEventListener('keydown', (event) => {
      const last = (view?.grid.middles.length ?? 0) - 1;
      const next = indexAfter(event.key, charts[0]?.cursor.idx ?? last, last);
      if (next === undefined) return;
      event.preventDefault();
      point(next);
    });
  }

  return {
    show: (trends, timeZone, alerts) => {
      view = { trends, timeZone, grid: toGrid(trends), alerts };
      const [sentiment, volume] = charts;
      if (!sentiment || !volume) return redraw();
      sentiment.setData(sentimentData(view.grid));
      volume.setData(volumeData(view.grid));
      showReadout(sentiment.cursor.idx, view);
    },
  };
}

function indexAfter(key: string, index: number, last: number): number | undefined {
  const targets: Readonly<Record<string, number>> = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(last, Math.max(0, target));
}

const sentimentData = (grid: Grid): uPlot.AlignedData => [[...grid.middles], netSentiments(grid), ...netIntervals(grid)];
const volumeData = (grid: Grid): uPlot.AlignedData => [[...grid.middles], ...stackedCounts(grid)];

/** The least of these that holds every value: a quiet day is no flat line, and zero stays in the middle. */
const sentimentBounds = [20, 50, 100] as const;
/** Room beyond the bounds, so that a line along them is not cut in half. */
const margin = 1.03;

function sentimentChart(frame: HTMLElement, readView: () => View): uPlot {
  const line = colour('--accent');
  const series: uPlot.Series = {
    stroke: line,
    width: 2,
    fill: aboveAndBelow,
    fillTo: 0,
    spanGaps: false,
    points: { show: true, filter: (chart) => loners(chart.data[1] ?? []), size: 5, fill: line },
  };
  // An interval may leave the chart: of few posts it is as wide as the scale, and the line would be flat.
  const bound95: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const range: uPlot.Range.Function = () => {
    const furthest = Math.max(0, ...netSentiments(readView().grid).map((net) => Math.abs(net ?? 0)));
    const bound = sentimentBounds.find((value) => furthest <= value) ?? 100;
    return [-bound * margin, bound * margin];
  };
  const axis: uPlot.Axis = {
    splits: (_, __, ___, most) => [-1, -0.5, 0, 0.5, 1].map((part) => Math.round((part * most) / margin)),
    values: (_, ticks) => ticks.map((tick) => formatNet(tick)),
  };
  const options = optionsFor(frame, readView, { series: [{}, series, bound95, bound95], range, axis });
  const bands: uPlot.Band[] = [{ series: [2, 3], fill: `${line}26` }];
  const drawAxes = [...(options.hooks?.drawAxes ?? []), drawZero];
  return new uPlot({ ...options, bands, hooks: { ...options.hooks, drawAxes } }, sentimentData(readView().grid), frame);
}

/** Where a value stands between gaps, and no line would show it. */
function loners(values: ArrayLike<number | null | undefined>): number[] {
  const has = (index: number): boolean => typeof values[index] === 'number';
  return Array.from(values, (_, index) => index).filter((index) => has(index) && !has(index - 1) && !has(index + 1));
}

/** Zero lies in the middle of the scale: the colour of good above it, of bad below. */
function aboveAndBelow({ ctx, bbox }: uPlot): CanvasGradient {
  const gradient = ctx.createLinearGradient(0, bbox.top, 0, bbox.top + bbox.height);
  const tints = [colour('--positive'), colour('--negative')].map((tone) => `${tone}2e`);
  for (const [index, tint] of tints.entries()) {
    gradient.addColorStop(index / 2, tint);
    gradient.addColorStop((index + 1) / 2, tint);
  }
  return gradient;
}

function drawZero({ ctx, bbox }: uPlot): void {
  ctx.fillStyle = colour('--quiet');
  ctx.fillRect(bbox.left, Math.round(bbox.top + bbox.height / 2), bbox.width, 1);
}

/** A tint from the beginning of each alert to its end, with an edge where it began. */
function drawAlerts(chart: uPlot, { alerts }: View): void {
  const { ctx, bbox } = chart;
  const within = (position: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, position));
  for (const { at, resolvedAt } of alerts) {
    const ends = resolvedAt === null ? Date.now() : Date.parse(resolvedAt);
    const [left = 0, right = 0] = [Date.parse(at), ends].map((time) => within(chart.valToPos(time / 1_000, 'x', true)));
    if (right <= left) continue;
    ctx.fillStyle = `${colour('--negative')}1f`;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colour('--negative');
    ctx.fillRect(left, bbox.top, 2, bbox.height);
  }
}

function volumeChart(frame: HTMLElement, readView: () => View): uPlot {
  const paths = uPlot.paths.bars?.({ size: [0.84, 40] });
  const series = stackedLabels.map(
    (label): uPlot.Series => ({ width: 0, fill: colour(`--${label}`), points: { show: false }, ...(paths && { paths }) }),
  );
  const range: uPlot.Range.Function = (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.08)];
  const axis: uPlot.Axis = {
    incrs: [1, 2, 5].flatMap((first) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((unit) => first * unit)).sort((a, b) => a - b),
    values: (_, ticks) => ticks.map(formatCount),
  };
  return new uPlot(optionsFor(frame, readView, { series: [{}, ...series], range, axis }), volumeData(readView().grid), frame);
}

/** What both charts have in common. */
function optionsFor(
  frame: HTMLElement,
  readView: () => View,
  { series, range, axis }: { series: uPlot.Series[]; range: uPlot.Range.Function; axis: uPlot.Axis },
): uPlot.Options {
  const look: uPlot.Axis = { stroke: colour('--quiet'), font: '11px system-ui, sans-serif', ticks: { show: false } };
  const times: uPlot.Axis = {
    ...look,
    grid: { show: false },
    size: 26,
    space: 72,
    values: (_, ticks) => ticks.map((tick) => formatTick(tick, readView().timeZone, readView().trends)),
  };
  return {
    width: frame.clientWidth,
    height,
    padding: [8, 14, 0, 0],
    series,
    scales: { x: { time: true, range: () => extentOf(readView().grid) }, y: { range } },
    axes: [times, { ...look, grid: { stroke: colour('--line'), width: 1 }, size: 44, ...axis }],
    cursor: { sync: { key: 'history' }, y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), readView().timeZone),
    hooks: { setCursor: [({ cursor }) => showReadout(cursor.idx, readView())], drawAxes: [(chart) => drawAlerts(chart, readView())] },
  };
}

/** From the start of the first bucket to the end of the last. */
function extentOf({ middles, step }: Grid): [number, number] {
  return [(middles[0] ?? 0) - step / 2, (middles.at(-1) ?? 1) + step / 2];
}

/** The figures of the bucket under the cursor, or of the latest one that has some. */
function showReadout(pointed: number | null | undefined, { grid, timeZone, trends }: View): void {
  const index = pointed ?? grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const middle = grid.middles[index];
  const bucket = grid.buckets[index];
  const when = middle === undefined ? '' : `${formatMoment(middle - grid.step / 2, timeZone, trends.grain)} · `;
  const counts = bucket && `${formatCount(bucket.volume)} posts: ${bucket.positive} ▲ ${bucket.neutral} ● ${bucket.negative} ▼`;
  const readouts = { sentiment: bucket && formatNet(bucket.netSentiment), volume: counts };
  for (const [name, figures] of Object.entries(readouts)) {
    const text = `${when}${figures ?? 'no posts'}`;
    byId(`${name}-readout`).textContent = text;
    // For those who hear the page each chart is a slider over time.
    const frame = byId(`${name}-chart`);
    frame.setAttribute('aria-valuemax', String(grid.middles.length - 1));
    frame.setAttribute('aria-valuenow', String(index));
    frame.setAttribute('aria-valuetext', text);
  }
}

function colour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
