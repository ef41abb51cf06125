import { Sparkline } from '../charts/sparkline.tsx';
import { LiveList } from '../components/live-list.tsx';
import { formatCount, formatDecimal, formatDelay, noValue } from '../format.ts';
import { view } from '../state/router.ts';
import { status, statusSamples } from '../state/stream.ts';
import { brandsOf } from '../state/view-state.ts';

const maxPosts = 100;

/** Posts as they are scored, with the current throughput and delay. */
export function Live() {
  const now = status.value;
  const past = statusSamples.value;
  return (
    <div class="view live-view">
      <section class="stat-cards three" aria-label="Throughput and delay">
        <Gauge
          title="Posts per second"
          value={now ? formatDecimal(now.postsPerSecond) : noValue}
          values={past.map(({ postsPerSecond }) => postsPerSecond)}
        />
        <Gauge
          title="Backlog"
          value={now?.lag === null || now?.lag === undefined ? noValue : formatCount(now.lag)}
          values={past.map(({ lag }) => lag)}
          fact={now?.lag === null ? 'not applicable: this source has no backlog' : undefined}
        />
        <Gauge
          title="Processing delay"
          value={formatDelay(now?.latencySeconds)}
          values={past.map(({ latencySeconds }) => latencySeconds)}
          fact="p95, last minute"
        />
      </section>
      <LiveList brand={brandsOf(view.value)} maxPosts={maxPosts} />
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
    <div class="stat-card">
      <h3>{props.title}</h3>
      <p class="value">{props.value}</p>
      <Sparkline values={props.values} />
      <p class="fact">{props.fact ?? 'last 5 minutes'}</p>
    </div>
  );
}
