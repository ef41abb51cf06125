import { backtestStoredRule } from '../alerts/backtest.ts';
import { baselineLookbackMs } from '../alerts/detect/baseline.ts';
import type { EvaluatorDeps } from '../alerts/evaluator.ts';
import type { Brand, Rule } from '../alerts/rules.ts';
import type { ScoredEvaluation } from '../domain/alert.ts';
import { type Clock, monotonicNow } from '../lib/clock.ts';
import { dayMs, hourMs, minuteMs } from '../lib/duration.ts';
import type { StoredAlertCounts } from '../sink/queries/alert-counts.ts';
import type { EvaluationReader } from '../sink/queries/evaluations.ts';

/** How many days back, including today. */
const days = 7;
/** How often it is checked whether history was added, and otherwise evaluations are missing. */
const checkMs = 20_000;
const replanMs = 5 * minuteMs;
/** An hour may lack evaluations at its edges, so a day lacks some from two hours on. */
const minMissingHours = 2;
/** A day is evaluated again once the history that its baseline is computed from has grown by this factor. */
const historyGrowth = 1.2;
/** Before a slice, so that an anomaly that began earlier is known. */
const warmUpMs = 2 * hourMs;
/** Later minutes are evaluated live. */
const liveMs = 12 * minuteMs;
/** A minute is evaluated once the stream is this far ahead of it. */
const watermarkMs = 3 * minuteMs;
const brandsPerSlice = 8;

export interface HistoryEvaluatorDeps {
  readonly counts: StoredAlertCounts;
  readonly evaluations: Pick<EvaluationReader, 'readKnownHours' | 'readEvaluatedHours'>;
  readonly putEvaluations: (evaluations: readonly ScoredEvaluation[]) => Promise<void>;
  readonly rules: readonly Rule[];
  readonly noDataAfterMs: number;
  /** The planned events that end after a time (ms since 1970). */
  readonly readEvents?: NonNullable<EvaluatorDeps['readEvents']>;
  readonly readThresholds?: EvaluatorDeps['readThresholds'];
  readonly calibrations?: EvaluatorDeps['calibrations'];
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

export interface HistoryEvaluator {
  /**
   * Evaluates a day of a rule for some brands. Resolves to false if there was nothing to do.
   * @throws the database's errors; the reason of `signal` once it is aborted
   */
  step(signal: AbortSignal): Promise<boolean>;
}

/** A rule and some brands on one UTC day. */
interface Slice {
  readonly rule: Rule;
  readonly brands: readonly Brand[];
  readonly from: number;
  readonly to: number;
  /** Hours with posts, of the day and of the days that its baseline is computed from. */
  readonly history: number;
}

/**
 * Evaluates hours of the last week that were not evaluated live: from before a rule or a brand was configured, of a backfill, or
 * while no process evaluated. The newest day comes first.
 */
export function createHistoryEvaluator(deps: HistoryEvaluatorDeps): HistoryEvaluator {
  const { counts, evaluations, putEvaluations, rules, noDataAfterMs, readEvents, readThresholds, calibrations, clock } = deps;
  let slices: Slice[] = [];
  let [checkedAt, plannedAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let knownHours = 0;
  /** Whether a slice was evaluated from counts that were still being recomputed. */
  let hasStale = false;
  /** The history of each rule, brand and day when it was last evaluated here. */
  const attempted = new Map<string, number>();

  const plan = async (): Promise<Slice[]> => {
    const [now, elapsed] = [clock.now(), monotonicNow(clock)];
    if (elapsed - checkedAt < checkMs) return [];
    checkedAt = elapsed;
    const to = Math.floor((now - liveMs) / minuteMs) * minuteMs;
    const from = Math.floor(to / dayMs) * dayMs - (days - 1) * dayMs;
    const known = new Map((await evaluations.readKnownHours(from - baselineLookbackMs, to)).map(({ day, hours }) => [day, hours]));
    const total = sumOf(known.values());
    if (elapsed - plannedAt < replanMs && total === knownHours && !hasStale) return [];
    [plannedAt, knownHours, hasStale] = [elapsed, total, false];
    const evaluated = new Map(
      (await evaluations.readEvaluatedHours(from, to)).map((one) => [keyOf(one.rule, one.brand, one.day), one.hours]),
    );
    const newestFirst = Array.from({ length: days }, (_, index) => from + (days - 1 - index) * dayMs);
    return newestFirst.flatMap((day) => {
      const history = sumOf([...known].flatMap(([other, hours]) => (other <= day && other >= day - baselineLookbackMs ? hours : [])));
      const isDue = (rule: Rule, brand: Brand): boolean => {
        const key = keyOf(rule.name, brand.name, day);
        const before = attempted.get(key);
        const lacksSome = (known.get(day) ?? 0) - (evaluated.get(key) ?? 0) >= minMissingHours;
        return before === undefined ? lacksSome : history >= historyGrowth * before + minMissingHours;
      };
      const part = { from: day, to: Math.min(day + dayMs, to), history };
      return rules.flatMap((rule) =>
        inGroups(rule.brands.filter((brand) => isDue(rule, brand))).map((brands) => ({ ...part, rule, brands })),
      );
    });
  };

  const evaluate = async ({ rule, brands, from, to, history }: Slice, signal: AbortSignal): Promise<void> => {
    const isStale = await counts.isStale(from, to);
    hasStale ||= isStale;
    const found: ScoredEvaluation[] = [];
    const isInside = ({ evaluation }: ScoredEvaluation): boolean => evaluation.to > from && evaluation.to <= to;
    const onEvaluations = (all: readonly ScoredEvaluation[]): void => void found.push(...all.filter(isInside));
    const range = { from: from - warmUpMs, to: to + watermarkMs };
    await backtestStoredRule({
      ...{ counts, rule: { ...rule, brands }, ...range, noDataAfterMs, ...(readEvents && { readEvents }) },
      ...{ ...(readThresholds && { readThresholds }), ...(calibrations && { calibrations }), onProgress: () => {}, onEvaluations, signal },
    });
    await putEvaluations(found);
    for (const { name } of brands) attempted.set(keyOf(rule.name, name, from), isStale ? 0 : history);
  };

  return {
    step: async (signal) => {
      if (slices.length === 0) slices = await plan();
      const slice = slices.shift();
      if (!slice) return false;
      await evaluate(slice, signal);
      return true;
    },
  };
}

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);
const keyOf = (rule: string, brand: string, day: number): string => JSON.stringify([rule, brand, day]);

function inGroups<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / brandsPerSlice) }, (_, index) =>
    all.slice(index * brandsPerSlice, (index + 1) * brandsPerSlice),
  );
}
