import { fetchEvents, type Incident } from '../api/alerts.ts';
import { fetchTrends } from '../api/history.ts';
import { brandTitle } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { previousRange } from '../state/time-range.ts';
import { useQuery } from '../state/use-query.ts';
import type { TimeRange } from '../state/view-state.ts';
import { timeZone } from '../state/zone.ts';
import { HistoryPanel } from './history-panel.tsx';
import { QueryContent } from './panel.tsx';

const refreshMs = 3_000;
const previousRefreshMs = 30_000;
const eventsRefreshMs = 60_000;

interface Props {
  /** `*` is all posts. */
  readonly brand: string;
  readonly range: TimeRange;
  /** Marked in the charts, as far as they are the brand's. */
  readonly incidents: readonly Incident[];
}

/** The charts of one brand or of all posts, with the previous period if it is selected. */
export function BrandHistory({ brand, range, incidents }: Props) {
  const { comparePrevious } = view.value;
  const zone = timeZone();
  const queryKey = JSON.stringify([brand, range, zone]);
  const trends = useQuery(`trends ${queryKey}`, (signal) => fetchTrends(brand, range, zone, signal), refreshMs, { isUrgent: true });
  // Buckets of equal length, which depends on the number of posts.
  const grain = trends.isStale ? undefined : trends.data?.grain;
  const previous = useQuery(
    `previous ${queryKey} ${comparePrevious} ${grain}`,
    async (signal) => (comparePrevious && grain ? await fetchTrends(brand, previousRange(range), zone, signal, grain) : null),
    previousRefreshMs,
  );
  const calendar = useQuery('alert events', fetchEvents, eventsRefreshMs);
  return (
    <QueryContent loaded={trends} placeholder={<div class="panel history-placeholder placeholder" role="status" aria-label="Loading" />}>
      {(data) => (
        <HistoryPanel
          title={brandTitle(brand)}
          trends={data}
          previous={previous.isStale || previous.data?.grain !== data.grain ? undefined : previous.data}
          timeZone={zone}
          anomalies={incidents.filter((incident) => incident.brand === brand)}
          events={(calendar.data?.events ?? []).filter(({ brands }) => brand === '*' || brands.length === 0 || brands.includes(brand))}
        />
      )}
    </QueryContent>
  );
}
