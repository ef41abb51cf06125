import uPlot from 'uplot';
import { formatNetSentiment, formatPercent } from '../format.ts';
import type { PlottedLines } from './lines-view.ts';
import { hatchUnfinished } from './marks.ts';
import { canvasPx, enableZoom, isolatedPoints, px, themeColor, timeAxis, toPlotData, valueAxis } from './plot.ts';

export const linesData = ({ midpoints, values }: PlottedLines): uPlot.AlignedData => toPlotData(midpoints, ...values);

/** Lines also differ by their dash pattern, not only by color, and have their number at their end. */
const dashPatterns: readonly number[][] = [[], [7, 3], [2, 3], [10, 3, 2, 3]];
export const seriesColorCount = 8;
export const seriesColor = (index: number): string => themeColor(`--series-${index % seriesColorCount}`);
/** Brands with the same color have different patterns. */
export const seriesDash = (index: number): readonly number[] =>
  dashPatterns[(index + Math.floor(index / seriesColorCount)) % dashPatterns.length] ?? [];

interface LinesPlotOptions {
  readonly kind: 'net' | 'share';
  read(): PlottedLines;
  onMove(index: number | null): void;
  /** Called with the ends of a dragged selection, in seconds since 1970. */
  onZoom(from: number, to: number): void;
}

/** Net sentiment as lines, or shares as areas stacked up to 100%. */
export function linesPlot(container: HTMLElement, { kind, read, onMove, onZoom }: LinesPlotOptions): uPlot {
  const { values, numbers } = read();
  const series = values.map((_, index): uPlot.Series => {
    const color = seriesColor((numbers[index] ?? 1) - 1);
    return {
      stroke: kind === 'net' ? color : themeColor('--panel'),
      width: px(kind === 'net' ? 2 : 1),
      points: { show: true, filter: (chart) => isolatedPoints(chart.data[index + 1] ?? []), size: px(5), fill: color },
      ...(kind === 'net' ? { dash: seriesDash((numbers[index] ?? 1) - 1).map(px) } : { fill: color }),
    };
  });
  const axis =
    kind === 'net'
      ? valueAxis({ values: (_, ticks) => ticks.map((tick) => formatNetSentiment(tick)) })
      : valueAxis({ splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, ticks) => ticks.map(formatPercent) });
  const range: uPlot.Range.Function = (_, least, most) => {
    if (kind === 'share') return [0, 1];
    const bound = Math.max(20, Math.ceil(Math.max(Math.abs(least ?? 0), Math.abs(most ?? 0)) / 10) * 10);
    return [-bound, bound];
  };
  const options: uPlot.Options = {
    width: container.clientWidth,
    height: px(244),
    padding: [px(8), px(26), 0, 0],
    series: [{}, ...series],
    scales: { x: { time: true }, y: { range } },
    axes: [timeAxis(read), axis],
    cursor: { sync: { key: 'compare' }, y: false, drag: { x: true, y: false, setScale: false, dist: 8 }, points: { show: false } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), read().timeZone),
    hooks: {
      setCursor: [({ cursor }) => onMove(cursor.idx ?? null)],
      setSelect: [enableZoom(onZoom)],
      draw: [(chart) => hatchUnfinished(chart, read().grid, read().range.to), (chart) => drawNumbers(chart, kind, numbers)],
    },
  };
  return new uPlot(options, linesData(read()), container);
}

const labelHeight = 12;

/** Writes the number of each brand beside the end of its line, or beside its area, moved apart where they would overlap. */
function drawNumbers(chart: uPlot, kind: 'net' | 'share', numbers: readonly number[]): void {
  const { ctx, bbox, data } = chart;
  const height = canvasPx(labelHeight);
  const heightOf = (index: number): number | undefined => {
    const values = data[index + 1] ?? [];
    const last = Array.from(values).findLastIndex((value) => typeof value === 'number');
    const top = values[last];
    if (typeof top !== 'number') return undefined;
    const below = kind === 'share' ? (data[index + 2]?.[last] ?? 0) : top;
    return chart.valToPos((top + below) / 2, 'y', true);
  };
  const labels = numbers
    .flatMap((number, index) => {
      const y = heightOf(index);
      return y === undefined ? [] : [{ number, y }];
    })
    .sort((a, b) => a.y - b.y);
  let free = bbox.top;
  const room = bbox.top + bbox.height;
  ctx.save();
  ctx.font = `600 ${canvasPx(11)}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  for (const [index, { number, y }] of labels.entries()) {
    const lowest = room - (labels.length - index - 0.5) * height;
    const middle = Math.max(free + height / 2, Math.min(y, Math.max(lowest, free + height / 2)));
    ctx.fillStyle = themeColor('--text');
    ctx.fillText(String(number), bbox.left + bbox.width + canvasPx(5), middle);
    free = middle + height / 2;
  }
  ctx.restore();
}
