import { useEffect, useRef, useState } from 'preact/hooks';
import { formatClock } from '../format.ts';
import { brands, timeZone } from '../state/brands.ts';
import { view } from '../state/router.ts';
import { problems } from '../state/use-query.ts';
import { spanOf } from '../state/view-state.ts';

const growingShownMs = 15_000;

/** One line above the figures that says what is unusual about them: that they are old, or still growing. */
export function Notices() {
  const [problem] = problems.value.values();
  const lastGood = useRef(Date.now());
  if (problem === undefined) lastGood.current = Date.now();
  const isFilling = useFilling();
  if (problem !== undefined)
    return (
      <p class="notice bad" role="alert">
        {problem} What is shown may be old, from {formatClock(new Date(lastGood.current).toISOString(), timeZone())}. Trying again every few
        seconds.
      </p>
    );
  if (!isFilling) return null;
  return (
    <p class="notice plain" role="status">
      The history is filling: older posts are still coming in, and the figures of this range change with them.
    </p>
  );
}

/** Whether the range grows by more than the live feed brings: at the start of a demo, or in a backfill. */
function useFilling(): boolean {
  const [until, setUntil] = useState(0);
  const last = useRef<{ question: string; volume: number }>(undefined);
  const volume = brands.value.find(({ brand }) => brand === '*')?.volume ?? 0;
  const question = JSON.stringify(spanOf(view.value));
  useEffect(() => {
    const before = last.current;
    const at = Date.now();
    last.current = { question, volume };
    // From nothing to something is a first answer, or the first posts of all.
    if (before?.question !== question || before.volume === 0) return;
    // What comes live makes a small part of a range; thousands at once do not.
    if (volume - before.volume > Math.max(500, 0.02 * before.volume)) setUntil(at + growingShownMs);
  }, [volume, question]);
  return until > Date.now();
}
