import { formatPlural } from '../format.ts';

/** The newest minutes of a live feed, which are always about to be counted. */
const maxLiveMinutes = 2;

/** Says that metrics trail the stored posts, as after a backfill. */
export function PendingNote({ pending }: { readonly pending: number }) {
  return pending > maxLiveMinutes ? <span class="pending-note">{formatPlural(pending, 'minute')} of posts not counted yet.</span> : null;
}
