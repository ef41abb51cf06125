import { type Cell, toCsv } from './csv.ts';
import { spanName } from './span-name.ts';
import { timeZone } from './state/brands.ts';
import { view } from './state/router.ts';

/** Files that the page hands to whoever looks on; nothing leaves the browser. */

/** With a mark in front, without which some spreadsheets take UTF-8 for something else. */
export function saveCsv(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  save(`${name}.csv`, new Blob(['\ufeff', toCsv(header, rows)], { type: 'text/csv;charset=utf-8' }));
}

const margin = 16;
const titleHeight = 34;

/** Charts below each other under a title, at the resolution of the screen, on the page's ground. */
export async function savePng(name: string, title: string, charts: readonly HTMLCanvasElement[]): Promise<void> {
  const scale = devicePixelRatio;
  const style = getComputedStyle(document.documentElement);
  const picture = document.createElement('canvas');
  picture.width = Math.max(...charts.map(({ width }) => width)) + 2 * margin * scale;
  picture.height = charts.reduce((sum, { height }) => sum + height + margin * scale, 0) + (titleHeight + margin) * scale;
  const context = picture.getContext('2d');
  if (!context) return;
  context.fillStyle = style.getPropertyValue('--panel');
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = style.getPropertyValue('--text');
  context.font = `600 ${15 * scale}px system-ui, sans-serif`;
  context.fillText(title, margin * scale, (margin + 14) * scale);
  let top = (margin + titleHeight) * scale;
  for (const chart of charts) {
    context.drawImage(chart, margin * scale, top);
    top += chart.height + margin * scale;
  }
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'));
  if (blob) save(`${name}.png`, blob);
}

/** The name of a file about the stretch of time that is looked at. */
export const rangeFileName = (...parts: readonly string[]): string => fileName('feedpulse', ...parts, spanName(view.value, timeZone()));

/** A name that every file system takes. */
export const fileName = (...parts: readonly string[]): string =>
  parts.map((part) => part.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')).join('-') || 'feedpulse';

function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
