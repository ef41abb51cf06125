import type { Histogram } from 'prom-client';
import type { Quantiles } from '../domain/status.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import type { Metrics } from '../lib/metrics.ts';

const sampleEveryMs = 5_000;
const windowMs = 60_000;

type SampledHistogram = 'inferenceSeconds' | 'writeSeconds' | 'ingestLatency' | 'batchPosts';

/** Observations at or below each bound, ascending; the last bound is infinite. */
type Cumulative = readonly { readonly bound: number; readonly count: number }[];

interface Sample {
  readonly at: number;
  readonly lag: number | null;
  readonly histograms: Readonly<Record<SampledHistogram, Cumulative>>;
}

export interface RecentMetrics {
  /** Quantiles of the last minute's observations, in the histogram's unit; null without observations. */
  quantiles(histogram: SampledHistogram): Quantiles | null;
  /** Lag of all partitions, in messages; null for a source without partitions. */
  lag(): number | null;
  close(): void;
}

const sampledHistograms: readonly SampledHistogram[] = ['inferenceSeconds', 'writeSeconds', 'ingestLatency', 'batchPosts'];

/** Prometheus histograms are cumulative; the difference of two samples covers the time between them. */
export function createRecentMetrics(metrics: Metrics, clock: Pick<Clock, 'now' | 'monotonic'>): RecentMetrics {
  let samples: readonly Sample[] = [];
  const sample = async (): Promise<void> => {
    const read = await Promise.all(sampledHistograms.map(async (name) => [name, await readCumulative(metrics[name])] as const));
    const { values } = await metrics.lag.get();
    const lag = values.length === 0 ? null : values.reduce((sum, { value }) => sum + Math.max(0, value), 0);
    const at = monotonicNow(clock);
    const snapshot: Sample = { at, lag, histograms: Object.fromEntries(read) as Sample['histograms'] }; // fromEntries widens the keys
    samples = [...samples.filter((earlier) => earlier.at >= at - windowMs), snapshot];
  };
  void sample();
  const timer = setInterval(() => void sample(), sampleEveryMs).unref();
  return {
    quantiles: (histogram) => {
      const [first, last] = [samples[0]?.histograms[histogram], samples.at(-1)?.histograms[histogram]];
      return first && last ? computeQuantiles(first, last) : null;
    },
    lag: () => samples.at(-1)?.lag ?? null,
    close: () => clearInterval(timer),
  };
}

async function readCumulative(histogram: Histogram): Promise<Cumulative> {
  const { values } = await histogram.get();
  return values
    .filter(({ metricName }) => metricName?.endsWith('_bucket'))
    .map(({ labels, value }) => ({ bound: labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']), count: value }));
}

/** p50 and p95 of the observations between two samples of a histogram; null if there are none. */
export function computeQuantiles(before: Cumulative, after: Cumulative): Quantiles | null {
  const counts = after.map(({ bound, count }, index) => ({ bound, count: count - (before[index]?.count ?? 0) }));
  if ((counts.at(-1)?.count ?? 0) <= 0) return null;
  return { p50: quantile(counts, 0.5), p95: quantile(counts, 0.95) };
}

/** As Prometheus' histogram_quantile: linear within a bucket; beyond the last finite bound, that bound. */
function quantile(counts: Cumulative, share: number): number {
  const rank = share * (counts.at(-1)?.count ?? 0);
  const index = counts.findIndex(({ count }) => count >= rank);
  const { bound = 0, count = 0 } = counts[index] ?? {};
  const { bound: lower, count: below } = counts[index - 1] ?? { bound: 0, count: 0 };
  if (!Number.isFinite(bound)) return lower;
  return count === below ? bound : lower + ((bound - lower) * (rank - below)) / (count - below);
}
