import type { Counter, Gauge } from 'prom-client';
import type { SourceStatus } from '../domain/status.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { RunningSource } from './supervise-source.ts';

const sampleEveryMs = 2_000;
/** Time over which rates are averaged. */
const windowMs = 10_000;

/** Totals by the label `source` or `topic`. */
type Totals = ReadonlyMap<string, number>;

interface Sample {
  readonly at: number;
  readonly postsRead: Totals;
  readonly deadLetters: Totals;
  readonly skipped: Totals;
  readonly lag: Totals;
  readonly gaps: Totals;
}

export interface SourceStatuses {
  read(): readonly SourceStatus[];
  close(): void;
}

export interface SourceStatusDeps {
  readonly sources: readonly RunningSource[];
  readonly metrics: Pick<Metrics, 'sourceHealthy' | 'postsRead' | 'messagesSkipped' | 'deadLetters' | 'lag' | 'offsetGap'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Health, rate, lag and losses of each source. Samples the metrics, whose values can only be read asynchronously. */
export function createSourceStatuses({ sources, metrics, clock }: SourceStatusDeps): SourceStatuses {
  let samples: readonly Sample[] = [];
  const sample = async (): Promise<void> => {
    const at = monotonicNow(clock);
    for (const source of sources) metrics.sourceHealthy.set({ source: source.name }, source.healthIssue() === undefined ? 1 : 0);
    const taken: Sample = {
      at,
      postsRead: await totals(metrics.postsRead, 'source'),
      deadLetters: await totals(metrics.deadLetters, 'source'),
      skipped: await totals(metrics.messagesSkipped, 'source'),
      lag: await totals(metrics.lag, 'topic'),
      gaps: await totals(metrics.offsetGap, 'topic'),
    };
    samples = [...samples.filter((earlier) => earlier.at >= at - windowMs), taken];
  };
  void sample();
  const timer = setInterval(() => void sample(), sampleEveryMs).unref();

  const rateOf = (source: string): number => {
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || !last || last.at <= first.at) return 0;
    const posts = (last.postsRead.get(source) ?? 0) - (first.postsRead.get(source) ?? 0);
    return Math.round((10_000 * posts) / (last.at - first.at)) / 10;
  };
  const read = (source: RunningSource): SourceStatus => {
    const { name, type, topic } = source;
    const last = samples.at(-1);
    const progress = source.progress?.();
    const ofTopic = (totals: Totals | undefined): number | undefined => (topic === undefined ? undefined : totals?.get(topic));
    return {
      name,
      type,
      state: source.state(),
      issue: source.healthIssue() ?? null,
      postsPerSecond: rateOf(name),
      lag: ofTopic(last?.lag) ?? null,
      behindSeconds: progress?.behindSeconds ?? null,
      endpoint: progress?.endpoint ?? null,
      deadLetters: last?.deadLetters.get(name) ?? 0,
      skipped: last?.skipped.get(name) ?? 0,
      gaps: ofTopic(last?.gaps) ?? progress?.gaps ?? 0,
    };
  };
  return { read: () => sources.map(read), close: () => clearInterval(timer) };
}

/** Sums by one label. A lag is negative for a moment when the broker reports an old end offset. */
async function totals(metric: Counter<string> | Gauge<string>, label: string): Promise<Totals> {
  const sums = new Map<string, number>();
  for (const { labels, value } of (await metric.get()).values) {
    const key = String(labels[label]);
    sums.set(key, (sums.get(key) ?? 0) + Math.max(0, value));
  }
  return sums;
}

/**
 * Whether the sources as a whole are healthy. One of several that is down does not make the process unready: restarting it
 * or taking it out of service would stop the others. Sources that have ended do not count.
 */
export function summarizeSources(sources: readonly Pick<SourceStatus, 'name' | 'state' | 'issue'>[]): {
  readonly ready: boolean;
  readonly degraded: boolean;
  readonly components: Readonly<Record<string, string>>;
} {
  const [only, ...others] = sources;
  if (only && others.length === 0) return { ready: only.issue === null, degraded: false, components: { source: only.issue ?? 'ok' } };
  const active = sources.filter(({ state }) => state !== 'ended');
  const unhealthy = active.filter(({ issue }) => issue !== null);
  const ready = active.length === 0 || unhealthy.length < active.length;
  const components = Object.fromEntries(sources.map(({ name, issue }) => [`source ${name}`, issue ?? 'ok']));
  return { ready, degraded: ready && unhealthy.length > 0, components };
}
