import { fetchIncidents, type Incident } from '../api/alerts.ts';
import { alertsVersion } from './stream.ts';
import { type QueryResult, useQuery } from './use-query.ts';
import type { TimeRange } from './view-state.ts';

const refreshMs = 10_000;

/** The incidents of brands, or of all brands if the list is empty. */
export const useIncidents = (brands: readonly string[], range: TimeRange): QueryResult<{ readonly incidents: readonly Incident[] }> =>
  useQuery(`incidents ${JSON.stringify([brands, range])}`, (signal) => fetchIncidents(brands, range, signal), refreshMs, {
    isUrgent: true,
    version: alertsVersion.value,
  });
