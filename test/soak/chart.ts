/** A line over time, with event markers. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  /** Seconds since the start, and the value; undefined where nothing could be measured. */
  readonly points: readonly (readonly [seconds: number, value: number | undefined])[];
  readonly markers: readonly Marker[];
}

export interface Marker {
  readonly seconds: number;
  readonly name: string;
  /** Letter above the marker. */
  readonly symbol: string;
}

const size = { width: 880, height: 220 };
const margin = { left: 64, right: 28, top: 34, bottom: 30 };
const inner = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom };

const style = `
  svg { --ink: #1c2430; --quiet: #667085; --line: #1d6fb8; --rule: #e4e8ee; --marker: #c2410c; background: #fff; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6eaf0; --quiet: #98a2b3; --line: #6cb2f0; --rule: #2a3340; --marker: #fb923c; background: #11161d; } }
  text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
  .title { font-size: 14px; font-weight: 600; fill: var(--ink); }
  .line { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-linejoin: round; }
  .rule { stroke: var(--rule); }
  .symbol { font-size: 10px; font-weight: 600; fill: var(--marker); }
  .marker { stroke: var(--marker); stroke-dasharray: 3 3; }`;

/** The chart as a standalone SVG document with light and dark colors. */
export function drawChart({ title, unit, points, markers }: Chart): string {
  const values = points.flatMap(([, value]) => (value === undefined ? [] : [value]));
  const top = roundUpForAxis(Math.max(1, ...values));
  const end = Math.max(1, ...points.map(([seconds]) => seconds));
  const x = (seconds: number): number => margin.left + (seconds / end) * inner.width;
  const y = (value: number): number => margin.top + inner.height * (1 - value / top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * top).toFixed(1);
    return `<line class="rule" x1="${margin.left}" x2="${size.width - margin.right}" y1="${at}" y2="${at}"/>
  <text x="${margin.left - 8}" y="${at}" dy="4" text-anchor="end">${(share * top).toLocaleString('en')}</text>`;
  });
  const times = minuteTicks(end).map(
    (minute) => `<text x="${x(minute * 60).toFixed(1)}" y="${size.height - 10}" text-anchor="middle">${minute} min</text>`,
  );
  const lines = markers.map(({ seconds, name, symbol }) => {
    const at = x(seconds).toFixed(1);
    return `<line class="marker" x1="${at}" x2="${at}" y1="${margin.top}" y2="${margin.top + inner.height}"><title>${escapeMarkup(name)}</title></line>
  <text class="symbol" x="${at}" y="${margin.top - 3}" text-anchor="middle">${escapeMarkup(symbol)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeMarkup(title)}">
  <style>${style}</style>
  <text class="title" x="${margin.left}" y="18">${escapeMarkup(title)}</text>
  <text x="${size.width - margin.right}" y="18" text-anchor="end">${escapeMarkup(unit)}</text>
  ${[...grid, ...times, ...lines].join('\n  ')}
  <path class="line" d="${linePath(points, x, y)}"/>
</svg>
`;
}

/** The path of the line, with gaps where nothing was measured. */
function linePath(points: Chart['points'], x: (seconds: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  const parts: string[] = [];
  for (const [seconds, value] of points) {
    if (value !== undefined) parts.push(`${pen}${x(seconds).toFixed(1)} ${y(value).toFixed(1)}`);
    pen = value === undefined ? 'M' : 'L';
  }
  return parts.join('');
}

/** The next of 1, 2, 2.5, 4, 5, 8 and 10 times a power of ten, so that its quarters are round numbers. */
function roundUpForAxis(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 4, 5, 8, 10].find((step) => step * power >= value) ?? 10);
}

function minuteTicks(seconds: number): number[] {
  const minutes = seconds / 60;
  const step = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240].find((candidate) => minutes / candidate <= 10) ?? 480;
  return Array.from({ length: Math.floor(minutes / step) + 1 }, (_, index) => index * step);
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
