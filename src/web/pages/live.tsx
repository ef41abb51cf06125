import { Sparkline } from '../charts/sparkline.tsx';
import { LiveList } from '../components/live-list.tsx';
import { formatCount, formatDecimal, formatDelay, nothing } from '../format.ts';
import { view } from '../state/router.ts';
import { moments, status } from '../state/stream.ts';
import { brandsOf } from '../state/view-state.ts';

const mostPosts = 100;

/** Posts as they are scored, and how fast. */
export function Live() {
  const now = status.value;
  const past = moments.value;
  return (
    <div class="view live-view">
      <section class="tiles three" aria-label="Pace">
        <Gauge
          title="Posts a second"
          value={now ? formatDecimal(now.postsPerSecond) : nothing}
          values={past.map(({ postsPerSecond }) => postsPerSecond)}
        />
        <Gauge
          title="Waiting in the feed"
          value={now?.lag === null || now?.lag === undefined ? nothing : formatCount(now.lag)}
          values={past.map(({ lag }) => lag)}
          fact={now?.lag === null ? 'this feed has no queue' : undefined}
        />
        <Gauge
          title="From reading to counting"
          value={formatDelay(now?.latencySeconds)}
          values={past.map(({ latencySeconds }) => latencySeconds)}
          fact="95 of 100 posts of the last minute"
        />
      </section>
      <LiveList brand={brandsOf(view.value)} most={mostPosts} />
    </div>
  );
}

function Gauge(props: {
  readonly title: string;
  readonly value: string;
  readonly values: readonly (number | null)[];
  readonly fact?: string | undefined;
}) {
  return (
    <div class="tile">
      <h3>{props.title}</h3>
      <p class="value">{props.value}</p>
      <Sparkline values={props.values} />
      <p class="fact">{props.fact ?? 'since this page was opened, at most five minutes'}</p>
    </div>
  );
}
