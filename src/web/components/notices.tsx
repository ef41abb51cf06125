import { useEffect, useRef, useState } from 'preact/hooks';
import { slowRequests } from '../api/client.ts';
import { formatDateTime } from '../format.ts';
import { brands, brandsRange } from '../state/brands.ts';
import { linkIssues } from '../state/router.ts';
import { queryErrors } from '../state/use-query.ts';
import { timeZone } from '../state/zone.ts';

const backfillNoticeMs = 15_000;

/** A notice above the page if the data is outdated or a backfill is running. */
export function Notices() {
  const [error] = queryErrors.value.values();
  const lastSuccess = useRef(Date.now());
  if (error === undefined) lastSuccess.current = Date.now();
  const isBackfilling = useBackfillDetection();
  if (error !== undefined)
    return (
      <p class="notice bad" role="alert">
        {error} Data as of {formatDateTime(new Date(lastSuccess.current).toISOString(), timeZone())}. Retrying…
      </p>
    );
  if (linkIssues.value.length > 0)
    return (
      <p class="notice plain" role="status">
        {linkIssues.value.join(' ')}{' '}
        <button type="button" class="link" onClick={() => (linkIssues.value = [])}>
          Dismiss
        </button>
      </p>
    );
  if (slowRequests.value > 0)
    return (
      <p class="notice plain floating" role="status">
        feedpulse is slow to answer. Still waiting…
      </p>
    );
  if (!isBackfilling) return null;
  return (
    <p class="notice plain" role="status">
      Backfill in progress: the metrics of this range may still change.
    </p>
  );
}

/** Detects that the volume of the range grows faster than a live source would make it. */
function useBackfillDetection(): boolean {
  const [until, setUntil] = useState(0);
  const last = useRef<{ queryKey: string; volume: number }>(undefined);
  const volume = brands.value.find(({ brand }) => brand === '*')?.volume ?? 0;
  const queryKey = brandsRange.value;
  useEffect(() => {
    const before = last.current;
    const at = Date.now();
    last.current = { queryKey, volume };
    // Ignores the first response, and the very first posts.
    if (before?.queryKey !== queryKey || before.volume === 0) return;
    // Live posts add little to a range between two requests; thousands of posts at once are a backfill.
    if (volume - before.volume > Math.max(500, 0.02 * before.volume)) setUntil(at + backfillNoticeMs);
  }, [volume, queryKey]);
  return until > Date.now();
}
