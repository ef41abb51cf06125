import type { Comparison } from '../../domain/brand-metrics.ts';
import { type Anomaly, fetchAlerts, fetchAnomalies } from '../api/alerts.ts';
import { type Drivers as DriversAnswer, fetchBreakdown, fetchComparison, fetchDrivers, fetchSummary, fetchTrends } from '../api/history.ts';
import { AnomaliesPanel } from '../components/anomalies-panel.tsx';
import { BrandLines } from '../components/brand-lines.tsx';
import { BrandTable } from '../components/brand-table.tsx';
import { BreakdownPanel } from '../components/breakdown-panel.tsx';
import { DriversPanel } from '../components/drivers-panel.tsx';
import { HistoryPanel } from '../components/history-panel.tsx';
import { LiveList } from '../components/live-list.tsx';
import { QueryContent } from '../components/panel.tsx';
import { SaveMetrics, StatCards } from '../components/stat-cards.tsx';
import { brands, brandTitle, timeZone } from '../state/brands.ts';
import { selectRange, view } from '../state/router.ts';
import { lastDays, previousSpan, spanLength } from '../state/spans.ts';
import { alertsVersion } from '../state/stream.ts';
import { useQuery } from '../state/use-query.ts';
import { brandOf, ranges, type Span, spanOf } from '../state/view-state.ts';

const refreshMs = 3_000;
/** For queries over raw posts, which take longer than those over rollups and change more slowly. */
const slowRefreshMs = 30_000;

/** Sentiment and volume of one brand or of all posts; a comparison if several brands are selected. */
export function Overview() {
  const span = spanOf(view.value);
  const brand = brandOf(view.value);
  const several = view.value.brands.length > 1;
  const named = several
    ? brands.value.filter((one) => view.value.brands.includes(one.brand))
    : brands.value.filter((one) => one.brand !== '*');
  const comparison = useComparison(several ? view.value.brands : [], span, named.length > 0);
  const table = named.length > 0 && <BrandTable brands={named} comparison={comparison} span={span} />;
  return (
    <div class="view overview">
      {several ? (
        <>
          <Anomalies span={span} />
          {table}
          <BrandLines brands={view.value.brands} span={span} />
        </>
      ) : (
        <>
          <SummaryCards brand={brand} span={span} comparison={comparison} />
          <Anomalies span={span} />
          <div class="columns">
            <div class="column">
              <History brand={brand} span={span} />
              <Drivers brand={brand} span={span} />
              <Breakdown brand={brand} span={span} />
              {table}
            </div>
            <LiveList brand={brand} />
          </div>
        </>
      )}
    </div>
  );
}

/** Undefined while loading, and for a config without brands. */
function useComparison(wanted: readonly string[], span: Span, hasBrands: boolean): Comparison | undefined {
  const { data, isStale } = useQuery(
    `share-of-voice ${JSON.stringify([wanted, span, hasBrands])}`,
    async (signal) => (hasBrands ? await fetchComparison(wanted, span, signal) : null),
    slowRefreshMs / 3,
  );
  return isStale ? undefined : (data ?? undefined);
}

interface Of {
  readonly brand: string;
  readonly span: Span;
}

function SummaryCards({ brand, span, comparison }: Of & { readonly comparison: Comparison | undefined }) {
  const loaded = useQuery(`summary ${JSON.stringify([brand, span])}`, (signal) => fetchSummary(brand, span, signal), refreshMs, {
    isUrgent: true,
  });
  const length = view.value.span ? 'the previous period of equal length' : `the previous ${rangeNames[view.value.range]}`;
  return (
    <QueryContent loaded={loaded} lines={2}>
      {(summary) => (
        <>
          <StatCards summary={summary} brand={brand} comparison={comparison} />
          <p class="compared">
            {summary.previous ? `Change vs ${length}. Bold: statistically significant (95%).` : `No data for ${length}, so no comparison.`}
            <SaveMetrics summary={summary} />
          </p>
          {summary.current.volume === 0 && <EmptyRange />}
        </>
      )}
    </QueryContent>
  );
}

const rangeNames = { '1h': 'hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days', '365d': 'year' } as const;

function History({ brand, span }: Of) {
  const { comparePrevious } = view.value;
  const zone = timeZone();
  const question = JSON.stringify([brand, span, zone]);
  const trends = useQuery(`trends ${question}`, (signal) => fetchTrends(brand, span, zone, signal), refreshMs, { isUrgent: true });
  const previous = useQuery(
    `previous ${question} ${comparePrevious}`,
    async (signal) => (comparePrevious ? await fetchTrends(brand, previousSpan(span), zone, signal, trends.data?.grain) : null),
    slowRefreshMs,
  );
  const marks = useAnomalies(span).filter((one) => one.brand === brand);
  return (
    <QueryContent loaded={trends} lines={10}>
      {(data) => (
        <HistoryPanel
          title={brandTitle(brand)}
          trends={data}
          previous={previous.isStale || previous.data?.grain !== data.grain ? undefined : previous.data}
          timeZone={zone}
          marks={marks}
        />
      )}
    </QueryContent>
  );
}

function Drivers({ brand, span }: Of) {
  const isTooLong = spanLength(span) > maxDriversRangeMs;
  const driverSpan = isTooLong ? lastDays(span, fallbackDriverDays) : span;
  return (
    <DriversPanel
      isPart={isTooLong}
      loaded={useQuery(
        `drivers ${JSON.stringify([brand, driverSpan])}`,
        (signal) => fetchDrivers(brand, driverSpan, signal),
        driversRefreshMs,
      )}
    />
  );
}

/** Until there are enough posts for drivers, refresh more often. */
const driversRefreshMs = ({ negative, positive }: DriversAnswer): number =>
  negative.length + positive.length > 0 ? slowRefreshMs : refreshMs;

/** The server's limit for drivers. */
const maxDriversRangeMs = 92 * 86_400_000;
const fallbackDriverDays = 30;

function Breakdown({ brand, span }: Of) {
  return (
    <BreakdownPanel
      loaded={useQuery(`breakdown ${JSON.stringify([brand, span])}`, (signal) => fetchBreakdown(brand, span, signal), slowRefreshMs)}
    />
  );
}

function Anomalies({ span }: { readonly span: Span }) {
  const found = useAnomalies(span);
  const { brands: chosen } = view.value;
  const shown = chosen.length === 0 ? found : found.filter(({ brand }) => chosen.includes(brand));
  return <AnomaliesPanel found={shown} timeZone={timeZone()} hasManyBrands={chosen.length !== 1} />;
}

/** The alerts of the range, and anomalies without an alert: from before the rules were configured, or from a backfill. */
function useAnomalies(span: Span): readonly Anomaly[] {
  const { brands: chosen } = view.value;
  const key = JSON.stringify(span);
  const alerts = useQuery(`alerts ${key} ${alertsVersion.value}`, (signal) => fetchAlerts('*', span, signal), slowRefreshMs);
  // Detection needs minute rollups, which expire after a month, and takes long for long ranges.
  const isShort = spanLength(span) <= maxAnomalyRangeMs;
  const detected = useQuery(
    `anomalies ${JSON.stringify([chosen, span, isShort])}`,
    async (signal) => (isShort ? await fetchAnomalies(chosen, span, signal) : { anomalies: [] }),
    ({ anomalies }) => (anomalies.length > 0 ? slowRefreshMs : slowRefreshMs / 3),
  );
  const sent = alerts.data?.alerts ?? [];
  const found = detected.isStale ? [] : (detected.data?.anomalies ?? []);
  return [...sent, ...found.filter((one) => !sent.some((alert) => isSameAnomaly(alert, one)))];
}

const maxAnomalyRangeMs = 2 * 86_400_000;

function isSameAnomaly(alert: Anomaly, found: Anomaly): boolean {
  const ends = (one: Anomaly): number => (one.resolvedAt === null ? Number.POSITIVE_INFINITY : Date.parse(one.resolvedAt));
  const overlap = Date.parse(alert.at) < ends(found) && Date.parse(found.at) < ends(alert);
  return alert.brand === found.brand && alert.evaluation.metric === found.evaluation.metric && overlap;
}

/** Shown for a range without posts; offers a longer one. */
function EmptyRange() {
  const { range, span } = view.value;
  const longer = span ? undefined : ranges[ranges.indexOf(range) + 1];
  return (
    <div class="panel empty-range">
      <h2>No posts in this range</h2>
      <p>New posts will appear here.{longer ? ' A longer range may have some.' : ''}</p>
      {longer && (
        <button type="button" class="main-button" onClick={() => selectRange(longer)}>
          Try a longer range
        </button>
      )}
    </div>
  );
}
