import { useState } from 'preact/hooks';
import type { BrandSummary, Change, Comparison, Interval, Metric } from '../../domain/brand-metrics.ts';
import { fetchComparison } from '../api/history.ts';
import { BrandLines } from '../components/brand-lines.tsx';
import { countedFormula, netFormula } from '../components/calibration-note.tsx';
import { sentimentTone } from '../components/label.tsx';
import { Panel, QueryContent, TableFrame } from '../components/panel.tsx';
import { PendingNote } from '../components/pending-note.tsx';
import { SaveButtons } from '../components/save-buttons.tsx';
import { ViewLink } from '../components/view-link.tsx';
import { rangeFileName, saveCsv } from '../export-file.ts';
import {
  formatCount,
  formatDecimal,
  formatInteger,
  formatNetSentiment,
  formatPercentPrecise,
  formatRelativeChange,
  noValue,
} from '../format.ts';
import { brands } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { useQuery } from '../state/use-query.ts';
import { currentRange } from '../state/zone.ts';

const refreshMs = 10_000;
/** The number of line colors. */
const defaultBrandCount = 8;

/** Brands side by side: the selected ones, or those with most posts if fewer than two are selected. */
export function Compare() {
  const range = currentRange();
  const chosen = view.value.brands;
  const byVolume = brands.value
    .filter(({ brand }) => brand !== '*')
    .sort((a, b) => b.volume - a.volume)
    .map(({ brand }) => brand);
  const compared =
    chosen.length > 1 ? chosen : [...chosen, ...byVolume.filter((brand) => !chosen.includes(brand))].slice(0, defaultBrandCount);
  // The order by volume changes with every post; the order of lines must not.
  const ordered = chosen.length > 1 ? compared : [...compared].sort((a, b) => a.localeCompare(b));
  // The brands are loading; without a config there is still `*`.
  if (brands.value.length === 0) return <div class="view panel lines-placeholder placeholder" role="status" aria-label="Loading" />;
  return (
    <div class="view">
      {ordered.length > 0 ? (
        <ComparisonPanel named={ordered} range={range} />
      ) : (
        <p class="empty">
          No brands configured. Add them under <code>brands</code> in feedpulse.yaml.
        </p>
      )}
    </div>
  );
}

function ComparisonPanel({ named, range }: { readonly named: readonly string[]; readonly range: { from: string; to: string } }) {
  const [sort, setSort] = useState<SortOrder>('calibratedNetSentiment');
  const loaded = useQuery(`compare ${JSON.stringify([named, range])}`, (signal) => fetchComparison(named, range, signal), refreshMs);
  return (
    <>
      <Panel
        title="Comparison"
        hint={view.value.brands.length > 1 ? undefined : 'Select brands above to compare only those.'}
        actions={
          <>
            <SortPicker sort={sort} choose={setSort} />
            {loaded.data && <SaveButtons subject="the comparison" csv={() => save(loaded.data?.brands ?? [])} />}
          </>
        }
      >
        <QueryContent loaded={loaded} lines={8}>
          {(comparison) => (
            <>
              <ComparisonTable comparison={comparison} sort={sort} />
              <p class="formula">
                Below each value: change vs the previous period, in points or percent. Bold: statistically significant (95%).
              </p>
              <PendingNote pending={comparison.pending} />
            </>
          )}
        </QueryContent>
      </Panel>
      <BrandLines brands={named} range={range} />
    </>
  );
}

interface Row {
  readonly metric: Metric;
  readonly title: string;
  /** The tooltip. */
  readonly tooltip?: string;
  readonly format: (value: number) => string;
  /** Formats a change, in the unit of the metric; shares in percentage points. */
  readonly formatChange: (value: number, summary: BrandSummary) => string;
}

/** One decimal, with a sign unless that rounds to zero. */
function formatPoints(value: number): string {
  const rounded = Math.round(10 * value);
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${formatDecimal(Math.abs(rounded) / 10)}`;
}

const rows: readonly Row[] = [
  {
    metric: 'volume',
    title: 'Posts',
    format: formatCount,
    formatChange: (_, { current, previous }) => (previous ? formatRelativeChange(current.volume, previous.volume) : noValue),
  },
  { metric: 'shareOfVoice', title: 'Share of voice', format: formatPercentPrecise, formatChange: (value) => formatPoints(100 * value) },
  { metric: 'calibratedNetSentiment', title: 'Net sentiment', tooltip: netFormula, format: formatNetSentiment, formatChange: formatPoints },
  {
    metric: 'netSentiment',
    title: 'Counted net',
    tooltip: countedFormula,
    format: formatNetSentiment,
    formatChange: formatPoints,
  },
  {
    metric: 'weightedNetSentiment',
    title: 'Weighted net',
    tooltip: 'Weight per post: 1 + ln(1 + likes + reposts + replies)',
    format: formatNetSentiment,
    formatChange: formatPoints,
  },
  { metric: 'positiveShare', title: '▲ Positive', format: formatPercentPrecise, formatChange: (value) => formatPoints(100 * value) },
  { metric: 'neutralShare', title: '● Neutral', format: formatPercentPrecise, formatChange: (value) => formatPoints(100 * value) },
  { metric: 'negativeShare', title: '▼ Negative', format: formatPercentPrecise, formatChange: (value) => formatPoints(100 * value) },
];

type SortOrder = Metric | 'brand';

/** The metric that the rows are sorted by. Of net sentiment and positive posts the lowest comes first, to show where trouble is. */
function sortSummaries(summaries: readonly BrandSummary[], by: SortOrder): readonly BrandSummary[] {
  if (by === 'brand') return summaries.toSorted((a, b) => a.brand.localeCompare(b.brand));
  const direction = by.endsWith('etSentiment') || by === 'positiveShare' ? 1 : -1;
  const last = direction * Number.POSITIVE_INFINITY;
  return summaries.toSorted((a, b) => direction * ((a.current[by] ?? last) - (b.current[by] ?? last)));
}

function SortPicker({ sort, choose }: { readonly sort: SortOrder; readonly choose: (sort: SortOrder) => void }) {
  return (
    <label class="sort-picker">
      Sort by{' '}
      <select value={sort} onChange={({ currentTarget }) => choose(currentTarget.value as SortOrder /* the values of the options below */)}>
        <option value="brand">Brand</option>
        {rows.map(({ metric, title }) => (
          <option key={metric} value={metric}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function ComparisonTable({ comparison, sort }: { readonly comparison: Comparison; readonly sort: SortOrder }) {
  return (
    <TableFrame title="Brands side by side">
      <table class="comparison">
        <thead>
          <tr>
            <th scope="col">{formatInteger(comparison.mentions)} mentions</th>
            {rows.map(({ metric, title, tooltip }) => (
              <th key={metric} scope="col" class="number" title={tooltip} aria-sort={metric === sort ? 'other' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortSummaries(comparison.brands, sort).map((summary) => (
            <tr key={summary.brand}>
              <th scope="row">
                <ViewLink class="link brand-name" to={{ page: 'overview', brands: [summary.brand] }} title={summary.brand}>
                  <bdi>{summary.brand}</bdi>
                </ViewLink>
              </th>
              {rows.map((row) => (
                <MetricCell key={row.metric} summary={summary} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function MetricCell({ summary, row }: { readonly summary: BrandSummary; readonly row: Row }) {
  const { current, changes } = summary;
  const value = current[row.metric];
  const interval = current.intervals[row.metric];
  const change = changes?.[row.metric] ?? null;
  const tone = row.metric.endsWith('etSentiment') ? sentimentTone(value) : '';
  return (
    <td class="number">
      <span class={`metric-value net ${tone}`}>{value === null ? noValue : row.format(value)}</span>
      <span class={`change ${change?.significant ? 'significant' : ''}`} title={describeCell(interval, change, row)}>
        {change ? row.formatChange(change.difference, summary) : ' '}
      </span>
    </td>
  );
}

function describeCell(interval: Interval | null, change: Change | null, { format }: Row): string {
  const bounds = interval ? `95% CI ${format(interval.low)} to ${format(interval.high)}. ` : '';
  return change ? `${bounds}Change vs previous period${change.significant ? '' : ', not significant'}.` : bounds;
}

function save(summaries: readonly BrandSummary[]): void {
  const header = ['brand', ...rows.flatMap(({ metric }) => [metric, `${metric} low`, `${metric} high`, `${metric} change`])];
  const lines = summaries.map(({ brand, current, changes }) => [
    brand,
    ...rows.flatMap(({ metric }) => [
      current[metric],
      current.intervals[metric]?.low,
      current.intervals[metric]?.high,
      changes?.[metric]?.difference,
    ]),
  ]);
  saveCsv(rangeFileName('comparison'), header, lines);
}
