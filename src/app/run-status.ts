import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics } from 'prom-client';
import type { ScoredPost } from '../domain/post.ts';
import type { PipelineStatus } from '../domain/status.ts';
import type { Scorer } from '../infer/scorer.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import type { EventBus } from '../lib/event-bus.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../sink/client/connection.ts';
import type { RecentMetrics } from './recent-metrics.ts';
import { createSourceStatuses, summarizeSources } from './source-status.ts';
import type { RunningSource } from './supervise-source.ts';

const windowSeconds = 10;
const readinessMs = 2_000;

export interface RunStatus {
  read(): PipelineStatus;
  close(): void;
}

/** The status of the running process: readiness of each component, throughput, lag, latency. Also samples the event-loop delay. */
export function createRunStatus(deps: {
  clock: Clock;
  db: Database;
  metrics: Metrics;
  sources: readonly RunningSource[];
  scorer: Scorer;
  storedPosts: EventBus<ScoredPost>;
  recent: RecentMetrics;
}): RunStatus {
  const { clock, db, metrics, scorer, storedPosts, recent } = deps;
  const statuses = createSourceStatuses(deps);
  const startedAt = monotonicNow(clock);
  /** Stored posts by second, for the last `windowSeconds`. */
  const perSecond = new Map<number, number>();
  const secondOf = (ms: number): number => Math.floor(ms / 1_000);
  const unsubscribe = storedPosts.subscribe(() => {
    const second = secondOf(monotonicNow(clock));
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    perSecond.delete(second - windowSeconds - 1);
  });

  collectDefaultMetrics({ register: metrics.registry });
  // prom-client resets its event-loop lag on every scrape, so that several scrapers would shorten each other's window.
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const sampling = setInterval(() => {
    metrics.eventLoopDelay.set(delay.percentile(99) / 1e9);
    delay.reset();
  }, windowSeconds * 1_000).unref();
  const measuringReadiness = setInterval(() => {
    const { ready, components } = read();
    metrics.ready.set({ endpoint: '/readyz' }, Number(ready));
    metrics.ready.set({ endpoint: '/readyz/serving' }, Number(components['database'] === 'ok'));
  }, readinessMs).unref();

  const postsPerSecond = (): number => {
    const now = monotonicNow(clock);
    const lastSeconds = [...perSecond].filter(([second]) => second >= secondOf(now) - windowSeconds && second < secondOf(now));
    const seconds = Math.max(1, Math.min(windowSeconds, (now - startedAt) / 1_000));
    return lastSeconds.reduce((sum, [, posts]) => sum + posts, 0) / seconds;
  };

  const read = (): PipelineStatus => {
    const sources = statuses.read();
    const { ready, degraded, components } = summarizeSources(sources);
    const issues = { model: scorer.healthIssue(), database: db.health.healthIssue() };
    const isReady = ready && Object.values(issues).every((issue) => issue === undefined);
    return {
      ready: isReady,
      degraded: isReady && degraded,
      components: { ...components, model: issues.model ?? 'ok', database: issues.database ?? 'ok' },
      sources,
      modelVersion: scorer.models[0].info.id,
      postsPerSecond: Math.round(postsPerSecond() * 10) / 10,
      lag: recent.lag(),
      latencySeconds: recent.quantiles('ingestLatency')?.p95 ?? null,
    };
  };

  return {
    read,
    close: () => {
      unsubscribe();
      statuses.close();
      clearInterval(sampling);
      clearInterval(measuringReadiness);
      delay.disable();
    },
  };
}
