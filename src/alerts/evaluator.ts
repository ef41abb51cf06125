import type { AlertState, AlertTransition, RuleState } from '../domain/alert.ts';
import type { Clock } from '../lib/clock.ts';
import type { AlertFigures } from '../sink/queries/read-alert-figures.ts';
import type { AlertRecords } from '../sink/queries/read-alerts.ts';
import { type Baselines, createBaselines } from './detect/baseline.ts';
import { ALL_BRANDS, evaluateRules, type RecipientsFor, type Snapshot, stateKey } from './detect/evaluate-rules.ts';
import type { Rule } from './rules.ts';

const minuteMs = 60_000;
/** Windows that ended longer ago are history: reading a backlog or a backfill raises no alert. */
const maxWindowAgeMs = 10 * minuteMs;
/** Partitions idle for this long are ignored. */
const idlePartitionMs = minuteMs;

/** Where decisions are stored. */
export interface EvaluationStore {
  /** Resolves once the transitions are durable: that makes the decision. */
  addTransitions(transitions: readonly AlertTransition[]): Promise<void>;
  putStates(states: readonly RuleState[], at: number): Promise<void>;
}

export interface EvaluatorDeps {
  readonly figures: AlertFigures;
  readonly records: Pick<AlertRecords, 'states' | 'silences'>;
  readonly store: EvaluationStore;
  readonly rules: readonly Rule[];
  readonly recipientsFor: RecipientsFor;
  readonly noDataAfterMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether more posts can come: a source that has ended is not "no data". */
  readonly isLive: () => boolean;
}

export interface EvaluationResult {
  readonly transitions: readonly AlertTransition[];
  /** Pairs of rule and brand that were evaluated. */
  readonly evaluatedPairs: number;
}

export interface Evaluator {
  /**
   * Evaluates the newest complete minutes and stores the decisions before it resolves.
   * @throws the errors of the database; then nothing is decided, and the next call starts over
   */
  evaluate(): Promise<EvaluationResult>;
  countActive(): number;
  /** Drops the cached states, so that the next call reads them again: another process may have evaluated meanwhile. */
  reset(): void;
}

const noBaseline: Baselines = { of: () => undefined };

/** Evaluates the rules over the stored figures. Only one process per database may call `evaluate` at a time. */
export function createEvaluator(deps: EvaluatorDeps): Evaluator {
  const { figures, records, store, rules, recipientsFor, clock } = deps;
  const brands = [...new Map(rules.flatMap((rule) => rule.brands).map((brand) => [brand.name, brand])).values()];
  const names = [...new Set([ALL_BRANDS, ...brands.map(({ name }) => name)])];
  const pairs = rules.reduce((sum, rule) => sum + rule.brands.length, 0);
  const longestWindowMs = Math.max(0, ...rules.flatMap(({ windowsMs }) => windowsMs));
  const baselinesAt = createBaselines(figures, brands, longestWindowMs);
  const startedAt = clock.now();
  let states: Map<string, AlertState> | undefined;
  let lastEnd = 0;

  const takeSnapshot = async (now: number): Promise<Snapshot> => {
    const silences = await records.silences(now);
    const newest = await figures.newest(now - deps.noDataAfterMs - maxWindowAgeMs, now);
    const emptySnapshot = { now, end: undefined, minutes: new Map(), baselines: noBaseline, silences, noDataSince: undefined };
    const lastPost = Math.max(newest ?? 0, startedAt);
    if (deps.isLive() && now - lastPost >= deps.noDataAfterMs) return { ...emptySnapshot, noDataSince: lastPost };
    // Minutes before the newest one are over on every active partition; the last of them may still get a late post.
    const delay = await figures.delay(now - idlePartitionMs);
    const end = Math.min(newest ?? 0, Math.floor((now - delay) / minuteMs) * minuteMs) - minuteMs;
    const isStale = now - end > maxWindowAgeMs;
    if (end <= lastEnd || isStale || (await figures.isBehind(end - longestWindowMs, end))) return emptySnapshot;
    const minutes = await figures.minutes(names, end - longestWindowMs, end);
    return { ...emptySnapshot, end, minutes, baselines: await baselinesAt(end) };
  };

  return {
    evaluate: async () => {
      states ??= new Map((await records.states()).map(({ rule, brand, state }) => [stateKey(rule, brand), state]));
      const snapshot = await takeSnapshot(clock.now());
      const decisions = evaluateRules(rules, recipientsFor, states, snapshot);
      // A transition holds its state, so this one insert is the decision.
      await store.addTransitions(decisions.transitions);
      for (const { rule, brand, state } of [...decisions.transitions, ...decisions.states]) states.set(stateKey(rule, brand), state);
      lastEnd = snapshot.end ?? lastEnd;
      await store.putStates(decisions.states, snapshot.now);
      return { transitions: decisions.transitions, evaluatedPairs: snapshot.end === undefined ? 0 : pairs };
    },
    countActive: () => [...(states?.values() ?? [])].filter(({ alert }) => alert !== undefined).length,
    reset: () => {
      states = undefined;
      lastEnd = 0;
    },
  };
}
