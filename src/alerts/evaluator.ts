import type { AlertState, AlertTransition, RuleState } from '../domain/alert.ts';
import type { Clock } from '../lib/clock.ts';
import type { AlertFigures } from '../sink/queries/read-alert-figures.ts';
import type { AlertRecords } from '../sink/queries/read-alerts.ts';
import { type Baselines, createBaselines } from './detect/baselines.ts';
import { evaluateRules, keyOf, type RecipientsFor, type Snapshot } from './detect/evaluate-rules.ts';
import type { Brand, Rule } from './rules.ts';

const minuteMs = 60_000;
/** A stretch that ended longer ago is history: a backlog or a backfill that is being read raises no alert. */
const freshForMs = 10 * minuteMs;
/** Who has brought nothing for so long is not waited for. */
const heardForMs = minuteMs;

/** Where decisions are kept. */
export interface DecisionLog {
  /** Once it resolves, the changes are decided. */
  addChanges(changes: readonly AlertTransition[]): Promise<void>;
  putStates(states: readonly RuleState[], at: number): Promise<void>;
}

export interface EvaluatorParts {
  readonly figures: AlertFigures;
  readonly records: Pick<AlertRecords, 'states' | 'mutes'>;
  readonly log: DecisionLog;
  readonly rules: readonly Rule[];
  /** Who is told of a rule and a brand. */
  readonly tell: RecipientsFor;
  readonly noDataAfterMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether more is to come: the silence of a feed that has ended is none. */
  readonly isLive: () => boolean;
}

export interface Evaluation {
  readonly changes: readonly AlertTransition[];
  /** Rules and brands that were looked at. */
  readonly judged: number;
}

export interface Evaluator {
  /**
   * Looks at the newest minutes that are complete, and decides. What is decided is stored before this resolves.
   * @throws the database's faults; then nothing was decided, and the next call decides anew
   */
  evaluate(): Promise<Evaluation>;
  /** How many alerts are on. */
  active(): number;
  /** Forgets how the rules stand, so that the next look reads it anew: somebody else has judged meanwhile. */
  forget(): void;
}

const nobody: Baselines = { of: () => undefined };

/** Judges the rules over the stored figures. Of several processes with one database one alone may evaluate at a time. */
export function createEvaluator(parts: EvaluatorParts): Evaluator {
  const { figures, records, log, rules, tell, clock } = parts;
  const brands = [...new Map(rules.flatMap((rule) => rule.brands).map((brand) => [brand.name, brand])).values()];
  const longest = Math.max(0, ...rules.flatMap(({ spans }) => spans));
  const expectationsAt = createBaselines(figures, brands, longest);
  const startedAt = clock.now();
  let states: Map<string, AlertState> | undefined;
  let lastEnd = 0;

  const sightOf = async (now: number): Promise<Snapshot> => {
    const mutes = await records.mutes(now);
    const newest = await figures.newest(now - parts.noDataAfterMs - freshForMs, now);
    const blind = { now, end: undefined, minutes: new Map(), expectations: nobody, mutes, silence: undefined };
    const from = Math.max(newest ?? 0, startedAt);
    if (parts.isLive() && now - from >= parts.noDataAfterMs) return { ...blind, silence: { from } };
    // The newest minute tells that those before it have passed; the last of them may still get a straggler.
    const passed = Math.min(newest ?? 0, Math.floor((now - (await figures.delay(now - heardForMs))) / minuteMs) * minuteMs);
    const end = passed - minuteMs;
    if (end <= lastEnd || now - end > freshForMs || (await figures.isBehind(end - longest, end))) return blind;
    const names = ['*', ...brands.map(({ name }) => name)];
    const minutes = await figures.minutes([...new Set(names)], end - longest, end);
    return { ...blind, end, minutes, expectations: await expectationsAt(end) };
  };

  return {
    evaluate: async () => {
      states ??= new Map((await records.states()).map(({ rule, brand, state }) => [keyOf(rule, brand), state]));
      const sight = await sightOf(clock.now());
      const decided = evaluateRules(rules, tell, states, sight);
      // A change holds its state: this one statement is the decision.
      await log.addChanges(decided.changes);
      for (const { rule, brand, state } of [...decided.changes, ...decided.states]) states.set(keyOf(rule, brand), state);
      lastEnd = sight.end ?? lastEnd;
      await log.putStates(decided.states, sight.now);
      return { changes: decided.changes, judged: sight.end === undefined ? 0 : pairsOf(rules) };
    },
    active: () => [...(states?.values() ?? [])].filter(({ alert }) => alert !== undefined).length,
    forget: () => {
      states = undefined;
      lastEnd = 0;
    },
  };
}

const pairsOf = (rules: readonly { readonly brands: readonly Brand[] }[]): number =>
  rules.reduce((sum, rule) => sum + rule.brands.length, 0);
