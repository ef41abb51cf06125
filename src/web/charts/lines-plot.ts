import uPlot from 'uplot';
import { formatNet, formatShare } from '../format.ts';
import type { LinesView } from './lines-view.ts';
import { isolatedPoints, themeColour, timeAxis, toPlotData, valueAxis } from './plot.ts';

export const linesData = ({ middles, values }: LinesView): uPlot.AlignedData => toPlotData(middles, ...values);

/** Lines also differ by their dashes, not only by colour. */
const dashes: readonly number[][] = [[], [7, 3], [2, 3], [10, 3, 2, 3]];
const seriesColourCount = 8;
export const seriesColour = (index: number): string => themeColour(`--series-${index % seriesColourCount}`);

/** Net sentiment as lines, or shares as areas stacked up to 100%. */
export function linesPlot(frame: HTMLElement, kind: 'net' | 'share', read: () => LinesView, onMove: (index: number | null) => void): uPlot {
  const series = read().values.map(
    (_, index): uPlot.Series => ({
      stroke: seriesColour(index),
      width: kind === 'net' ? 2 : 1,
      points: { show: true, filter: (chart) => isolatedPoints(chart.data[index + 1] ?? []), size: 5, fill: seriesColour(index) },
      ...(kind === 'net' ? { dash: dashes[Math.floor(index / 2) % dashes.length] ?? [] } : { fill: seriesColour(index) }),
    }),
  );
  const axis =
    kind === 'net'
      ? valueAxis({ values: (_, ticks) => ticks.map((tick) => formatNet(tick)) })
      : valueAxis({ splits: () => [0, 0.25, 0.5, 0.75, 1], values: (_, ticks) => ticks.map(formatShare) });
  const range: uPlot.Range.Function = (_, least, most) => {
    if (kind === 'share') return [0, 1];
    const bound = Math.max(20, Math.ceil(Math.max(Math.abs(least ?? 0), Math.abs(most ?? 0)) / 10) * 10);
    return [-bound, bound];
  };
  const options: uPlot.Options = {
    width: frame.clientWidth,
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
  return new uPlot(options, linesData(read()), frame);
}
