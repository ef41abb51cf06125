import { useMemo, useRef, useState } from 'preact/hooks';
import { grains } from '../../domain/brand-metrics.ts';
import { fetchTrends, type Trends } from '../api/history.ts';
import { bucketBounds, snapToBuckets, toTimeRange } from '../charts/grid.ts';
import { linesData, linesPlot, seriesColor, seriesColorCount, seriesDash } from '../charts/lines-plot.ts';
import { brandAtPoint, type LineChartData, toLineChart } from '../charts/lines-view.ts';
import { usePlot } from '../charts/plot.ts';
import type { Cell } from '../csv.ts';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { describeRange, pictureScale, savePng } from '../export-png.ts';
import { formatBucketStart, formatNetSentiment, formatPercent } from '../format.ts';
import { navigate } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';
import { zoomIn } from '../state/zoom.ts';
import { netFormula } from './calibration-note.tsx';
import { ChartSlider } from './chart-slider.tsx';
import { Panel, QueryContent } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const refreshMs = 10_000;

/** Net sentiment and share of voice of several brands over time. */
export function BrandLines({ brands, range }: { readonly brands: readonly string[]; readonly range: TimeRange }) {
  const zone = timeZone();
  const [isolated, setIsolated] = useState<readonly string[]>([]);
  const loaded = useQuery(`lines ${JSON.stringify([brands, range, zone])}`, (signal) => fetchAll(brands, range, zone, signal), refreshMs);
  const all = brands.map((_, index) => index);
  const picked = all.filter((index) => isolated.includes(brands[index] ?? ''));
  const shown = picked.length > 0 ? picked : all;
  const toggle = (brand: string): void =>
    setIsolated(isolated.includes(brand) ? isolated.filter((other) => other !== brand) : [...isolated, brand]);
  return (
    <QueryContent loaded={loaded} placeholder={<div class="panel lines-placeholder placeholder" role="status" aria-label="Loading" />}>
      {(trends) =>
        trends.length === brands.length && (
          <div class="two-columns" key={`${brands.join('\n')} ${shown}`}>
            <Lines kind="net" title="Net sentiment" {...{ brands, trends, zone, shown, toggle }} />
            <Lines kind="share" title="Share of voice" {...{ brands, trends, zone, shown, toggle }} />
          </div>
        )
      }
    </QueryContent>
  );
}

/** Brands with few posts have longer buckets: then all have the longest. */
async function fetchAll(brands: readonly string[], range: TimeRange, zone: string, signal: AbortSignal): Promise<Trends[]> {
  const trends = await Promise.all(brands.map((brand) => fetchTrends(brand, range, zone, signal)));
  const longest = grains.findLast((grain) => trends.some((trend) => trend.grain === grain));
  return Promise.all(
    trends.map((trend, index) => (trend.grain === longest ? trend : fetchTrends(brands[index] ?? '', range, zone, signal, longest))),
  );
}

interface LinesProps {
  readonly kind: 'net' | 'share';
  readonly title: string;
  readonly brands: readonly string[];
  readonly trends: readonly Trends[];
  readonly zone: string;
  /** Indexes of the brands that are drawn. */
  readonly shown: readonly number[];
  /** Draws a brand alone, or beside others that are; or no longer. */
  toggle(brand: string): void;
}

function Lines(props: LinesProps) {
  const { kind, title, brands, trends, zone, shown } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const [selected, setSelected] = useState(0);
  const chart = useMemo(() => toLineChart(kind, trends, zone, shown), [kind, trends, zone]);
  const drawn = shown.map((index) => brands[index] ?? '');
  const { container, plot, toImage } = useLinesPlot(kind, chart, setHovered);
  const index = hovered ?? chart.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const when = bucketTime(chart, index, trends[0]?.grain ?? 'hour');
  const valueText = (at: number): string => (kind === 'net' ? formatNetSentiment : formatPercent)(chart.values[at]?.[index]);
  const legend = shown.map((number) => ({ color: `--series-${number % seriesColorCount}`, text: `${number + 1} ${brands[number]}` }));
  const subtitle = describeRange(chart.plotted.range, zone);
  const save = (
    <SaveButtons
      subject={title}
      csv={() => saveCsv(rangeFileName(title), ['time', ...drawn], toRows(chart))}
      png={async () => savePng(rangeFileName(title), { title, subtitle, legend, plots: await toImage(pictureScale) })}
    />
  );
  const onSelect = (at: number, height?: number): void => {
    const brand = drawn[(height === undefined ? undefined : brandAtPoint(kind, chart, at, height)) ?? selected];
    const bounds = bucketBounds(chart.grid, chart.plotted.range.to, at);
    if (brand !== undefined && bounds) navigate({ page: 'posts', brands: [brand], customRange: toTimeRange(bounds), filter: {} });
  };
  const onKey = (key: string): boolean => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step !== undefined) setSelected((selected + step + drawn.length) % drawn.length);
    return step !== undefined;
  };
  return (
    <Panel title={title} hint={when} actions={save}>
      <ChartSlider
        {...{ index, container, plot, plots: [plot], onSelect, onKey }}
        name={`${title} of ${drawn.join(', ')} over time`}
        class="lines"
        midpoints={chart.plotted.midpoints}
        text={`${when}, ${drawn[selected]}: ${valueText(selected)}`}
        tooltip={<Tooltip when={when} {...{ drawn, shown, chart, index, valueText }} />}
      />
      <Legend {...props} selected={drawn[selected]} valueText={valueText} />
      <p class="formula">
        {kind === 'net' ? `${netFormula}. ` : ''}Click {kind === 'net' ? 'a line' : 'an area'} to see that brand's posts (keyboard: ↑ ↓ to
        select). Drag to zoom in. Click a brand to show it alone.
      </p>
    </Panel>
  );
}

function useLinesPlot(kind: 'net' | 'share', chart: LineChartData, onMove: (index: number | null) => void) {
  const latest = useRef(chart);
  latest.current = chart;
  const onZoom = (from: number, to: number): void => {
    const bounds = snapToBuckets(latest.current.grid, latest.current.plotted.range.to, from, to);
    if (bounds) zoomIn(toTimeRange(bounds));
  };
  return usePlot(
    (within) => linesPlot(within, { kind, read: () => latest.current.plotted, onMove, onZoom }),
    useMemo(() => linesData(chart.plotted), [chart]),
  );
}

interface TooltipProps {
  readonly when: string;
  readonly drawn: readonly string[];
  readonly shown: readonly number[];
  readonly chart: LineChartData;
  readonly index: number;
  valueText(at: number): string;
}

/** The brands of one bucket, the highest value first. */
function Tooltip({ when, drawn, shown, chart, index, valueText }: TooltipProps) {
  const valueAt = (at: number): number => chart.values[at]?.[index] ?? Number.NEGATIVE_INFINITY;
  const order = drawn.map((_, at) => at).sort((a, b) => valueAt(b) - valueAt(a));
  return (
    <>
      <b>{when}</b>
      <ul>
        {order.map((at) => (
          <li key={at}>
            <SeriesMark index={shown[at] ?? 0} /> <bdi>{drawn[at]}</bdi> <b>{valueText(at)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The number and the line of a brand in a chart, which differ without color too. */
function SeriesMark({ index }: { readonly index: number }) {
  return (
    <>
      <span class="number">{index + 1}</span>
      <svg class="dash" viewBox="0 0 22 8" aria-hidden="true">
        <line x1="0" x2="22" y1="4" y2="4" stroke={seriesColor(index)} stroke-dasharray={seriesDash(index).join(' ')} />
      </svg>
    </>
  );
}

function Legend(props: LinesProps & { readonly selected: string | undefined; valueText(at: number): string }) {
  const { brands, shown, selected, toggle, valueText } = props;
  const isIsolated = shown.length < brands.length;
  return (
    <ul class="legend series">
      {brands.map((brand, index) => {
        const at = shown.indexOf(index);
        return (
          <li key={brand} class={brand === selected ? 'chosen' : ''}>
            <button type="button" title={brand} aria-pressed={isIsolated && at >= 0} onClick={() => toggle(brand)}>
              <SeriesMark index={index} />
              <bdi>{brand}</bdi>
              {at >= 0 && <b>{valueText(at)}</b>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The start of a bucket. */
function bucketTime({ grid, plotted }: LineChartData, index: number, grain: Trends['grain']): string {
  const middle = grid.midpoints[index];
  return middle === undefined ? '' : formatBucketStart(middle - grid.stepSeconds / 2, plotted.timeZone, grain);
}

/** One row per bucket, starting with its start time. */
const toRows = ({ grid, values }: LineChartData): readonly Cell[][] =>
  grid.midpoints.map((middle, row) => [new Date((middle - grid.stepSeconds / 2) * 1_000).toISOString(), ...values.map((own) => own[row])]);
