import { alertRule } from '../config/alerts.ts';
import { emptyCounts, type LabelCounts } from '../domain/label-counts.ts';
import { bucketMs, dayMs, minuteMs } from '../lib/duration.ts';
import { selectQuantile } from '../lib/statistics.ts';
import type { AlertCounts, BucketSeries } from '../sink/queries/alert-counts.ts';
import { allBrands } from './detect/window-counts.ts';
import { createEvaluator, withoutStore } from './evaluator.ts';
import { type Rule, resolveRules } from './rules.ts';

/** One value of a series. */
export interface Sample {
  /** ms since 1970. */
  readonly time: number;
  readonly value: number;
}

/** A sample with what a live run would have reported for it. */
export interface SeriesEvaluation extends Sample {
  /** The expected value; null while there is too little history. */
  readonly expected: number | null;
  /** Anomaly score in [0, 1). */
  readonly score: number;
  /** Whether an alert starts here. */
  readonly alert: boolean;
}

export interface SeriesBacktestOptions {
  /** Score at which an alert starts, between 0 and 1; by default that of balanced sensitivity. */
  readonly threshold?: number;
  /** IANA time zone of the baseline's hours and weekdays. */
  readonly timeZone?: string;
}

const seriesName = 'series';
const defaultWindowMs = 15 * minuteMs;

/**
 * Evaluates a series by the default volume rule as a live run would have. A value counts from its time until the next step.
 * Samples are in chronological order, evenly spaced; the result for one depends on later ones only by their spacing, and
 * by whether the series consists of counts.
 */
export async function* backtestSeries(
  samples: readonly Sample[],
  { threshold = 0.5, timeZone = 'UTC' }: SeriesBacktestOptions = {},
): AsyncGenerator<SeriesEvaluation> {
  const stepMs = spacingOf(samples);
  const scale = isCounts(samples) ? counts : scaleOf(samples);
  const feed = createSeriesFeed(samples, stepMs);
  let now = 0;
  const evaluator = createEvaluator({
    counts: feed.counts,
    ...withoutStore,
    rules: [seriesRule(stepMs, threshold, timeZone)],
    noDataAfterMs: dayMs,
    clock: { now: () => now },
    isLive: () => false,
  });
  for (const { time, value } of samples) {
    now = feed.push(time, scale.toCount(value)) + 2 * minuteMs;
    const { evaluations, transitions } = await evaluator.evaluate();
    const [found] = evaluations;
    if (!found || time < scale.from) yield { time, value, expected: null, score: 0, alert: false };
    else {
      const { expected, from, to } = found.evaluation;
      const perStep = (expected * stepMs) / (to - from);
      yield { time, value, expected: scale.toValue(perStep), score: found.score, alert: transitions.some(({ kind }) => kind === 'alert') };
    }
  }
}

/** The default volume rule, with windows of whole steps. */
function seriesRule(stepMs: number, score: number, timeZone: string): Rule {
  const window = `${Math.max(defaultWindowMs, stepMs) / minuteMs}m`;
  const [rule] = resolveRules([{ ...alertRule.parse({ name: 'volume', metric: 'volume' }), window }], []);
  if (!rule) throw new Error('resolveRules returned no rule for one config');
  const windows = rule.windowsMs.map((windowMs) => Math.max(1, Math.round(windowMs / stepMs)) * stepMs);
  return {
    ...rule,
    brands: [{ name: seriesName, timeZone }],
    threshold: (rule.balancedThreshold * score) / (1 - score),
    windowsMs: [...new Set(windows)],
  };
}

/** The median time between two samples, in whole minutes. */
function spacingOf(samples: readonly Sample[]): number {
  const steps = Float64Array.from(samples.slice(1), ({ time }, index) => time - (samples[index]?.time ?? time));
  const middle = steps.length === 0 ? minuteMs : selectQuantile(steps, steps.length, 0.5);
  return Math.max(1, Math.round(middle / minuteMs)) * minuteMs;
}

/** How values become counts. */
interface Scale {
  /** Samples before this time (ms since 1970) only set the scale. */
  readonly from: number;
  toCount(value: number): number;
  toValue(count: number): number;
}

const isCounts = (samples: readonly Sample[]): boolean => samples.every(({ value }) => value >= 0 && Number.isInteger(value));
const counts: Scale = { from: Number.NEGATIVE_INFINITY, toCount: (value) => value, toValue: (count) => count };
/** The count of the median value: so large that chance plays no part. */
const medianCount = 1e6;

/**
 * The scale of measurements, which may be fractions or negative: their median on the first day becomes `medianCount`, the
 * distance between their lowest and highest tenth as much again.
 */
function scaleOf(samples: readonly Sample[]): Scale {
  const from = (samples[0]?.time ?? 0) + dayMs;
  const first = Float64Array.from(
    samples.filter(({ time }) => time < from),
    ({ value }) => value,
  );
  const [low, middle, high] = [0.1, 0.5, 0.9].map((share) => selectQuantile(first, first.length, share)) as [number, number, number];
  const unit = high > low ? high - low : Math.abs(middle) / 10 || 1;
  return {
    from,
    toCount: (value) => Math.max(0, medianCount * (1 + (value - middle) / unit)),
    toValue: (count) => middle + unit * (count / medianCount - 1),
  };
}

/** Serves the samples pushed so far as the counts of a brand. Minutes with a sample have one post of all brands. */
function createSeriesFeed(samples: readonly Sample[], stepMs: number) {
  const start = Math.floor((samples[0]?.time ?? 0) / bucketMs) * bucketMs;
  const length = Math.ceil(((samples.at(-1)?.time ?? start) + stepMs + bucketMs - start) / bucketMs);
  const buckets = { [seriesName]: new Float64Array(length), [allBrands]: new Float64Array(length) };
  const minutes = { [seriesName]: new Map<number, LabelCounts>(), [allBrands]: new Map<number, LabelCounts>() };
  let end = 0;
  const add = (name: keyof typeof buckets, minute: number, neutral: number): void => {
    const bucket = Math.floor((minute - start) / bucketMs);
    const values = buckets[name];
    if (values) values[bucket] = (values[bucket] ?? 0) + neutral;
    const known = minutes[name]?.get(minute)?.neutral ?? 0;
    minutes[name]?.set(minute, { ...emptyCounts, neutral: known + neutral });
  };
  return {
    counts: seriesCounts(start, buckets, minutes, () => end),
    /** Adds a sample, spread evenly over its step. Returns the end of the step (ms since 1970). */
    push: (time: number, count: number): number => {
      const first = Math.floor(time / minuteMs) * minuteMs;
      end = first + stepMs;
      for (let minute = first; minute < end; minute += minuteMs) {
        add(seriesName, minute, (count * minuteMs) / stepMs);
        add(allBrands, minute, 1);
      }
      return end;
    },
  };
}

function seriesCounts(
  start: number,
  buckets: Readonly<Record<string, Float64Array>>,
  minutes: Readonly<Record<string, ReadonlyMap<number, LabelCounts>>>,
  end: () => number,
): AlertCounts {
  return {
    // One minute past the last step, because an evaluation leaves out the newest minute.
    readNewestMinute: async () => end() + minuteMs,
    isStale: async () => false,
    readMaxDelay: async () => 0,
    readActivity: async () => 0,
    readMinutes: async () => new Map(Object.entries(minutes)),
    readHistory: async (_, from, to) => {
      const none = new Float64Array((to - from) / bucketMs);
      const seriesOf = (values: Float64Array): BucketSeries => {
        const neutral = sliceBuckets(values, (from - start) / bucketMs, none.length);
        const posts = { neutral, negative: none, positive: none, unscored: none };
        return { from, posts, organic: posts };
      };
      return new Map(Object.entries(buckets).map(([name, values]) => [name, seriesOf(values)]));
    },
  };
}

/** The `length` values from index `first` on; 0 where there are none. */
function sliceBuckets(values: Float64Array, first: number, length: number): Float64Array {
  const part = new Float64Array(length);
  const found = values.subarray(Math.max(0, first), Math.max(0, first + length));
  if (found.length > 0) part.set(found, Math.max(0, -first));
  return part;
}
