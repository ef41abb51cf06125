import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Bucket } from '../history.ts';
import type { Trends } from './api.ts';
import { byId } from './dom.ts';
import { formatCount, formatNet } from './format.ts';

const labels = ['unscored', 'positive', 'neutral', 'negative'] as const;
const height = 190;
const secondsOf = { minute: 60, quarter: 900, hour: 3_600, day: 86_400, week: 604_800 } as const;

/** Buckets on an even grid of time; where no data came there is none, and the line breaks. */
type Grid = { readonly times: number[]; readonly buckets: (Bucket | undefined)[] };

export interface Charts {
  show(trends: Trends, timeZone: string): void;
}

/** Net sentiment as a line and volume as bars stacked by label, under one time axis. */
export function createCharts(): Charts {
  let shown: { trends: Trends; timeZone: string } | undefined;
  let charts: uPlot[] = [];

  const draw = (): void => {
    if (!shown) return;
    const { trends, timeZone } = shown;
    const grid = toGrid(trends);
    for (const chart of charts) chart.destroy();
    charts = [sentimentChart(grid, timeZone, trends), volumeChart(grid, timeZone, trends)];
  };

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => {
    for (const chart of charts) chart.setSize({ width: chart.root.parentElement?.clientWidth ?? 300, height });
  }).observe(byId('volume-chart'));

  return {
    show: (trends, timeZone) => {
      const same = shown && charts.length > 0 && shown.trends.grain === trends.grain && shown.timeZone === timeZone;
      shown = { trends, timeZone };
      if (!same) return draw();
      const grid = toGrid(trends);
      charts[0]?.setData(sentimentData(grid));
      charts[1]?.setData(volumeData(grid));
      for (const chart of charts) showReadout(chart, grid, timeZone, trends);
    },
  };
}

function toGrid({ buckets, grain, from, to }: Trends): Grid {
  const step = secondsOf[grain];
  const byTime = new Map(buckets.map((bucket) => [Date.parse(bucket.start) / 1_000, bucket]));
  const known = [...byTime.keys()].sort((a, b) => a - b);
  const first = known[0] ?? Math.floor(Date.parse(from) / 1_000 / step) * step;
  const origin = first - Math.floor((first - Date.parse(from) / 1_000) / step) * step;
  const times = new Set(known);
  for (let time = origin; time <= Date.parse(to) / 1_000; time += step) {
    // Days are 23 or 25 hours long twice a year: a bucket near the grid stands for its place.
    if (!known.some((start) => Math.abs(start - time) < step / 2)) times.add(time);
  }
  const sorted = [...times].sort((a, b) => a - b);
  return { times: sorted, buckets: sorted.map((time) => byTime.get(time)) };
}

const sentimentData = ({ times, buckets }: Grid): uPlot.AlignedData => [times, buckets.map((bucket) => bucket?.netSentiment ?? null)];

/** Cumulative counts, the largest first, so that each bar is painted over the one behind it. */
function volumeData({ times, buckets }: Grid): uPlot.AlignedData {
  const upTo = (bucket: Bucket | undefined, from: number): number | null =>
    bucket ? labels.slice(from).reduce((sum, label) => sum + bucket[label], 0) : null;
  return [times, ...labels.map((_, from) => buckets.map((bucket) => upTo(bucket, from)))];
}

function sentimentChart(grid: Grid, timeZone: string, trends: Trends): uPlot {
  const line = colour('--accent');
  const series: uPlot.Series[] = [
    {},
    {
      stroke: line,
      width: 2,
      fill: `${line}1f`,
      fillTo: 0,
      spanGaps: false,
      points: { show: grid.times.length < 30, size: 5, fill: line },
    },
  ];
  return plot('sentiment', series, sentimentData(grid), { range: [-100, 100] }, (value) => formatNet(value), grid, timeZone, trends);
}

function volumeChart(grid: Grid, timeZone: string, trends: Trends): uPlot {
  const bars = uPlot.paths.bars?.({ size: [0.82, 36], align: 1 });
  const series = labels.map(
    (label): uPlot.Series => ({
      stroke: 'transparent',
      width: 0,
      fill: colour(`--${label}`),
      points: { show: false },
      ...(bars && { paths: bars }),
    }),
  );
  const range: uPlot.Range.Function = (_, __, most) => [0, Math.max(4, most * 1.08)];
  return plot('volume', [{}, ...series], volumeData(grid), { range }, formatCount, grid, timeZone, trends);
}

function plot(
  name: 'sentiment' | 'volume',
  series: uPlot.Series[],
  data: uPlot.AlignedData,
  scale: uPlot.Scale,
  value: (v: number) => string,
  grid: Grid,
  timeZone: string,
  trends: Trends,
): uPlot {
  const frame = byId(`${name}-chart`);
  const axis = {
    stroke: colour('--quiet'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width: frame.clientWidth,
    height,
    series,
    scales: { x: { time: true }, y: scale },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 70,
        values: (_, ticks) => ticks.map((tick) => formatTick(tick, timeZone, trends)),
      },
      { ...axis, size: 42, values: (_, ticks) => ticks.map(value) },
    ],
    cursor: { sync: { key: 'history' }, y: false, drag: { x: false, y: false }, points: { show: name === 'sentiment' } },
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone),
    hooks: {
      setCursor: [(chart) => showReadout(chart, grid, timeZone, trends)],
      init: [(chart) => chart.root.setAttribute('role', 'img')],
    },
  };
  const chart = new uPlot(options, data, frame);
  chart.root.setAttribute('aria-label', name === 'sentiment' ? 'Net sentiment over time' : 'Posts over time, by label');
  return chart;
}

/** The figures under the pointer, or of the latest bucket that has some. */
function showReadout(chart: uPlot, { times, buckets }: Grid, timeZone: string, trends: Trends): void {
  const index = chart.cursor.idx ?? buckets.findLastIndex((bucket) => bucket !== undefined);
  const bucket = buckets[index];
  const time = times[index];
  if (time === undefined) return;
  const when = formatMoment(time, timeZone, trends);
  byId('sentiment-readout').textContent = `${when} · ${bucket ? formatNet(bucket.netSentiment) : 'no data'}`;
  byId('volume-readout').textContent = bucket
    ? `${when} · ${formatCount(bucket.volume)} posts: ${bucket.positive} ▲ ${bucket.neutral} ● ${bucket.negative} ▼`
    : `${when} · no data`;
}

function formatTick(seconds: number, timeZone: string, { from, to }: Trends): string {
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const options: Intl.DateTimeFormatOptions =
    days > 2 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(seconds * 1_000);
}

function formatMoment(seconds: number, timeZone: string, { grain }: Trends): string {
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', timeZone };
  const time: Intl.DateTimeFormatOptions =
    grain === 'day' || grain === 'week' ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  return new Intl.DateTimeFormat('en-GB', { ...day, ...time }).format(seconds * 1_000);
}

function colour(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
