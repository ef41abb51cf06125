import uPlot from 'uplot';
import type { StoredLabel } from '../../domain/post.ts';
import type { Anomaly } from '../api/alerts.ts';
import type { Trends } from '../api/history.ts';
import { formatCount, formatNetSentiment } from '../format.ts';
import { alignPrevious, type BucketGrid, furthestFromZero, netIntervals, netSentiments, stackedCounts, stackedLabels } from './grid.ts';
import { type ChartEvent, drawEvents, drawIncidents, hatchUnfinished } from './marks.ts';
import { countSteps, enableZoom, isolatedPoints, px, themeColor, timeAxis, toPlotData, valueAxis } from './plot.ts';

/** The data of both charts. */
export interface HistoryData {
  readonly trends: Trends;
  readonly grid: BucketGrid;
  /** The previous period, and the seconds between the two periods. */
  readonly previous: BucketGrid | undefined;
  readonly shiftSeconds: number;
  readonly timeZone: string;
  readonly anomalies: readonly Pick<Anomaly, 'at' | 'resolvedAt'>[];
  readonly events: readonly ChartEvent[];
  /** The only label shown as volume; all if undefined. */
  readonly onlyLabel: StoredLabel | undefined;
}

interface Handlers {
  read(): HistoryData;
  onMove(index: number | null): void;
  /** Called with the ends of a dragged selection, in seconds since 1970. */
  onZoom(from: number, to: number): void;
}

export const sentimentData = ({ grid, previous, shiftSeconds }: HistoryData): uPlot.AlignedData =>
  toPlotData(grid.midpoints, netSentiments(grid), ...netIntervals(grid), alignPrevious(grid, previous, shiftSeconds));
export const volumeData = ({ grid, onlyLabel }: HistoryData): uPlot.AlignedData =>
  toPlotData(grid.midpoints, ...stackedCounts(grid, onlyLabel));

/** The axis uses the smallest of these bounds that fits all values, with zero in the middle. */
const sentimentBounds = [20, 50, 100] as const;
/** Some space beyond the bounds, so that a line along them is not clipped. */
const margin = 1.03;

/** Net sentiment as a line with its 95% confidence band, and the previous period as a dashed line. */
export function sentimentPlot(container: HTMLElement, handlers: Handlers): uPlot {
  const { read } = handlers;
  const line = themeColor('--accent');
  const current: uPlot.Series = {
    stroke: line,
    width: px(2),
    fill: signFill,
    fillTo: 0,
    spanGaps: false,
    points: { show: true, filter: (chart) => isolatedPoints(chart.data[1] ?? []), size: px(5), fill: line },
  };
  // The interval may be clipped: with few posts it spans the whole scale, and the line would look flat.
  const bound95: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const previous: uPlot.Series = { stroke: themeColor('--quiet'), width: px(1.2), dash: [px(5), px(4)], points: { show: false } };
  const range: uPlot.Range.Function = () => {
    const { grid, previous: before, shiftSeconds } = read();
    const furthest = furthestFromZero(netSentiments(grid), alignPrevious(grid, before, shiftSeconds));
    const bound = sentimentBounds.find((value) => furthest <= value) ?? 100;
    return [-bound * margin, bound * margin];
  };
  const axis = valueAxis({
    splits: (_, __, ___, most) => [-1, -0.5, 0, 0.5, 1].map((part) => Math.round((part * most) / margin)),
    values: (_, ticks) => ticks.map((tick) => formatNetSentiment(tick)),
  });
  const options = createOptions(container, handlers, { height: px(224), series: [{}, current, bound95, bound95, previous], range, axis });
  const bands: uPlot.Band[] = [{ series: [2, 3], fill: `${line}26` }];
  const drawAxes = [...(options.hooks?.drawAxes ?? []), drawZero];
  return new uPlot({ ...options, bands, hooks: { ...options.hooks, drawAxes } }, sentimentData(read()), container);
}

/** Volume as bars, stacked by label. */
export function volumePlot(container: HTMLElement, handlers: Handlers): uPlot {
  const { read } = handlers;
  const paths = uPlot.paths.bars?.({ size: [0.84, px(40)] });
  const series = stackedLabels.map(
    (label): uPlot.Series => ({ width: 0, fill: themeColor(`--${label}`), points: { show: false }, ...(paths && { paths }) }),
  );
  const range: uPlot.Range.Function = (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.08)];
  const axis = valueAxis({ incrs: countSteps, values: (_, ticks) => ticks.map(formatCount) });
  return new uPlot(
    createOptions(container, handlers, { height: px(184), series: [{}, ...series], range, axis }),
    volumeData(read()),
    container,
  );
}

/** The options that both charts share. */
function createOptions(
  container: HTMLElement,
  { read, onMove, onZoom }: Handlers,
  given: { height: number; series: uPlot.Series[]; range: uPlot.Range.Function; axis: uPlot.Axis },
): uPlot.Options {
  const { height, series, range, axis } = given;
  return {
    width: container.clientWidth,
    height,
    padding: [px(8), px(14), 0, 0],
    series,
    scales: { x: { time: true, range: () => gridExtent(read().grid) }, y: { range } },
    axes: [timeAxis(() => ({ timeZone: read().timeZone, range: read().trends })), axis],
    cursor: { sync: { key: 'history' }, y: false, drag: { x: true, y: false, setScale: false, dist: 8 }, points: { show: false } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), read().timeZone),
    hooks: {
      setCursor: [({ cursor }) => onMove(cursor.idx ?? null)],
      setSelect: [enableZoom(onZoom)],
      drawAxes: [(chart) => drawIncidents(chart, read().anomalies), (chart) => drawEvents(chart, read().events)],
      draw: [(chart) => hatchUnfinished(chart, read().grid, read().trends.to)],
    },
  };
}

/** From the start of the first bucket to the end of the last one. */
const gridExtent = ({ midpoints, stepSeconds }: BucketGrid): [number, number] => [
  (midpoints[0] ?? 0) - stepSeconds / 2,
  (midpoints.at(-1) ?? 1) + stepSeconds / 2,
];

/** Zero is in the middle of the scale: the positive color above it, the negative one below. */
function signFill({ ctx, bbox }: uPlot): CanvasGradient {
  const gradient = ctx.createLinearGradient(0, bbox.top, 0, bbox.top + bbox.height);
  const colors = [themeColor('--positive'), themeColor('--negative')].map((tone) => `${tone}2e`);
  for (const [index, tint] of colors.entries()) {
    gradient.addColorStop(index / 2, tint);
    gradient.addColorStop((index + 1) / 2, tint);
  }
  return gradient;
}

function drawZero({ ctx, bbox }: uPlot): void {
  ctx.fillStyle = themeColor('--quiet');
  ctx.fillRect(bbox.left, Math.round(bbox.top + bbox.height / 2), bbox.width, 1);
}
