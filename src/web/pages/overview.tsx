import type { Comparison } from '../../domain/brand-metrics.ts';
import { type Anomaly, fetchAlerts, fetchAnomalies } from '../api/alerts.ts';
import { type Drivers as DriversAnswer, fetchBreakdown, fetchComparison, fetchDrivers, fetchSummary, fetchTrends } from '../api/history.ts';
import { AnomaliesPanel } from '../components/anomalies-panel.tsx';
import { BrandLines } from '../components/brand-lines.tsx';
import { BrandTable } from '../components/brand-table.tsx';
import { BreakdownPanel } from '../components/breakdown-panel.tsx';
import { CalibrationNote } from '../components/calibration-note.tsx';
import { DriversPanel } from '../components/drivers-panel.tsx';
import { HistoryPanel } from '../components/history-panel.tsx';
import { LiveList } from '../components/live-list.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { PendingNote } from '../components/pending-note.tsx';
import { SaveMetrics, StatCards } from '../components/stat-cards.tsx';
import { brands, brandTitle, timeZone } from '../state/brands.ts';
import { selectPreset, view } from '../state/router.ts';
import { alertsVersion } from '../state/stream.ts';
import { clampToLastDays, previousRange, rangeLengthMs } from '../state/time-range.ts';
import { useQuery } from '../state/use-query.ts';
import { rangePresets, selectedBrand, selectedRange, type TimeRange } from '../state/view-state.ts';

const refreshMs = 3_000;
/** For queries over raw posts, which take longer than those over rollups and change more slowly. */
const slowRefreshMs = 30_000;

/** Sentiment and volume of one brand or of all posts; a comparison if several brands are selected. */
export function Overview() {
  const range = selectedRange(view.value);
  const brand = selectedBrand(view.value);
  const isComparison = view.value.brands.length > 1;
  const shownBrands = isComparison
    ? brands.value.filter(({ brand }) => view.value.brands.includes(brand))
    : brands.value.filter(({ brand: name }) => name !== '*');
  const comparison = useComparison(isComparison ? view.value.brands : [], range, shownBrands.length > 0);
  const table = shownBrands.length > 0 && <BrandTable brands={shownBrands} comparison={comparison} range={range} />;
  return (
    <div class="view overview">
      {isComparison ? (
        <>
          <Anomalies range={range} />
          {table}
          <BrandLines brands={view.value.brands} range={range} />
        </>
      ) : (
        <>
          <SummaryCards brand={brand} range={range} comparison={comparison} />
          <Anomalies range={range} />
          <div class="columns">
            <div class="column">
              <History brand={brand} range={range} />
              <Drivers brand={brand} range={range} />
              <Breakdown brand={brand} range={range} />
              {table}
              {hasNoBrands() && <NoBrands />}
            </div>
            <LiveList brand={brand} />
          </div>
        </>
      )}
    </div>
  );
}

/** False while the brands are loading. */
const hasNoBrands = (): boolean => brands.value.length === 1 && brands.value[0]?.brand === '*';

function NoBrands() {
  return (
    <Panel title="Brands">
      <p class="empty">
        No brands are configured, so all posts are shown together. List your brands in the config file and restart feedpulse with{' '}
        <code>--config FILE</code>; <code>feedpulse brands reapply --config FILE</code> then applies them to the stored posts.
      </p>
    </Panel>
  );
}

/** Undefined while loading, and for a config without brands. */
function useComparison(wanted: readonly string[], range: TimeRange, hasBrands: boolean): Comparison | undefined {
  const { data, isStale } = useQuery(
    `share-of-voice ${JSON.stringify([wanted, range, hasBrands])}`,
    async (signal) => (hasBrands ? await fetchComparison(wanted, range, signal) : null),
    slowRefreshMs / 3,
  );
  return isStale ? undefined : (data ?? undefined);
}

interface SelectionProps {
  readonly brand: string;
  readonly range: TimeRange;
}

function SummaryCards({ brand, range, comparison }: SelectionProps & { readonly comparison: Comparison | undefined }) {
  const loaded = useQuery(`summary ${JSON.stringify([brand, range])}`, (signal) => fetchSummary(brand, range, signal), refreshMs, {
    isUrgent: true,
  });
  const length = view.value.customRange ? 'the previous period of equal length' : `the previous ${rangeNames[view.value.preset]}`;
  return (
    <QueryContent loaded={loaded} lines={2}>
      {(summary) => (
        <>
          <StatCards summary={summary} brand={brand} comparison={comparison} />
          <p class="comparison-note">
            <span>
              {summary.previous
                ? `Change vs ${length}. Bold: statistically significant (95%).`
                : `No data for ${length}, so no comparison.`}{' '}
              <PendingNote pending={summary.pending} /> <CalibrationNote calibration={summary.calibration} brand={brand} />
            </span>
            <SaveMetrics summary={summary} />
          </p>
          {summary.current.volume === 0 && <EmptyRange />}
        </>
      )}
    </QueryContent>
  );
}

const rangeNames = { '1h': 'hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days', '365d': 'year' } as const;

function History({ brand, range }: SelectionProps) {
  const { comparePrevious } = view.value;
  const zone = timeZone();
  const queryKey = JSON.stringify([brand, range, zone]);
  const trends = useQuery(`trends ${queryKey}`, (signal) => fetchTrends(brand, range, zone, signal), refreshMs, { isUrgent: true });
  const previous = useQuery(
    `previous ${queryKey} ${comparePrevious}`,
    async (signal) => (comparePrevious ? await fetchTrends(brand, previousRange(range), zone, signal, trends.data?.grain) : null),
    slowRefreshMs,
  );
  const marks = useAnomalies(range).filter((anomaly) => anomaly.brand === brand);
  return (
    <QueryContent loaded={trends} lines={10}>
      {(data) => (
        <HistoryPanel
          title={brandTitle(brand)}
          trends={data}
          previous={previous.isStale || previous.data?.grain !== data.grain ? undefined : previous.data}
          timeZone={zone}
          anomalies={marks}
        />
      )}
    </QueryContent>
  );
}

function Drivers({ brand, range }: SelectionProps) {
  const isTooLong = rangeLengthMs(range) > maxDriversRangeMs;
  const driverSpan = isTooLong ? clampToLastDays(range, fallbackDriverDays) : range;
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

function Breakdown({ brand, range }: SelectionProps) {
  return (
    <BreakdownPanel
      loaded={useQuery(`breakdown ${JSON.stringify([brand, range])}`, (signal) => fetchBreakdown(brand, range, signal), slowRefreshMs)}
    />
  );
}

function Anomalies({ range }: { readonly range: TimeRange }) {
  const found = useAnomalies(range);
  const { brands: chosen } = view.value;
  const shown = chosen.length === 0 ? found : found.filter(({ brand }) => chosen.includes(brand));
  return <AnomaliesPanel found={shown} timeZone={timeZone()} hasManyBrands={chosen.length !== 1} />;
}

/** The alerts of the range, and anomalies without an alert: from before the rules were configured, or from a backfill. */
function useAnomalies(range: TimeRange): readonly Anomaly[] {
  const { brands: chosen } = view.value;
  const key = JSON.stringify(range);
  const alerts = useQuery(`alerts ${key} ${alertsVersion.value}`, (signal) => fetchAlerts('*', range, signal), slowRefreshMs);
  const detected = useQuery(
    `anomalies ${JSON.stringify([chosen, range])}`,
    (signal) => fetchAnomalies(chosen, range, signal),
    ({ anomalies }) => (anomalies.length > 0 ? slowRefreshMs : slowRefreshMs / 3),
  );
  const sent = alerts.data?.alerts ?? [];
  const found = detected.isStale ? [] : (detected.data?.anomalies ?? []);
  return [...sent, ...found.filter((anomaly) => !sent.some((alert) => isSameAnomaly(alert, anomaly)))];
}

function isSameAnomaly(alert: Anomaly, found: Anomaly): boolean {
  const ends = (anomaly: Anomaly): number => (anomaly.resolvedAt === null ? Number.POSITIVE_INFINITY : Date.parse(anomaly.resolvedAt));
  const overlap = Date.parse(alert.at) < ends(found) && Date.parse(found.at) < ends(alert);
  return alert.brand === found.brand && alert.evaluation.metric === found.evaluation.metric && overlap;
}

/** Shown for a range without posts; offers a longer one. */
function EmptyRange() {
  const { preset, customRange } = view.value;
  const longer = customRange ? undefined : rangePresets[rangePresets.indexOf(preset) + 1];
  return (
    <div class="panel empty-range">
      <h2>No posts in this range</h2>
      <p>New posts appear here.{longer ? ' Try a longer range.' : ''}</p>
      {longer && (
        <button type="button" class="main-button" onClick={() => selectPreset(longer)}>
          Try a longer range
        </button>
      )}
    </div>
  );
}
