import { useMemo, useRef, useState } from 'preact/hooks';
import { fetchTrends, type Trends } from '../api/history.ts';
import { toGrid } from '../charts/grid.ts';
import { colourOf, type LinesView, linesData, linesPlot } from '../charts/lines-plot.ts';
import { usePlot } from '../charts/plot.ts';
import { fileName, saveCsv, savePng } from '../export-file.ts';
import { formatMoment, formatNet, formatShare } from '../format.ts';
import { Panel, Shown } from '../parts/panel.tsx';
import { SaveButtons } from '../parts/save-buttons.tsx';
import { timeZone } from '../state/brands.ts';
import { useLoaded } from '../state/load.ts';
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
  const shown = useMemo(() => toLines(kind, trends, zone), [kind, trends, zone]);
  const latest = useRef(shown.plotted);
  latest.current = shown.plotted;
  const { frame, plot } = usePlot(
    (place) => linesPlot(place, kind, () => latest.current, setPointed),
    useMemo(() => linesData(shown.plotted), [shown]),
  );
  const index = pointed ?? shown.values[0]?.findLastIndex((value) => value !== null) ?? 0;
  const middle = shown.plotted.middles[index];
  const format = kind === 'net' ? formatNet : formatShare;
  const grain = trends[0]?.grain ?? 'hour';
  const save = (
    <SaveButtons
      what={title}
      csv={() =>
        saveCsv(
          fileName('feedpulse', title),
          ['time', ...brands],
          shown.plotted.middles.map((at, row) => [new Date(at * 1_000).toISOString(), ...shown.values.map((values) => values[row])]),
        )
      }
      png={() => savePng(fileName('feedpulse', title), `${title}: ${brands.join(', ')}`, plot.current ? [plot.current.ctx.canvas] : [])}
    />
  );
  return (
    <Panel title={title} hint={middle === undefined ? '' : formatMoment(middle - shown.step / 2, zone, grain)} actions={save}>
      <div ref={frame} class="chart lines" role="img" aria-label={`${title} of ${brands.join(', ')} over time`} />
      <ul class="legend series">
        {brands.map((brand, place) => (
          <li key={brand}>
            <i class="key" style={{ background: colourOf(place) }} />
            <bdi>{brand}</bdi>
            <b>{format(shown.values[place]?.[index])}</b>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface ShownLines {
  readonly plotted: LinesView;
  /** As they are read, of each brand: shares are not added up here. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly step: number;
}

/** All brands have the same buckets: those in which posts of any brand arrived. */
function toLines(kind: 'net' | 'share', trends: readonly Trends[], zone: string): ShownLines {
  const grids = trends.map(toGrid);
  const middles = grids[0]?.middles ?? [];
  const span = { from: trends[0]?.from ?? '', to: trends[0]?.to ?? '' };
  const bucketsAt = (row: number) => grids.map(({ buckets }) => buckets[row]);
  const values = grids.map(({ buckets }) =>
    middles.map((_, row) => {
      if (kind === 'net') return buckets[row]?.netSentiment ?? null;
      const mentions = bucketsAt(row).reduce((sum, bucket) => sum + (bucket?.volume ?? 0), 0);
      return mentions === 0 ? null : (buckets[row]?.volume ?? 0) / mentions;
    }),
  );
  const plotted = kind === 'net' ? values : stacked(values);
  return { plotted: { middles, values: plotted, timeZone: zone, span }, values, step: grids[0]?.step ?? 3_600 };
}

/** Each with those after it: painted in this order they look as if they lay on each other. */
function stacked(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  return values.map((own, place) =>
    own.map((value, row) => (value === null ? null : values.slice(place).reduce((sum, other) => sum + (other[row] ?? 0), 0))),
  );
}
