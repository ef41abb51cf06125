import type uPlot from 'uplot';
import { type BucketGrid, unfinishedBucket } from './grid.ts';
import { canvasPx, themeColor } from './plot.ts';

const hatchSpacing = 6;

/** Hatches a last bucket that lacks posts, so that it does not look like a fall. @param to the end of the range */
export function hatchUnfinished(chart: uPlot, grid: BucketGrid, to: string): void {
  const index = unfinishedBucket(grid, to);
  const middle = index === undefined ? undefined : grid.midpoints[index];
  if (middle === undefined) return;
  const { ctx, bbox } = chart;
  const [left, right] = [-1, 1].map((side) => chart.valToPos(middle + (side * grid.stepSeconds) / 2, 'x', true));
  if (left === undefined || right === undefined) return;
  const spacing = canvasPx(hatchSpacing);
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - bbox.height; x < right; x += spacing) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.strokeStyle = themeColor('--panel');
  ctx.lineWidth = canvasPx(2.5);
  ctx.stroke();
  ctx.restore();
}

/** Where a time (ms since 1970) is in the plot, in canvas pixels; at its edge if it is outside. */
function clampX(chart: uPlot, time: number): number {
  const { left, width } = chart.bbox;
  return Math.min(left + width, Math.max(left, chart.valToPos(time / 1_000, 'x', true)));
}

/** Shades each incident from its start to its end, with a line at the start. */
export function drawIncidents(chart: uPlot, incidents: readonly { readonly at: string; readonly resolvedAt: string | null }[]): void {
  const { ctx, bbox } = chart;
  for (const { at, resolvedAt } of incidents) {
    const [left, right] = [clampX(chart, Date.parse(at)), clampX(chart, resolvedAt === null ? Date.now() : Date.parse(resolvedAt))];
    if (right <= left) continue;
    ctx.fillStyle = `${themeColor('--alert')}1f`;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = themeColor('--alert');
    ctx.fillRect(left, bbox.top, canvasPx(2), bbox.height);
  }
}

/** A planned event on a chart. */
export interface ChartEvent {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Marks each event by a bar along the top, and a dashed line at its start. */
export function drawEvents(chart: uPlot, events: readonly ChartEvent[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = themeColor('--event');
  ctx.lineWidth = canvasPx(1);
  ctx.setLineDash([canvasPx(4), canvasPx(3)]);
  for (const { from, to } of events) {
    const [left, right] = [clampX(chart, Date.parse(from)), clampX(chart, Date.parse(to))];
    if (right <= left) continue;
    ctx.fillRect(left, bbox.top, Math.max(right - left, canvasPx(3)), canvasPx(4));
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
