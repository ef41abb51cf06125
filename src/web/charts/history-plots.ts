import uPlot from 'uplot';
import type { Unusual } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { formatCount, formatNet } from '../format.ts';
import { type Grid, laidOver, netIntervals, netSentiments, stackedCounts, stackedLabels } from './grid.ts';
import { aligned, colour, countSteps, loners, timeAxis, valueAxis } from './plot.ts';

/** What both charts of a brand's history are drawn from. */
export interface HistoryView {
  readonly trends: Trends;
  readonly grid: Grid;
  /** The period before, and how many seconds lie between the two. */
  readonly before: Grid | undefined;
  readonly shiftSeconds: number;
  readonly timeZone: string;
  readonly marks: readonly Pick<Unusual, 'at' | 'resolvedAt'>[];
}

type ReadView = () => HistoryView;

export const sentimentData = ({ grid, before, shiftSeconds }: HistoryView): uPlot.AlignedData =>
  aligned(grid.middles, netSentiments(grid), ...netIntervals(grid), laidOver(grid, before, shiftSeconds));
export const volumeData = ({ grid }: HistoryView): uPlot.AlignedData => aligned(grid.middles, ...stackedCounts(grid));

/** The least of these that holds every value: a quiet day is no flat line, and zero stays in the middle. */
const sentimentBounds = [20, 50, 100] as const;
/** Room beyond the bounds, so that a line along them is not cut in half. */
const margin = 1.03;

/** Net sentiment as a line with its 95 % band, and the period before as a dashed one. */
export function sentimentPlot(frame: HTMLElement, read: ReadView, moved: (index: number | null) => void): uPlot {
  const line = colour('--accent');
  const present: uPlot.Series = {
    stroke: line,
    width: 2,
    fill: aboveAndBelow,
    fillTo: 0,
    spanGaps: false,
    points: { show: true, filter: (chart) => loners(chart.data[1] ?? []), size: 5, fill: line },
  };
  // An interval may leave the chart: of few posts it is as wide as the scale, and the line would be flat.
  const bound95: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const past: uPlot.Series = { stroke: colour('--quiet'), width: 1.2, dash: [5, 4], points: { show: false } };
  const range: uPlot.Range.Function = () => {
    const furthest = Math.max(0, ...netSentiments(read().grid).map((net) => Math.abs(net ?? 0)));
    const bound = sentimentBounds.find((value) => furthest <= value) ?? 100;
    return [-bound * margin, bound * margin];
  };
  const axis = valueAxis({
    splits: (_, __, ___, most) => [-1, -0.5, 0, 0.5, 1].map((part) => Math.round((part * most) / margin)),
    values: (_, ticks) => ticks.map((tick) => formatNet(tick)),
  });
  const options = optionsFor(frame, read, moved, { height: 210, series: [{}, present, bound95, bound95, past], range, axis });
  const bands: uPlot.Band[] = [{ series: [2, 3], fill: `${line}26` }];
  const drawAxes = [...(options.hooks?.drawAxes ?? []), drawZero];
  return new uPlot({ ...options, bands, hooks: { ...options.hooks, drawAxes } }, sentimentData(read()), frame);
}

/** Posts as bars, stacked by label. */
export function volumePlot(frame: HTMLElement, read: ReadView, moved: (index: number | null) => void): uPlot {
  const paths = uPlot.paths.bars?.({ size: [0.84, 40] });
  const series = stackedLabels.map(
    (label): uPlot.Series => ({ width: 0, fill: colour(`--${label}`), points: { show: false }, ...(paths && { paths }) }),
  );
  const range: uPlot.Range.Function = (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.08)];
  const axis = valueAxis({ incrs: countSteps, values: (_, ticks) => ticks.map(formatCount) });
  return new uPlot(optionsFor(frame, read, moved, { height: 170, series: [{}, ...series], range, axis }), volumeData(read()), frame);
}

/** What both charts have in common. */
function optionsFor(
  frame: HTMLElement,
  read: ReadView,
  moved: (index: number | null) => void,
  given: { height: number; series: uPlot.Series[]; range: uPlot.Range.Function; axis: uPlot.Axis },
): uPlot.Options {
  const { height, series, range, axis } = given;
  return {
    width: frame.clientWidth,
    height,
    padding: [8, 14, 0, 0],
    series,
    scales: { x: { time: true, range: () => extentOf(read().grid) }, y: { range } },
    axes: [timeAxis(() => ({ timeZone: read().timeZone, span: read().trends })), axis],
    cursor: { sync: { key: 'history' }, y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), read().timeZone),
    hooks: { setCursor: [({ cursor }) => moved(cursor.idx ?? null)], drawAxes: [(chart) => drawMarks(chart, read())] },
  };
}

/** From the start of the first bucket to the end of the last. */
const extentOf = ({ middles, step }: Grid): [number, number] => [(middles[0] ?? 0) - step / 2, (middles.at(-1) ?? 1) + step / 2];

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
function drawMarks(chart: uPlot, { marks }: HistoryView): void {
  const { ctx, bbox } = chart;
  const within = (position: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, position));
  for (const { at, resolvedAt } of marks) {
    const ends = resolvedAt === null ? Date.now() : Date.parse(resolvedAt);
    const [left = 0, right = 0] = [Date.parse(at), ends].map((time) => within(chart.valToPos(time / 1_000, 'x', true)));
    if (right <= left) continue;
    ctx.fillStyle = `${colour('--alert')}1f`;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colour('--alert');
    ctx.fillRect(left, bbox.top, 2, bbox.height);
  }
}
