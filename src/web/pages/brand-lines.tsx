import { useMemo, useRef, useState } from 'preact/hooks';
import { fetchTrends, type Trends } from '../api/history.ts';
import { boundsOf, toSpan } from '../charts/grid.ts';
import { colourOf, linesData, linesPlot } from '../charts/lines-plot.ts';
import { brandAt, type ShownLines, toLines } from '../charts/lines-view.ts';
import { usePlot } from '../charts/plot.ts';
import { ChartSlider } from '../components/chart-slider.tsx';
import { Panel, Shown } from '../components/panel.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { netFormula } from '../components/stat-cards.tsx';
import type { Cell } from '../csv.ts';
import { rangeFileName, saveCsv, savePng } from '../export-file.ts';
import { formatMoment, formatNet, formatShare } from '../format.ts';
import { timeZone } from '../state/brands.ts';
import { go } from '../state/router.ts';
import { useLoaded } from '../state/use-query.ts';
import type { Span } from '../state/view-state.ts';

const everyMs = 10_000;

/** Net sentiment of brands as lines, and their share of voice over time. */
export function BrandLines({ brands, span }: { readonly brands: readonly string[]; readonly span: Span }) {
  const zone = timeZone();
  const loaded = useLoaded(
    `lines ${JSON.stringify([brands, span, zone])}`,
    (signal) => Promise.all(brands.map((brand) => fetchTrends(brand, span, zone, signal))),
    everyMs,
  );
  return (
    <Shown loaded={loaded} lines={10}>
      {(trends) =>
        trends.length === brands.length && (
          <div class="pair" key={brands.join('\n')}>
            <Lines kind="net" title="Net sentiment" brands={brands} trends={trends} zone={zone} />
            <Lines kind="share" title="Share of voice" brands={brands} trends={trends} zone={zone} />
          </div>
        )
      }
    </Shown>
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
  const [pointed, setPointed] = useState<number | null>(null);
  const [place, setPlace] = useState(0);
  const shown = useMemo(() => toLines(kind, trends, zone), [kind, trends, zone]);
  const latest = useRef(shown.plotted);
  latest.current = shown.plotted;
  const { frame, plot } = usePlot(
    (within) => linesPlot(within, kind, () => latest.current, setPointed),
    useMemo(() => linesData(shown.plotted), [shown]),
  );
  const index = pointed ?? shown.grid.buckets.findLastIndex((bucket) => bucket !== undefined);
  const when = timeOf(shown, index, trends[0]?.grain ?? 'hour');
  const told = (at: number): string => (kind === 'net' ? formatNet : formatShare)(shown.values[at]?.[index]);
  const save = (
    <SaveButtons
      what={title}
      csv={() => saveCsv(rangeFileName(title), ['time', ...brands], rowsOf(shown))}
      png={() => savePng(rangeFileName(title), `${title}: ${brands.join(', ')}`, plot.current ? [plot.current.ctx.canvas] : [])}
    />
  );
  const open = (at: number, height?: number): void => {
    const brand = brands[(height === undefined ? undefined : brandAt(kind, shown, at, height)) ?? place];
    const bounds = boundsOf(shown.grid, shown.plotted.span.to, at);
    if (brand !== undefined && bounds) go({ view: 'posts', brands: [brand], span: toSpan(bounds), filter: {} });
  };
  const keyed = (key: string): boolean => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (step !== undefined) setPlace((place + step + brands.length) % brands.length);
    return step !== undefined;
  };
  return (
    <Panel title={title} hint={when} actions={save}>
      <ChartSlider
        {...{ index, frame, plot, plots: [plot], open, keyed }}
        name={`${title} of ${brands.join(', ')} over time`}
        class="lines"
        middles={shown.plotted.middles}
        text={`${when}, ${brands[place]}: ${told(place)}`}
      />
      <ul class="legend series">
        {brands.map((brand, at) => (
          <li key={brand} class={at === place ? 'chosen' : ''}>
            <i class="key" style={{ background: colourOf(at) }} />
            <bdi>{brand}</bdi>
            <b>{told(at)}</b>
          </li>
        ))}
      </ul>
      <p class="formula">{kind === 'net' ? `${netFormula}. ` : ''}A click leads to the posts of a brand; by keyboard ↑ and ↓ choose it.</p>
    </Panel>
  );
}

/** When a bucket begins. */
function timeOf({ grid, plotted }: ShownLines, index: number, grain: Trends['grain']): string {
  const middle = grid.middles[index];
  return middle === undefined ? '' : formatMoment(middle - grid.step / 2, plotted.timeZone, grain);
}

/** By the beginning of each bucket. */
const rowsOf = ({ grid, values }: ShownLines): readonly Cell[][] =>
  grid.middles.map((middle, row) => [new Date((middle - grid.step / 2) * 1_000).toISOString(), ...values.map((own) => own[row])]);
