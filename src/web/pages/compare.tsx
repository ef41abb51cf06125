import type { BrandSummary, Change, Comparison, Interval, Metric } from '../../domain/brand-metrics.ts';
import { fetchComparison } from '../api/history.ts';
import { toneOf } from '../components/label.tsx';
import { Panel, Shown } from '../components/panel.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { netFormula } from '../components/stat-cards.tsx';
import { TableFrame } from '../components/table-frame.tsx';
import { rangeFileName, saveCsv } from '../export-file.ts';
import { formatCount, formatDecimal, formatFineShare, formatNet, formatWhole, nothing } from '../format.ts';
import { brands } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { useLoaded } from '../state/use-query.ts';
import { spanOf } from '../state/view-state.ts';
import { BrandLines } from './brand-lines.tsx';

const everyMs = 10_000;
/** As many as there are colours of lines. */
const atFirst = 8;

/** Brands side by side. Where none or one is chosen, those of which most is said. */
export function Compare() {
  const span = spanOf(view.value);
  const chosen = view.value.brands;
  const largest = brands.value
    .filter(({ brand }) => brand !== '*')
    .sort((a, b) => b.volume - a.volume)
    .map(({ brand }) => brand);
  const named = chosen.length > 1 ? chosen : [...chosen, ...largest.filter((brand) => !chosen.includes(brand))].slice(0, atFirst);
  // The order by volume changes with every post; lines must not.
  const ordered = chosen.length > 1 ? named : [...named].sort((a, b) => a.localeCompare(b));
  return (
    <div class="view">
      {ordered.length > 0 ? <SideBySide named={ordered} span={span} /> : <p class="empty">The config names no brand to compare.</p>}
    </div>
  );
}

function SideBySide({ named, span }: { readonly named: readonly string[]; readonly span: { from: string; to: string } }) {
  const loaded = useLoaded(`compare ${JSON.stringify([named, span])}`, (signal) => fetchComparison(named, span, signal), everyMs);
  return (
    <>
      <Panel
        title="Side by side"
        hint={view.value.brands.length > 1 ? undefined : 'Choose two or more brands above to compare just those.'}
        actions={loaded.data && <SaveButtons what="the comparison" csv={() => save(loaded.data?.brands ?? [])} />}
      >
        <Shown loaded={loaded} lines={8}>
          {(comparison) => <ComparisonTable comparison={comparison} />}
        </Shown>
      </Panel>
      <BrandLines brands={named} span={span} />
    </>
  );
}

interface Row {
  readonly measure: Metric;
  readonly title: string;
  /** Shown when one points at it; the chart below says it too. */
  readonly meaning?: string;
  readonly format: (value: number) => string;
  /** Differences are in the unit of the figure; shares are told in points. */
  readonly difference: (value: number) => string;
}

const points = (value: number): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatDecimal(Math.abs(value))}`;

const rows: readonly Row[] = [
  {
    measure: 'volume',
    title: 'Posts',
    format: formatCount,
    difference: (value) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatCount(Math.abs(value))}`,
  },
  { measure: 'shareOfVoice', title: 'Share of voice', format: formatFineShare, difference: (value) => points(100 * value) },
  { measure: 'netSentiment', title: 'Net sentiment', meaning: netFormula, format: formatNet, difference: points },
  { measure: 'weightedNetSentiment', title: 'Net, by engagement', format: formatNet, difference: points },
  { measure: 'positiveShare', title: '▲ Positive', format: formatFineShare, difference: (value) => points(100 * value) },
  { measure: 'neutralShare', title: '● Neutral', format: formatFineShare, difference: (value) => points(100 * value) },
  { measure: 'negativeShare', title: '▼ Negative', format: formatFineShare, difference: (value) => points(100 * value) },
];

function ComparisonTable({ comparison }: { readonly comparison: Comparison }) {
  return (
    <TableFrame title="Brands side by side">
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">{formatWhole(comparison.mentions)} mentions</th>
            {comparison.brands.map(({ brand }) => (
              <th key={brand} scope="col" class="number">
                <bdi>{brand}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.measure}>
              <th scope="row" title={row.meaning}>
                {row.title}
              </th>
              {comparison.brands.map((summary) => (
                <FigureCell key={summary.brand} summary={summary} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function FigureCell({ summary: { current, changes }, row }: { readonly summary: BrandSummary; readonly row: Row }) {
  const value = current[row.measure];
  const interval = current.intervals[row.measure];
  const change = changes?.[row.measure] ?? null;
  const tone = row.measure === 'netSentiment' || row.measure === 'weightedNetSentiment' ? toneOf(value) : '';
  return (
    <td class="number">
      <span class={`figure net ${tone}`}>{value === null ? nothing : row.format(value)}</span>
      <span class={`change ${change?.significant ? 'significant' : ''}`} title={saidOf(interval, change, row)}>
        {change ? row.difference(change.difference) : ' '}
      </span>
    </td>
  );
}

function saidOf(interval: Interval | null, change: Change | null, { format }: Row): string {
  const bounds = interval ? `95 %: ${format(interval.low)} to ${format(interval.high)}. ` : '';
  return change ? `${bounds}Against the period before${change.significant ? '' : '; it may be chance'}` : bounds;
}

function save(summaries: readonly BrandSummary[]): void {
  const header = ['brand', ...rows.flatMap(({ measure }) => [measure, `${measure} low`, `${measure} high`, `${measure} change`])];
  const lines = summaries.map(({ brand, current, changes }) => [
    brand,
    ...rows.flatMap(({ measure }) => [
      current[measure],
      current.intervals[measure]?.low,
      current.intervals[measure]?.high,
      changes?.[measure]?.difference,
    ]),
  ]);
  saveCsv(rangeFileName('comparison'), header, lines);
}
