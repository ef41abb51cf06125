import type { Trends } from './api.ts';
import { byId } from './dom.ts';

const fillingShownMs = 15_000;

/** One line above the figures that says what is unusual about them. */
export function createNotices(): {
  /** After a load: whether the range is empty, or older posts are still coming in. */
  loaded(trends: Trends): void;
  failed(error: Error): void;
  /** Another view is chosen: what was known of the last one says nothing about it. */
  reset(): void;
} {
  let earliest: number | undefined;
  let filledAt = Number.NEGATIVE_INFINITY;
  return {
    loaded: ({ buckets }) => {
      const first = buckets[0] && Date.parse(buckets[0].start);
      if (first !== undefined && earliest !== undefined && first < earliest) filledAt = Date.now();
      earliest = first ?? earliest;
      const isFilling = Date.now() - filledAt < fillingShownMs;
      if (buckets.length === 0)
        show('plain', 'No posts in this range yet. They appear as they come in; older ones may be in a longer range.');
      else if (isFilling)
        show('plain', 'The history is filling: older posts are still coming in, and the figures of this range change with them.');
      else show('plain', '');
    },
    failed: (error) => show('bad', `${error.message} What is shown may be old. Trying again every few seconds.`),
    reset: () => {
      earliest = undefined;
      filledAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function show(kind: 'plain' | 'bad', text: string): void {
  const line = byId('notice');
  line.hidden = text === '';
  line.dataset['kind'] = kind;
  if (line.textContent !== text) line.textContent = text;
}
