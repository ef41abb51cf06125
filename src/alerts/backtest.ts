import type { AlertEvent, AlertTransition, ScoredEvaluation } from '../domain/alert.ts';
import { emptyCounts, type LabelCounts, organicCounts, totalPosts } from '../domain/label-counts.ts';
import { bucketMs, dayMs, hourMs, minuteMs } from '../lib/duration.ts';
import type { OnProgress } from '../lib/progress.ts';
import { createYielder } from '../lib/yield-to-event-loop.ts';
import type { AlertCounts, BucketSeries, Buckets, CountsByBrand, LabelSeries, StoredAlertCounts } from '../sink/queries/alert-counts.ts';
import { baselineLookbackMs } from './detect/baseline.ts';
import { allBrands } from './detect/window-counts.ts';
import { createEvaluator, type EvaluatorDeps, withoutStore } from './evaluator.ts';
import type { Brand, Rule } from './rules.ts';

/** Delay between the end of a minute and its evaluation, as in a live run. */
const evaluationDelayMs = 20_000;
/** How long the event loop waits at most, in ms: requests are answered beside a backtest. */
const maxBlockMs = 10;
/** Minutes between two reports of progress. */
const minutesPerReport = 60;
/** Minutes of this many brands are held in memory at a time: about 50 MB for a month. */
const brandsPerBatch = 8;

/** All counts of the range, including those after the evaluated minute. */
export interface BacktestHistory {
  /** Includes `*`, all brands. */
  readonly minutes: CountsByBrand;
  /** 15-minute buckets of the range and of the history before it. */
  readonly buckets: CountsByBrand;
}

export interface BacktestOptions {
  readonly rules: readonly Rule[];
  readonly history: BacktestHistory;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** Planned events; default: none. */
  readonly events?: readonly AlertEvent[];
  readonly readThresholds?: EvaluatorDeps['readThresholds'];
  readonly calibrations?: EvaluatorDeps['calibrations'];
  /** Called with the number of minutes evaluated so far. */
  readonly onProgress?: (done: number) => void;
  /** Called after each minute. */
  readonly onEvaluations?: (evaluations: readonly ScoredEvaluation[]) => void;
  readonly signal?: AbortSignal;
}

/**
 * Evaluates every minute of a range as a live run would have, with the given rules. Stores and sends nothing. The result
 * for a minute depends only on the minutes before it.
 */
export async function backtestRules({
  rules,
  history,
  from,
  to,
  noDataAfterMs,
  events = [],
  readThresholds,
  calibrations,
  onProgress,
  onEvaluations,
  signal,
}: BacktestOptions): Promise<AlertTransition[]> {
  let now = from;
  const evaluator = createEvaluator({
    counts: countsAt(history, () => now),
    ...withoutStore,
    readEvents: async () => events,
    ...(readThresholds && { readThresholds }),
    ...(calibrations && { calibrations }),
    rules,
    noDataAfterMs,
    clock: { now: () => now },
    isLive: () => true,
  });
  const transitions: AlertTransition[] = [];
  const yieldIfDue = createYielder(maxBlockMs);
  let done = 0;
  for (now = Math.ceil(from / minuteMs) * minuteMs + evaluationDelayMs; now < to; now += minuteMs) {
    const result = await evaluator.evaluate();
    transitions.push(...result.transitions);
    onEvaluations?.(result.evaluations);
    done += 1;
    if (done % minutesPerReport === 0) onProgress?.(done);
    await yieldIfDue();
    signal?.throwIfAborted();
  }
  return transitions;
}

function countsAt({ minutes, buckets }: BacktestHistory, now: () => number): AlertCounts {
  return {
    readNewestMinute: async (since) => findNewestMinute(minutes.get(allBrands) ?? new Map<number, LabelCounts>(), since, now()),
    isStale: async () => false,
    readMaxDelay: async () => 0,
    readActivity: async () => 0,
    readMinutes: async () => minutes,
    readHistory: async (brands, from, to) =>
      new Map(
        brands.flatMap((brand) => {
          const own = buckets.get(brand);
          return own ? [[brand, toSeries(own, from, to)]] : [];
        }),
      ),
  };
}

function toSeries(buckets: Buckets, from: number, to: number): BucketSeries {
  const all = Array.from({ length: (to - from) / bucketMs }, (_, index) => buckets.get(from + index * bucketMs) ?? emptyCounts);
  const seriesOf = (counts: readonly LabelCounts[]): LabelSeries => ({
    negative: Float64Array.from(counts, ({ negative }) => negative),
    neutral: Float64Array.from(counts, ({ neutral }) => neutral),
    positive: Float64Array.from(counts, ({ positive }) => positive),
    unscored: Float64Array.from(counts, ({ unscored }) => unscored),
  });
  return { from, posts: seriesOf(all), organic: seriesOf(all.map(organicCounts)) };
}

/** The inverse of `toSeries`. */
function toBuckets({ from, posts, organic }: BucketSeries): Buckets {
  const at = (series: LabelSeries, index: number): LabelCounts => ({
    negative: series.negative[index] ?? 0,
    neutral: series.neutral[index] ?? 0,
    positive: series.positive[index] ?? 0,
    unscored: series.unscored[index] ?? 0,
  });
  return {
    get: (time) => {
      const index = (time - from) / bucketMs;
      const counts = at(posts, index);
      const copies = organicCounts({ ...counts, copies: at(organic, index) });
      return totalPosts(copies) > 0 ? { ...counts, copies } : counts;
    },
  };
}

function findNewestMinute(all: Buckets, since: number, now: number): number | undefined {
  for (let time = Math.floor(now / minuteMs) * minuteMs; time >= since; time -= minuteMs) {
    const counts = all.get(time);
    if (counts && totalPosts(counts) > 0) return time;
  }
  return undefined;
}

export interface StoredBacktestOptions {
  readonly counts: StoredAlertCounts;
  readonly rule: Rule;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** The planned events that end after a time; default: none. */
  readonly readEvents?: NonNullable<EvaluatorDeps['readEvents']>;
  readonly readThresholds?: EvaluatorDeps['readThresholds'];
  readonly calibrations?: EvaluatorDeps['calibrations'];
  /** Called with the minutes of all brands evaluated so far, and their total. */
  readonly onProgress: OnProgress;
  /** Called after each minute of each group of brands. */
  readonly onEvaluations?: BacktestOptions['onEvaluations'];
  readonly signal: AbortSignal;
}

export interface StoredBacktestResult {
  /** Actual start; later than requested if the minute rollup does not reach back that far. */
  readonly from: number;
  /** In chronological order. */
  readonly transitions: readonly AlertTransition[];
}

/** Backtests a rule over the stored history, as far back as the minute rollup reaches. @throws the database's errors */
export async function backtestStoredRule({
  counts,
  rule,
  to,
  onProgress,
  signal,
  ...options
}: StoredBacktestOptions): Promise<StoredBacktestResult> {
  const from = Math.max(options.from, (await counts.readOldestMinute()) ?? to);
  const minutesPerBatch = Math.max(0, Math.floor((to - from) / minuteMs));
  const batches = Math.ceil(rule.brands.length / brandsPerBatch);
  const events = (await options.readEvents?.(from - Math.max(...rule.windowsMs))) ?? [];
  // Read once, so that they do not change during a backtest.
  const thresholds = await options.readThresholds?.();
  const transitions: AlertTransition[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const brands = rule.brands.slice(batch * brandsPerBatch, (batch + 1) * brandsPerBatch);
    const history = await loadHistory(counts, brands, rule, from, to, signal);
    const found = await backtestRules({
      rules: [{ ...rule, brands }],
      history,
      from,
      to,
      noDataAfterMs: options.noDataAfterMs,
      events,
      onProgress: (done) => onProgress(batch * minutesPerBatch + done, batches * minutesPerBatch),
      ...(thresholds && { readThresholds: async () => thresholds }),
      ...(options.calibrations && { calibrations: options.calibrations }),
      ...(options.onEvaluations && { onEvaluations: options.onEvaluations }),
      signal,
    });
    transitions.push(...found.filter((transition) => transition.rule === rule.name));
  }
  return { from, transitions: transitions.sort((a, b) => a.at - b.at) };
}

async function loadHistory(
  stored: StoredAlertCounts,
  brands: readonly Brand[],
  { windowsMs }: Rule,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<BacktestHistory> {
  const names = [...new Set([allBrands, ...brands.map(({ name }) => name)])];
  const minutes = new Map<string, Map<number, LabelCounts>>();
  for (let day = from - Math.max(...windowsMs); day < to; day += dayMs) {
    signal.throwIfAborted();
    for (const [brand, found] of await stored.readMinutes(names, day, Math.min(to, day + dayMs))) {
      const known = minutes.get(brand) ?? new Map<number, LabelCounts>();
      for (const [start, counts] of found) known.set(start, counts);
      minutes.set(brand, known);
    }
  }
  const floorToBucket = (time: number): number => Math.floor(time / bucketMs) * bucketMs;
  // A baseline is computed up to an hour before the minute that it is used for.
  const since = floorToBucket(from) - hourMs - baselineLookbackMs;
  const series = await stored.readHistory(names, since, floorToBucket(to) + bucketMs);
  return { minutes, buckets: new Map([...series].map(([brand, own]) => [brand, toBuckets(own)])) };
}
