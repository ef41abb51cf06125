import type { AlertState, Candidate, Evaluation, Sensitivity } from '../domain/alert.ts';
import { minuteMs } from '../lib/duration.ts';
import { stateKey } from './detect/evaluate-rules.ts';
import { heldShare, type TransitionInput, transition } from './detect/transition.ts';
import type { Rule } from './rules.ts';

/** Learns thresholds from the ratings of alerts, by running the transitions of the detector over stored candidates. */

/** The thresholds that people set, by rule and brand. */
export const thresholdsOf = (sensitivities: readonly Sensitivity[]): ReadonlyMap<string, number> =>
  new Map(sensitivities.map(({ rule, brand, threshold }) => [stateKey(rule, brand), threshold]));

/** An alert with a rating. Times are ms since 1970. */
export interface RatedAlert {
  readonly at: number;
  /** Its end, or now. */
  readonly until: number;
  readonly feedback: 'useful' | 'noise';
}

/** What a threshold would have done. */
export interface Outcome {
  readonly threshold: number;
  readonly alerts: number;
  /** Rated alerts that would have been raised. */
  readonly useful: number;
  readonly noise: number;
}

export interface Suggestion {
  readonly current: Outcome;
  readonly suggested: Outcome;
}

/** Fewer ratings say too little; fewer than `minRatedForMore` without noise do not show that more alerts are wanted. */
export const minRated = 3;
const minRatedForMore = 5;
/** A useful alert outweighs this many that are noise. */
const usefulWeight = 4;
/** So many noise alerts must be dropped for a change to be worth a click. */
const minGain = 2;
/** The next threshold for a rule whose alerts are all useful, as a share of the present one. */
const moreShare = 0.8;
const maxAddedPerWeek = 1;
/** Thresholds end in a quarter. */
const step = 0.25;
/** Range of the setting `sensitivity`. */
const [minThreshold, maxThreshold] = [2, 20];
const maxThresholds = 30;
/** Candidates are stored from the minute they are about; an alert starts up to some minutes later. */
const toleranceMs = 10 * minuteMs;
const weekMs = 7 * 86_400_000;

/**
 * Suggests a threshold for a rule and a brand: the one just above noise that drops the most of it, and at most one useful
 * alert for `usefulWeight` others; or a lower one, if all ratings are useful. Undefined if none is better than the present one.
 * @param candidates in chronological order
 * @param alerts rated ones that began after the first candidate could be stored
 * @param days that the candidates cover
 */
export function suggestThreshold(
  rule: Rule,
  candidates: readonly Candidate[],
  alerts: readonly RatedAlert[],
  days: number,
): Suggestion | undefined {
  if (alerts.length < minRated) return undefined;
  const outcomeAt = (threshold: number): Outcome => outcomeOf({ ...rule, threshold }, candidates, alerts);
  const current = outcomeAt(rule.threshold);
  const gainOf = ({ useful, noise }: Outcome): number => current.noise - noise - usefulWeight * (current.useful - useful);
  const higher = higherThresholds(rule, candidates, alerts).map(outcomeAt);
  const best = higher.reduce((one, other) => (gainOf(other) > gainOf(one) ? other : one), current);
  if (gainOf(best) >= minGain) return { current, suggested: best };
  if (alerts.length < minRatedForMore || alerts.some(({ feedback }) => feedback === 'noise')) return undefined;
  const more = outcomeAt(lowerThreshold(rule));
  const added = more.alerts - current.alerts;
  return added >= 1 && (added * weekMs) / (days * 86_400_000) <= maxAddedPerWeek ? { current, suggested: more } : undefined;
}

/** Candidates of a lower rarity change no outcome of a suggestion. */
export const lowestRarity = (rule: Rule): number => heldShare * lowerThreshold(rule);

const lowerThreshold = (rule: Rule): number =>
  Math.max(minThreshold, moreShare * rule.balancedThreshold, roundUp(moreShare * rule.threshold));
const roundUp = (threshold: number): number => step * Math.ceil(threshold / step);

/** The thresholds just above each alert that is noise, ascending. */
function higherThresholds(rule: Rule, candidates: readonly Candidate[], alerts: readonly RatedAlert[]): number[] {
  const peaks = alerts
    .filter(({ feedback }) => feedback === 'noise')
    .map(({ at, until }) =>
      candidates.filter((one) => one.at >= at - toleranceMs && one.at <= until).reduce((peak, { rarity }) => Math.max(peak, rarity), 0),
    );
  const thresholds = peaks
    .map((peak) => roundUp(peak + step / 5))
    .filter((threshold) => threshold > rule.threshold && threshold <= maxThreshold);
  return [...new Set(thresholds)].sort((a, b) => a - b).slice(0, maxThresholds);
}

function outcomeOf(rule: Rule, candidates: readonly Candidate[], alerts: readonly RatedAlert[]): Outcome {
  const stories = replay(rule, candidates);
  const raised = alerts.filter((alert) =>
    stories.some(({ from, to }) => from <= alert.until + toleranceMs && to >= alert.at - toleranceMs),
  );
  const count = (rating: RatedAlert['feedback']): number => raised.filter(({ feedback }) => feedback === rating).length;
  return { threshold: rule.threshold, alerts: stories.length, useful: count('useful'), noise: count('noise') };
}

/** The alerts that a rule would have raised, from their starts to their last anomalies. */
export function replay(rule: Rule, candidates: readonly Candidate[]): { readonly from: number; readonly to: number }[] {
  const stories: { from: number; to: number }[] = [];
  let state: AlertState = { status: 'ok', since: 0 };
  let last = Number.NEGATIVE_INFINITY;
  const advance = (now: number, candidate?: Candidate): void => {
    const result = transition(state, toInput(now, candidate), rule, String(now));
    ({ state } = result);
    if (result.kind === 'alert') stories.push({ from: now, to: now });
    const story = stories.at(-1);
    if (story && state.episode) story.to = state.episode.until - rule.cooldownMs;
  };
  for (const candidate of candidates) {
    if (candidate.rarity < heldShare * rule.threshold) continue;
    // Other minutes are normal: the first interrupts an anomaly, and an alert resolves some later.
    if (candidate.at - last > minuteMs) advance(last + minuteMs);
    if (candidate.at - last > minuteMs + rule.keepFiringForMs) advance(last + minuteMs + rule.keepFiringForMs);
    advance(candidate.at, candidate);
    last = candidate.at;
  }
  return stories;
}

const nothing: Omit<Candidate, 'at'> = { rarity: 0, usualPeak: 0, isRelevant: false, isQuiet: false, isSilenced: false };

/** The rarest window is all that decides whether an alert starts; its values do not. */
function toInput(now: number, { rarity, usualPeak, isRelevant, isQuiet, isSilenced }: Omit<Candidate, 'at'> = nothing): TransitionInput {
  const evaluation = { ...emptyEvaluation, from: now, to: now };
  const rarest = { windowMs: 0, evaluation, rarity, change: 0, usualPeak: () => usualPeak, isRelevant };
  return { now, observation: { kind: 'evaluated', rarest, ofAlert: rarest, windows: [] }, isQuiet, isSilenced };
}

const emptyEvaluation: Omit<Evaluation, 'from' | 'to'> = {
  ...{ metric: 'volume', direction: 'up', observed: 0, expected: 0, low: 0, high: 0, z: 0, posts: 0, baseline: null },
};
