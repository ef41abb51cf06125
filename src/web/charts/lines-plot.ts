import uPlot from 'uplot';
import { formatNetSentiment, formatPercent } from '../format.ts';
import type { PlottedLines } from './lines-view.ts';
import { isolatedPoints, themeColor, timeAxis, toPlotData, valueAxis } from './plot.ts';

export const linesData = ({ midpoints, values }: PlottedLines): uPlot.AlignedData => toPlotData(midpoints, ...values);

/** Lines also differ by their dash pattern, not only by color. */
const dashPatterns: readonly number[][] = [[], [7, 3], [2, 3], [10, 3, 2, 3]];
const seriesColorCount = 8;
export const seriesColor = (index: number): string => themeColor(`--series-${index % seriesColorCount}`);

/** Net sentiment as lines, or shares as areas stacked up to 100%. */
export function linesPlot(
  container: HTMLElement,
  kind: 'net' | 'share',
  read: () => PlottedLines,
  onMove: (index: number | null) => void,
): uPlot {
  const series = read().values.map(
    (_, index): uPlot.Series => ({
      stroke: seriesColor(index),
      width: kind === 'net' ? 2 : 1,
      points: { show: true, filter: (chart) => isolatedPoints(chart.data[index + 1] ?? []), size: 5, fill: seriesColor(index) },
      ...(kind === 'net' ? { dash: dashPatterns[Math.floor(index / 2) % dashPatterns.length] ?? [] } : { fill: seriesColor(index) }),
    }),
  );
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
    height: 230,
    padding: [8, 14, 0, 0],
    series: [{}, ...series],
    scales: { x: { time: true }, y: { range } },
    axes: [timeAxis(read), axis],
    cursor: { sync: { key: 'compare' }, y: false, drag: { x: false, y: false }, points: { show: false } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), read().timeZone),
    hooks: { setCursor: [({ cursor }) => onMove(cursor.idx ?? null)] },
  };
  return new uPlot(options, linesData(read()), container);
}
