import type { PlotImage } from './charts/plot.ts';
import { save } from './export-file.ts';
import { formatTimeRange } from './format.ts';
import type { TimeRange } from './state/view-state.ts';

export interface Picture {
  readonly title: string;
  /** The range and the time zone. */
  readonly subtitle: string;
  /** CSS variables of the colors, and what they mean. */
  readonly legend: readonly { readonly color: string; readonly text: string }[];
  /** Drawn at `pictureScale`. */
  readonly plots: readonly PlotImage[];
}

/** For reports and slides, whatever screen it was saved on. */
export const pictureScale = 2;
const margin = 20;
const titleHeight = 50;
const rowHeight = 20;
const swatchSize = 10;

/** Saves charts, one below the other, with their title, range and legend at twice the size of the screen. */
export async function savePng(name: string, picture: Picture): Promise<void> {
  const canvas = drawPicture(picture);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob) save(`${name}.png`, blob);
}

function drawPicture({ title, subtitle, legend, plots }: Picture): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const width = Math.max(320, ...plots.map((plot) => plot.width)) + 2 * margin;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.font = '12px system-ui, sans-serif';
  const items = layOutLegend(context, legend, width - 2 * margin);
  const rows = Math.max(0, ...items.map(({ row }) => row + 1));
  const height = margin + titleHeight + plots.reduce((sum, plot) => sum + plot.height + margin, 0) + rows * rowHeight + margin / 2;
  // A canvas that is resized forgets its settings.
  canvas.width = width * pictureScale;
  canvas.height = height * pictureScale;
  context.scale(pictureScale, pictureScale);
  context.fillStyle = style.getPropertyValue('--panel');
  context.fillRect(0, 0, width, height);
  context.fillStyle = style.getPropertyValue('--text');
  context.font = '600 16px system-ui, sans-serif';
  context.fillText(title, margin, margin + 14, width - 2 * margin);
  context.fillStyle = style.getPropertyValue('--quiet');
  context.font = '12px system-ui, sans-serif';
  context.fillText(subtitle, margin, margin + 34, width - 2 * margin);
  let top = margin + titleHeight;
  for (const plot of plots) {
    context.drawImage(plot.canvas, margin, top, plot.width, plot.height);
    top += plot.height + margin;
  }
  for (const { x, row, color, text } of items) {
    context.fillStyle = style.getPropertyValue(color);
    context.fillRect(margin + x, top + row * rowHeight, swatchSize, swatchSize);
    context.fillStyle = style.getPropertyValue('--quiet');
    context.fillText(text, margin + x + swatchSize + 6, top + row * rowHeight + swatchSize);
  }
  return canvas;
}

/** The place of each item: beside the one before, or in the next row if there is no room. */
function layOutLegend(context: CanvasRenderingContext2D, legend: Picture['legend'], width: number) {
  let [x, row] = [0, 0];
  return legend.map(({ color, text }) => {
    const itemWidth = swatchSize + 6 + context.measureText(text).width + 18;
    if (x > 0 && x + itemWidth > width) [x, row] = [0, row + 1];
    const item = { x, row, color, text };
    x += itemWidth;
    return item;
  });
}

/** The range of a picture with its time zone. */
export const describeRange = (range: TimeRange, timeZone: string): string =>
  `${formatTimeRange(range, timeZone)} · ${timeZone.replaceAll('_', ' ')} · feedpulse`;
