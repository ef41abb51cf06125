import { useEffect, useRef, useState } from 'preact/hooks';
import { formatDateTime } from '../format.ts';
import { brands, timeZone } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { problems } from '../state/use-query.ts';
import { spanOf } from '../state/view-state.ts';

const backfillNoticeMs = 15_000;

/** A notice above the page if the data is outdated or a backfill is running. */
export function Notices() {
  const [problem] = problems.value.values();
  const lastGood = useRef(Date.now());
  if (problem === undefined) lastGood.current = Date.now();
  const isBackfilling = useBackfillDetection();
  if (problem !== undefined)
    return (
      <p class="notice bad" role="alert">
        {problem} Showing data from {formatDateTime(new Date(lastGood.current).toISOString(), timeZone())}. Retrying…
      </p>
    );
  if (!isBackfilling) return null;
  return (
    <p class="notice plain" role="status">
      Backfill in progress: the metrics of this range may still change.
    </p>
  );
}

/** Detects that the volume of the range grows faster than a live feed would make it. */
function useBackfillDetection(): boolean {
  const [until, setUntil] = useState(0);
  const last = useRef<{ question: string; volume: number }>(undefined);
  const volume = brands.value.find(({ brand }) => brand === '*')?.volume ?? 0;
  const question = JSON.stringify(spanOf(view.value));
  useEffect(() => {
    const before = last.current;
    const at = Date.now();
    last.current = { question, volume };
    // Ignores the first response, and the very first posts.
    if (before?.question !== question || before.volume === 0) return;
    // Live posts add little to a range between two requests; thousands of posts at once are a backfill.
    if (volume - before.volume > Math.max(500, 0.02 * before.volume)) setUntil(at + backfillNoticeMs);
  }, [volume, question]);
  return until > Date.now();
}
