import type { AlertTransition } from '../domain/alert.ts';
import { type LabelCounts, totalPosts } from '../domain/sentiment-counts.ts';
import { yieldToEventLoop } from '../lib/yield-to-event-loop.ts';
import type { AlertFigures, Buckets, CountsByBrand, StoredFigures } from '../sink/queries/read-alert-figures.ts';
import { baselineReachMs } from './detect/baseline.ts';
import { ALL_BRANDS } from './detect/evaluate-rules.ts';
import { createEvaluator } from './evaluator.ts';
import type { Brand, Rule } from './rules.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** How long after its end a minute is evaluated in a live run. */
const evaluationDelayMs = 20_000;
/** Minutes between two yields to the event loop. */
const minutesPerSlice = 60;
/** Minutes of this many brands are held in memory at a time: about 50 MB for a month. */
const brandsPerBatch = 8;

/** Complete figures, including those of later times. */
export interface ReplayHistory {
  /** Includes `*`, all brands. */
  readonly minutes: CountsByBrand;
  readonly buckets: CountsByBrand;
  /** The first 15-minute bucket with posts of each brand. */
  readonly first: ReadonlyMap<string, number>;
}

export interface ReplayOptions {
  readonly rules: readonly Rule[];
  readonly history: ReplayHistory;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** Called with the number of minutes evaluated so far. */
  readonly report?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Evaluates every minute of a range as a live run would have, with the given rules. Nothing is stored or sent. The result
 * for a minute depends only on the minutes before it.
 */
export async function replay({ rules, history, from, to, noDataAfterMs, report, signal }: ReplayOptions): Promise<AlertTransition[]> {
  let now = from;
  const evaluator = createEvaluator({
    figures: figuresAt(history, () => now),
    records: { states: async () => [], silences: async () => [] },
    store: { addTransitions: async () => {}, putStates: async () => {} },
    rules,
    recipientsFor: () => [],
    noDataAfterMs,
    clock: { now: () => now },
    isLive: () => true,
  });
  const transitions: AlertTransition[] = [];
  let done = 0;
  for (now = Math.ceil(from / minuteMs) * minuteMs + evaluationDelayMs; now < to; now += minuteMs) {
    transitions.push(...(await evaluator.evaluate()).transitions);
    done += 1;
    if (done % minutesPerSlice !== 0) continue;
    report?.(done);
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  return transitions;
}

function figuresAt({ minutes, buckets, first }: ReplayHistory, now: () => number): AlertFigures {
  return {
    newest: async (since) => newestOf(minutes.get(ALL_BRANDS) ?? new Map<number, LabelCounts>(), since, now()),
    isBehind: async () => false,
    delay: async () => 0,
    minutes: async () => minutes,
    // A baseline only reads buckets that were over by then.
    buckets: async () => buckets,
    firstOf: async () => first,
  };
}

function newestOf(all: Buckets, since: number, now: number): number | undefined {
  for (let time = Math.floor(now / minuteMs) * minuteMs; time >= since; time -= minuteMs) {
    const counts = all.get(time);
    if (counts && totalPosts(counts) > 0) return time;
  }
  return undefined;
}

export interface StoredReplayOptions {
  readonly figures: StoredFigures;
  readonly rule: Rule;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** Called with the minutes of all brands evaluated so far, and their total. */
  readonly report: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface StoredReplayResult {
  /** Where the replay started: minutes are only kept for a while. */
  readonly from: number;
  /** In order of time. */
  readonly transitions: readonly AlertTransition[];
}

/** Replays a rule over the stored history, as far back as minutes are kept. @throws the errors of the database */
export async function replayStored({ figures, rule, to, report, signal, ...options }: StoredReplayOptions): Promise<StoredReplayResult> {
  const from = Math.max(options.from, (await figures.oldest()) ?? to);
  const minutesPerBatch = Math.max(0, Math.floor((to - from) / minuteMs));
  const batches = Math.ceil(rule.brands.length / brandsPerBatch);
  const transitions: AlertTransition[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const brands = rule.brands.slice(batch * brandsPerBatch, (batch + 1) * brandsPerBatch);
    const history = await loadHistory(figures, brands, rule, from, to, signal);
    const found = await replay({
      rules: [{ ...rule, brands }],
      history,
      from,
      to,
      noDataAfterMs: options.noDataAfterMs,
      report: (done) => report(batch * minutesPerBatch + done, batches * minutesPerBatch),
      signal,
    });
    transitions.push(...found.filter((transition) => transition.rule === rule.name));
  }
  return { from, transitions: transitions.sort((a, b) => a.at - b.at) };
}

async function loadHistory(
  figures: StoredFigures,
  brands: readonly Brand[],
  { windowsMs }: Rule,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<ReplayHistory> {
  const names = [...new Set([ALL_BRANDS, ...brands.map(({ name }) => name)])];
  const minutes = new Map<string, Map<number, LabelCounts>>();
  for (let day = from - Math.max(...windowsMs); day < to; day += dayMs) {
    signal.throwIfAborted();
    for (const [brand, found] of await figures.minutes(names, day, Math.min(to, day + dayMs))) {
      const known = minutes.get(brand) ?? new Map<number, LabelCounts>();
      for (const [start, counts] of found) known.set(start, counts);
      minutes.set(brand, known);
    }
  }
  const since = from - baselineReachMs;
  return { minutes, buckets: await figures.bucketsBetween(names, since, to), first: await figures.firstOf(names, since) };
}
