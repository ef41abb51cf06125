import { Sparkline } from '../charts/sparkline.tsx';
import { LiveList } from '../components/live-list.tsx';
import { formatCount, formatDecimal, formatDelay, noValue } from '../format.ts';
import { view } from '../state/router.ts';
import { status, statusSamples } from '../state/stream.ts';
import { selectedBrands } from '../state/view-state.ts';

const maxPosts = 100;

/** Posts as they are scored, with the current throughput, lag and latency. */
export function Live() {
  const now = status.value;
  const past = statusSamples.value;
  return (
    <div class="view live-view">
      <section class="stat-cards three" aria-label="Throughput and latency">
        <Gauge
          title="Posts per second"
          value={now ? formatDecimal(now.postsPerSecond) : noValue}
          values={past.map(({ postsPerSecond }) => postsPerSecond)}
        />
        <Gauge
          title="Lag"
          value={now?.lag === null || now?.lag === undefined ? noValue : formatCount(now.lag)}
          values={past.map(({ lag }) => lag)}
          note={now?.lag === null ? 'not applicable: this source has no lag' : undefined}
        />
        <Gauge
          title="Latency"
          value={formatDelay(now?.latencySeconds)}
          values={past.map(({ latencySeconds }) => latencySeconds)}
          note="p95, last minute"
        />
      </section>
      <LiveList brand={selectedBrands(view.value)} maxPosts={maxPosts} />
    </div>
  );
}

function Gauge(props: {
  readonly title: string;
  readonly value: string;
  readonly values: readonly (number | null)[];
  readonly note?: string | undefined;
}) {
  return (
    <div class="stat-card">
      <h3>{props.title}</h3>
      <p class="value">{props.value}</p>
      <Sparkline values={props.values} />
      <p class="note">{props.note ?? 'last 5 minutes'}</p>
    </div>
  );
}
