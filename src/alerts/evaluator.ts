import type { Calibrations } from '../analytics/calibration/calibrations.ts';
import type { AlertEvent, AlertState, AlertTransition, RuleState, ScoredEvaluation } from '../domain/alert.ts';
import type { Clock } from '../lib/clock.ts';
import { minuteMs } from '../lib/duration.ts';
import type { AlertCounts } from '../sink/queries/alert-counts.ts';
import type { AlertReader } from '../sink/queries/alerts.ts';
import { type Baselines, createBaselines } from './detect/baseline.ts';
import { evaluateRules, type RecipientsFor, type Snapshot, stateKey } from './detect/evaluate-rules.ts';
import { allBrands } from './detect/window-counts.ts';
import type { Brand, Rule } from './rules.ts';

/** Windows that ended longer ago are not evaluated: a backlog or a backfill raises no alert. */
const maxWindowAgeMs = 10 * minuteMs;
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
  /** Calibrations of net sentiment; default: none, so that it is the counted one. */
  readonly calibrations?: Pick<Calibrations, 'readFor'>;
  readonly rules: readonly Rule[];
  readonly recipientsFor: RecipientsFor;
  readonly noDataAfterMs: number;
  readonly clock: Pick<Clock, 'now'>;
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
  const { counts, records, store, rules, recipientsFor, clock, readEvents = async () => [] } = deps;
  const brands = [...new Map(rules.flatMap((rule) => rule.brands).map((brand) => [brand.name, brand])).values()];
  const names = [...new Set([allBrands, ...brands.map(({ name }) => name)])];
  const pairs = rules.reduce((sum, rule) => sum + rule.brands.length, 0);
  const longestWindowMs = Math.max(0, ...rules.flatMap(({ windowsMs }) => windowsMs));
  const baselinesAt = createBaselines(counts, brands, deps.calibrations, metricsByBrand(rules));
  const startedAt = clock.now();
  let states: Map<string, AlertState> | undefined;
  let lastEnd = 0;

  const takeSnapshot = async (now: number): Promise<Snapshot> => {
    const since = now - longestWindowMs - maxWindowAgeMs;
    const silences = await records.readSilences(since);
    const events = (await readEvents(since)).filter(({ from, to }) => from <= now && to > since);
    const newest = await counts.readNewestMinute(now - deps.noDataAfterMs - maxWindowAgeMs, now);
    const emptySnapshot = { now, end: undefined, minutes: new Map(), baselines: noBaseline, silences, events, noDataSince: undefined };
    const lastPost = Math.max(newest ?? 0, startedAt);
    if (deps.isLive() && now - lastPost >= deps.noDataAfterMs) return { ...emptySnapshot, noDataSince: lastPost };
    // Watermark: every active partition has passed these minutes. The latest is left out, because late posts may still arrive.
    const delay = await counts.readMaxDelay(now - idlePartitionMs);
    const end = Math.min(newest ?? 0, Math.floor((now - delay) / minuteMs) * minuteMs) - minuteMs;
    const isTooOld = now - end > maxWindowAgeMs;
    if (end <= lastEnd || isTooOld || (await counts.isStale(end - longestWindowMs, end))) return emptySnapshot;
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
  };
}
