import { useMemo, useRef, useState } from 'preact/hooks';
import { fetchTrends, type Trends } from '../api/history.ts';
import { bucketBounds, toTimeRange } from '../charts/grid.ts';
import { linesData, linesPlot, seriesColor } from '../charts/lines-plot.ts';
import { brandAtPoint, type LineChartData, toLineChart } from '../charts/lines-view.ts';
import { usePlot } from '../charts/plot.ts';
import type { Cell } from '../csv.ts';
import { rangeFileName, saveCsv, savePng } from '../export-file.ts';
import { formatBucketStart, formatNetSentiment, formatPercent } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { navigate } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { netFormula } from './calibration-note.tsx';
import { ChartSlider } from './chart-slider.tsx';
import { Panel, QueryContent } from './panel.tsx';
import { SaveButtons } from './save-buttons.tsx';

const refreshMs = 10_000;

/** Net sentiment and share of voice of several brands over time. */
export function BrandLines({ brands, range }: { readonly brands: readonly string[]; readonly range: TimeRange }) {
  const zone = timeZone();
  const loaded = useQuery(
    `lines ${JSON.stringify([brands, range, zone])}`,
    (signal) => Promise.all(brands.map((brand) => fetchTrends(brand, range, zone, signal))),
    refreshMs,
  );
  return (
    <QueryContent loaded={loaded} lines={10}>
      {(trends) =>
        trends.length === brands.length && (
          <div class="two-columns" key={brands.join('\n')}>
            <Lines kind="net" title="Net sentiment" brands={brands} trends={trends} zone={zone} />
            <Lines kind="share" title="Share of voice" brands={brands} trends={trends} zone={zone} />
          </div>
        )
      }
    </QueryContent>
  );
}

interface LinesProps {
  readonly kind: 'net' | 'share';
  readonly title: string;
  readonly brands: readonly string[];
  readonly trends: readonly Trends[];
  readonly zone: string;
}

function Lines({ kind, title, brands, trends, zone }: LinesProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [selected, setSelected] = useState(0);
  const shown = useMemo(() => toLineChart(kind, trends, zone), [kind, trends, zone]);
  const latest = useRef(shown.plotted);
  latest.current = shown.plotted;
  const { container, plot } = usePlot(
    (within) => linesPlot(within, kind, () => latest.current, setHovered),
    useMemo(() => linesData(shown.plotted), [shown]),
  );
  const index = hovered ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const when = bucketTime(shown, index, trends[0]?.grain ?? 'hour');
  const valueText = (at: number): string => (kind === 'net' ? formatNetSentiment : formatPercent)(shown.values[at]?.[index]);
  const save = (
    <SaveButtons
      subject={title}
      csv={() => saveCsv(rangeFileName(title), ['time', ...brands], toRows(shown))}
      png={() => savePng(rangeFileName(title), `${title}: ${brands.join(', ')}`, plot.current ? [plot.current.ctx.canvas] : [])}
    />
  );
  const onSelect = (at: number, height?: number): void => {
    const brand = brands[(height === undefined ? undefined : brandAtPoint(kind, shown, at, height)) ?? selected];
    const bounds = bucketBounds(shown.grid, shown.plotted.range.to, at);
    if (brand !== undefined && bounds) navigate({ page: 'posts', brands: [brand], customRange: toTimeRange(bounds), filter: {} });
  };
  const onKey = (key: string): boolean => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step !== undefined) setSelected((selected + step + brands.length) % brands.length);
    return step !== undefined;
  };
  return (
    <Panel title={title} hint={when} actions={save}>
      <ChartSlider
        {...{ index, container, plot, plots: [plot], onSelect, onKey }}
        name={`${title} of ${brands.join(', ')} over time`}
        class="lines"
        midpoints={shown.plotted.midpoints}
        text={`${when}, ${brands[selected]}: ${valueText(selected)}`}
      />
      <ul class="legend series">
        {brands.map((brand, at) => (
          <li key={brand} class={at === selected ? 'chosen' : ''}>
            <i class="swatch" style={{ background: seriesColor(at) }} />
            <bdi>{brand}</bdi>
            <b>{valueText(at)}</b>
          </li>
        ))}
      </ul>
      <p class="formula">
        {kind === 'net' ? `${netFormula}. ` : ''}Click {kind === 'net' ? 'a line' : 'an area'} to see that brand's posts (keyboard: ↑ ↓ to
        select).
      </p>
    </Panel>
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
