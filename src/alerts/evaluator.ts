import type { Calibrations } from '../analytics/calibration/calibrations.ts';
import type { AlertEvent, AlertState, AlertTransition, RuleState, ScoredEvaluation } from '../domain/alert.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import type { ClockSteps } from '../lib/clock-steps.ts';
import { minuteMs } from '../lib/duration.ts';
import type { AlertCounts } from '../sink/queries/alert-counts.ts';
import type { AlertReader } from '../sink/queries/alerts.ts';
import { type Baselines, createBaselines } from './detect/baseline.ts';
import { evaluateRules, type RecipientsFor, type Snapshot, stateKey } from './detect/evaluate-rules.ts';
import { allBrands } from './detect/window-counts.ts';
import type { Brand, Rule } from './rules.ts';

/** Windows that ended longer ago are not evaluated: a backlog or a backfill raises no alert. */
const maxWindowAgeMs = 10 * minuteMs;
/** For so long after the clock was set, delays from before the step may count, and minutes are evaluated again. */
const settlingMs = 2 * minuteMs;
/** Partitions idle for this long are ignored. */
const idlePartitionMs = minuteMs;

/** Stores the results of an evaluation. */
export interface EvaluationStore {
  /** Resolves once the transitions are durable; this commits the evaluation. */
  addTransitions(transitions: readonly AlertTransition[]): Promise<void>;
  /** @param at ms since 1970 */
  putStates(states: readonly RuleState[], at: number): Promise<void>;
}

export interface EvaluatorDeps {
  readonly counts: AlertCounts;
  readonly records: Pick<AlertReader, 'readStates' | 'readSilences'>;
  /** The planned events that end after a time (ms since 1970); default: none. */
  readonly readEvents?: (since: number) => Promise<readonly AlertEvent[]>;
  readonly store: EvaluationStore;
  /** The thresholds that replace those of the rules, by `stateKey`; default: none. */
  readonly readThresholds?: () => Promise<ReadonlyMap<string, number>>;
  /** Calibrations of net sentiment; default: none, so that it is the counted one. */
  readonly calibrations?: Pick<Calibrations, 'readFor'>;
  readonly rules: readonly Rule[];
  readonly recipientsFor: RecipientsFor;
  readonly noDataAfterMs: number;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Steps of the clock so far; default: none. Call `onClockStep` for each. */
  readonly clockOffsets?: ClockSteps['offsets'];
  /** False once the source has ended, so that the end is not reported as no data. */
  readonly isLive: () => boolean;
}

/** For backtests: nothing is stored, silenced or sent. */
export const withoutStore: Pick<EvaluatorDeps, 'records' | 'store' | 'recipientsFor'> = {
  records: { readStates: async () => [], readSilences: async () => [] },
  store: { addTransitions: async () => {}, putStates: async () => {} },
  recipientsFor: () => [],
};

export interface EvaluationResult {
  readonly transitions: readonly AlertTransition[];
  /** The rarest window of every rule and brand that was evaluated. */
  readonly evaluations: readonly ScoredEvaluation[];
  /** Pairs of rule and brand that were evaluated. */
  readonly evaluatedPairs: number;
}

export interface Evaluator {
  /**
   * Evaluates the newest complete minutes and stores the results before it resolves.
   * @throws the database's errors; then no state has changed, and the next call evaluates again
   */
  evaluate(): Promise<EvaluationResult>;
  countActive(): number;
  /** Drops the cached states; another process may have changed them. */
  reset(): void;
  /** The system's clock was set: minutes may have to be evaluated again, and posts may seem to be missing. */
  onClockStep(): void;
}

/** The metrics that the rules watch of each brand. */
function metricsByBrand(rules: readonly Rule[]): (brand: Brand) => Iterable<Rule['metric']> {
  const known = new Map<string, Set<Rule['metric']>>();
  for (const { metric, brands } of rules) for (const { name } of brands) known.set(name, (known.get(name) ?? new Set()).add(metric));
  return ({ name }) => known.get(name) ?? [];
}

const noBaseline: Baselines = { get: () => undefined };

/** Evaluates the rules over the stored counts. Only one process per database may call `evaluate` at a time. */
export function createEvaluator(deps: EvaluatorDeps): Evaluator {
  const { counts, records, store, rules, recipientsFor, clock } = deps;
  const { readEvents = async () => [], readThresholds = async () => new Map<string, number>(), clockOffsets = () => [0] } = deps;
  const brands = [...new Map(rules.flatMap((rule) => rule.brands).map((brand) => [brand.name, brand])).values()];
  const names = [...new Set([allBrands, ...brands.map(({ name }) => name)])];
  const pairs = rules.reduce((sum, rule) => sum + rule.brands.length, 0);
  const longestWindowMs = Math.max(0, ...rules.flatMap(({ windowsMs }) => windowsMs));
  const baselinesAt = createBaselines(counts, brands, deps.calibrations, metricsByBrand(rules));
  const startedAt = clock.now();
  let states: Map<string, AlertState> | undefined;
  let lastEnd = 0;
  let steppedAt = Number.NEGATIVE_INFINITY;
  const silence = createSilenceAfterStep(counts, clock);

  const takeSnapshot = async (now: number): Promise<Snapshot> => {
    const since = now - longestWindowMs - maxWindowAgeMs;
    const silences = await records.readSilences(since);
    const events = (await readEvents(since)).filter(({ from, to }) => from <= now && to > since);
    const [earliest, latest] = [now + Math.min(...clockOffsets()), now + Math.max(...clockOffsets())];
    const newest = await counts.readNewestMinute(earliest - deps.noDataAfterMs - maxWindowAgeMs, latest);
    const emptySnapshot = {
      ...{ now, end: undefined, minutes: new Map(), baselines: noBaseline, silences, events, noDataSince: undefined },
      thresholds: await readThresholds(),
    };
    const lastPost = (await silence.readLastPost(now)) ?? Math.max(newest ?? 0, startedAt);
    if (deps.isLive() && now - lastPost >= deps.noDataAfterMs) return { ...emptySnapshot, noDataSince: lastPost };
    // Watermark: every active partition has passed these minutes. The latest is left out, because late posts may still arrive.
    const delay = await counts.readMaxDelay(now - idlePartitionMs);
    const end = Math.min(newest ?? 0, Math.floor((now - delay) / minuteMs) * minuteMs) - minuteMs;
    // A backlog is old by every clock; posts whose time goes by the clock from before a step are not.
    const isTooOld = clockOffsets().every((offset) => now + offset - end > maxWindowAgeMs);
    const wasEvaluated = end <= lastEnd && monotonicNow(clock) - steppedAt > settlingMs;
    if (wasEvaluated || isTooOld || (await counts.isStale(end - longestWindowMs, end))) return emptySnapshot;
    const minutes = await counts.readMinutes(names, end - longestWindowMs, end);
    return { ...emptySnapshot, end, minutes, baselines: await baselinesAt(end) };
  };

  return {
    evaluate: async () => {
      states ??= new Map((await records.readStates()).map(({ rule, brand, state }) => [stateKey(rule, brand), state]));
      const snapshot = await takeSnapshot(clock.now());
      const decisions = await evaluateRules(rules, recipientsFor, states, snapshot);
      // A transition includes the new state, so this one insert commits both.
      await store.addTransitions(decisions.transitions);
      for (const { rule, brand, state } of [...decisions.transitions, ...decisions.states]) states.set(stateKey(rule, brand), state);
      lastEnd = snapshot.end ?? lastEnd;
      await store.putStates(decisions.states, snapshot.now);
      const { transitions, evaluations } = decisions;
      return { transitions, evaluations, evaluatedPairs: snapshot.end === undefined ? 0 : pairs };
    },
    countActive: () => [...(states?.values() ?? [])].filter(({ alert }) => alert !== undefined).length,
    reset: () => {
      states = undefined;
      lastEnd = 0;
    },
    onClockStep: () => {
      steppedAt = monotonicNow(clock);
      silence.start();
    },
  };
}

/**
 * Once the clock was set, the time of the newest post does not tell how long the feed has been silent. From then on, silence is
 * measured from when posts were last stored, by the monotonic clock.
 */
function createSilenceAfterStep(counts: Pick<AlertCounts, 'readActivity'>, clock: EvaluatorDeps['clock']) {
  let heard: { activity: number | undefined; at: number } | undefined;
  return {
    start: (): void => {
      heard = { activity: undefined, at: monotonicNow(clock) };
    },
    /** When posts were last stored, by the system's clock; undefined if that clock was never set. */
    readLastPost: async (now: number): Promise<number | undefined> => {
      if (!heard) return undefined;
      const activity = await counts.readActivity();
      if (activity !== heard.activity) heard = { activity, at: monotonicNow(clock) };
      return now - (monotonicNow(clock) - heard.at);
    },
  };
}
