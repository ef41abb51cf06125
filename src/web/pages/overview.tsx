import { useEffect, useRef, useState } from 'preact/hooks';
import type { Comparison } from '../../domain/brand-metrics.ts';
import { fetchIncidents, type Incident } from '../api/alerts.ts';
import { type Drivers as DriversAnswer, fetchBreakdown, fetchComparison, fetchDrivers, fetchSummary } from '../api/history.ts';
import { BrandHistory } from '../components/brand-history.tsx';
import { BrandLines } from '../components/brand-lines.tsx';
import { BrandTable } from '../components/brand-table.tsx';
import { BreakdownPanel } from '../components/breakdown-panel.tsx';
import { CalibrationNote } from '../components/calibration-note.tsx';
import { DriversPanel } from '../components/drivers-panel.tsx';
import { IncidentsPanel } from '../components/incidents-panel.tsx';
import { LiveList } from '../components/live-list.tsx';
import { Panel, QueryContent } from '../components/panel.tsx';
import { PendingNote } from '../components/pending-note.tsx';
import { SaveMetrics, StatCardPlaceholders, StatCards } from '../components/stat-cards.tsx';
import { brands } from '../state/brands.ts';
import { selectPreset, view } from '../state/router.ts';
import { alertsVersion } from '../state/stream.ts';
import { clampToLastDays, rangeLengthMs } from '../state/time-range.ts';
import { type QueryResult, useQuery } from '../state/use-query.ts';
import { type RangePreset, rollingPresets, selectedBrand, type TimeRange } from '../state/view-state.ts';
import { currentRange, timeZone } from '../state/zone.ts';

const refreshMs = 3_000;
const incidentRefreshMs = 10_000;
/** For queries over raw posts, which take longer than those over rollups and change more slowly. */
const slowRefreshMs = 30_000;

/** Sentiment and volume of one brand or of all posts; a comparison if several brands are selected. */
export function Overview() {
  const range = currentRange();
  const brand = selectedBrand(view.value);
  const isComparison = view.value.brands.length > 1;
  const shownBrands = isComparison
    ? brands.value.filter(({ brand }) => view.value.brands.includes(brand))
    : brands.value.filter(({ brand: name }) => name !== '*');
  const comparison = useComparison(isComparison ? view.value.brands : [], range, shownBrands.length > 0);
  const table = shownBrands.length > 0 && <BrandTable brands={shownBrands} comparison={comparison} range={range} />;
  const incidents = useIncidents(view.value.brands, range);
  const { isSettled, isLate } = useSettled(incidents.data !== undefined || incidents.error !== undefined);
  return (
    <div class="view overview">
      <div class={isLate ? 'late-incidents' : ''}>
        <IncidentsPanel loaded={incidents} range={range} timeZone={timeZone()} hasManyBrands={view.value.brands.length !== 1} />
      </div>
      {isComparison ? (
        <div class="view" hidden={!isSettled}>
          {table}
          <BrandLines brands={view.value.brands} range={range} />
        </div>
      ) : (
        <div class="view" hidden={!isSettled}>
          <SummaryCards brand={brand} range={range} comparison={comparison} />
          <div class="columns">
            <div class="column">
              <BrandHistory brand={brand} range={range} incidents={incidents.data?.incidents ?? []} />
              <Drivers brand={brand} range={range} />
              <Breakdown brand={brand} range={range} />
              {table}
              {hasNoBrands() && <NoBrands />}
            </div>
            <LiveList brand={brand} />
          </div>
        </div>
      )}
    </div>
  );
}

/** How long the page waits for the incidents, which are above everything else. */
const maxHoldMs = 1_200;

/**
 * Whether the part below can be shown: once it is known what is above it, so that it does not move while someone reads it.
 * Incidents that come later have to fit into the place that is kept for them.
 */
function useSettled(isKnown: boolean): { readonly isSettled: boolean; readonly isLate: boolean } {
  const [isLate, setLate] = useState(false);
  const latest = useRef(isKnown);
  latest.current = isKnown;
  useEffect(() => {
    const timer = setTimeout(() => setLate(!latest.current), maxHoldMs);
    return () => clearTimeout(timer);
  }, []);
  return { isSettled: isKnown || isLate, isLate };
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
  const name = rangeNames.get(view.value.preset);
  const length = view.value.customRange || !name ? 'the previous period of equal length' : `the previous ${name}`;
  return (
    <QueryContent loaded={loaded} placeholder={<StatCardPlaceholders />}>
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
            <SaveMetrics summary={summary} voice={comparison?.brands.find((candidate) => candidate.brand === brand)} />
          </p>
          {summary.current.volume === 0 && <EmptyRange />}
        </>
      )}
    </QueryContent>
  );
}

const rangeNames: ReadonlyMap<RangePreset, string> = new Map([
  ['1h', 'hour'],
  ['6h', '6 hours'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['365d', 'year'],
]);

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

/** Shown for a range without posts; offers a longer one. */
function EmptyRange() {
  const { preset, customRange } = view.value;
  const longer = customRange ? undefined : rollingPresets.find((_, index) => rollingPresets[index - 1] === preset);
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

/** The incidents of brands, or of all brands if the list is empty. */
const useIncidents = (shown: readonly string[], range: TimeRange): QueryResult<{ readonly incidents: readonly Incident[] }> =>
  useQuery(`incidents ${JSON.stringify([shown, range])}`, (signal) => fetchIncidents(shown, range, signal), incidentRefreshMs, {
    isUrgent: true,
    version: alertsVersion.value,
  });
