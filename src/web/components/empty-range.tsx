import { chooseRange, view } from '../state/router.ts';
import { ranges } from '../state/view-state.ts';

/** Where there are no posts: what may be done. */
export function EmptyRange() {
  const { range, span } = view.value;
  const longer = span ? undefined : ranges[ranges.indexOf(range) + 1];
  return (
    <div class="panel empty-range">
      <h2>No posts in this range yet</h2>
      <p>They appear as they come in.{longer ? ' Older ones may be in a longer range.' : ''}</p>
      {longer && (
        <button type="button" class="main-button" onClick={() => chooseRange(longer)}>
          Look further back
        </button>
      )}
    </div>
  );
}
