import type { Comparison } from '../../domain/brand-metrics.ts';
import { fetchAlerts, fetchUnusual, type Unusual } from '../api/alerts.ts';
import { type Drivers as DriversAnswer, fetchBreakdown, fetchComparison, fetchDrivers, fetchSummary, fetchTrends } from '../api/history.ts';
import { UnusualPanel } from '../components/anomalies-panel.tsx';
import { BrandTable } from '../components/brand-table.tsx';
import { BreakdownPanel } from '../components/breakdown-panel.tsx';
import { DriversPanel } from '../components/drivers-panel.tsx';
import { EmptyRange } from '../components/empty-range.tsx';
import { HistoryPanel } from '../components/history-panel.tsx';
import { LiveList } from '../components/live-list.tsx';
import { Shown } from '../components/panel.tsx';
import { SaveTiles, Tiles } from '../components/stat-cards.tsx';
import { brands, brandTitle, timeZone } from '../state/brands.ts';
import { lastDays, lengthOf, previousSpan } from '../state/previous-span.ts';
import { view } from '../state/router.ts';
import { alertsChanged } from '../state/stream.ts';
import { useLoaded } from '../state/use-query.ts';
import { brandOf, type Span, spanOf } from '../state/view-state.ts';
import { BrandLines } from './brand-lines.tsx';

const everyMs = 3_000;
/** What reads posts takes longer than what reads figures, and changes more slowly. */
const slowlyMs = 30_000;

/** How people feel about one brand, or all posts, in a range; of several brands, how they compare. */
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
          <Standouts span={span} />
          {table}
          <BrandLines brands={view.value.brands} span={span} />
        </>
      ) : (
        <>
          <SummaryTiles brand={brand} span={span} comparison={comparison} />
          <Standouts span={span} />
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

/** Of a config without brands there is none to ask for, and those of another range are no use. */
function useComparison(wanted: readonly string[], span: Span, hasBrands: boolean): Comparison | undefined {
  const { data, isStale } = useLoaded(
    `voice ${JSON.stringify([wanted, span, hasBrands])}`,
    async (signal) => (hasBrands ? await fetchComparison(wanted, span, signal) : null),
    slowlyMs / 3,
  );
  return isStale ? undefined : (data ?? undefined);
}

interface Of {
  readonly brand: string;
  readonly span: Span;
}

function SummaryTiles({ brand, span, comparison }: Of & { readonly comparison: Comparison | undefined }) {
  const loaded = useLoaded(`summary ${JSON.stringify([brand, span])}`, (signal) => fetchSummary(brand, span, signal), everyMs, {
    isUrgent: true,
  });
  const length = view.value.span ? 'the stretch of equal length' : `the ${lengths[view.value.range]}`;
  return (
    <Shown loaded={loaded} lines={2}>
      {(summary) => (
        <>
          <Tiles summary={summary} brand={brand} comparison={comparison} />
          <p class="compared">
            {summary.previous
              ? `Changes are against ${length} before; bold ones are more than chance.`
              : `The history does not reach back to ${length} before: there is nothing to compare with.`}
            <SaveTiles summary={summary} />
          </p>
          {summary.current.volume === 0 && <EmptyRange />}
        </>
      )}
    </Shown>
  );
}

const lengths = { '1h': 'hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days', '365d': 'year' } as const;

function History({ brand, span }: Of) {
  const { against } = view.value;
  const zone = timeZone();
  const question = JSON.stringify([brand, span, zone]);
  const trends = useLoaded(`trends ${question}`, (signal) => fetchTrends(brand, span, zone, signal), everyMs, { isUrgent: true });
  const previous = useLoaded(
    `before ${question} ${against}`,
    async (signal) => (against ? await fetchTrends(brand, previousSpan(span), zone, signal, trends.data?.grain) : null),
    slowlyMs,
  );
  const marks = useUnusual(span).filter((one) => one.brand === brand);
  return (
    <Shown loaded={trends} lines={10}>
      {(data) => (
        <HistoryPanel
          title={brandTitle(brand)}
          trends={data}
          previous={previous.isStale || previous.data?.grain !== data.grain ? undefined : previous.data}
          timeZone={zone}
          marks={marks}
        />
      )}
    </Shown>
  );
}

function Drivers({ brand, span }: Of) {
  const isLong = lengthOf(span) > longestDriversMs;
  const asked = isLong ? lastDays(span, daysOfDrivers) : span;
  return (
    <DriversPanel
      isPart={isLong}
      loaded={useLoaded(`drivers ${JSON.stringify([brand, asked])}`, (signal) => fetchDrivers(brand, asked, signal), untilThereAreSome)}
    />
  );
}

/** In the first minutes of a history there are none yet. */
const untilThereAreSome = ({ negative, positive }: DriversAnswer): number => (negative.length + positive.length > 0 ? slowlyMs : everyMs);

/** The server reads the posts of no longer stretch. */
const longestDriversMs = 92 * 86_400_000;
const daysOfDrivers = 30;

function Breakdown({ brand, span }: Of) {
  return (
    <BreakdownPanel
      loaded={useLoaded(`breakdown ${JSON.stringify([brand, span])}`, (signal) => fetchBreakdown(brand, span, signal), slowlyMs)}
    />
  );
}

function Standouts({ span }: { readonly span: Span }) {
  const found = useUnusual(span);
  const { brands: chosen } = view.value;
  const shown = chosen.length === 0 ? found : found.filter(({ brand }) => chosen.includes(brand));
  return <UnusualPanel found={shown} timeZone={timeZone()} hasManyBrands={chosen.length !== 1} />;
}

/** Alerts of the range, and where the rules would have spoken although nobody was told: before they were set up, or in a backfill. */
function useUnusual(span: Span): readonly Unusual[] {
  const { brands: chosen } = view.value;
  const asked = JSON.stringify(span);
  const alerts = useLoaded(`alerts ${asked} ${alertsChanged.value}`, (signal) => fetchAlerts('*', span, signal), slowlyMs);
  // Minutes are kept for a month, and judging them takes its time.
  const isShort = lengthOf(span) <= longestJudgedMs;
  const judged = useLoaded(
    `unusual ${JSON.stringify([chosen, span, isShort])}`,
    async (signal) => (isShort ? await fetchUnusual(chosen, span, signal) : { found: [] }),
    ({ found }) => (found.length > 0 ? slowlyMs : slowlyMs / 3),
  );
  const told = alerts.data?.alerts ?? [];
  const found = judged.isStale ? [] : (judged.data?.found ?? []);
  return [...told, ...found.filter((one) => !told.some((alert) => isSame(alert, one)))];
}

const longestJudgedMs = 2 * 86_400_000;

function isSame(alert: Unusual, found: Unusual): boolean {
  const ends = (one: Unusual): number => (one.resolvedAt === null ? Number.POSITIVE_INFINITY : Date.parse(one.resolvedAt));
  const overlap = Date.parse(alert.at) < ends(found) && Date.parse(found.at) < ends(alert);
  return alert.brand === found.brand && alert.evaluation.metric === found.evaluation.metric && overlap;
}
