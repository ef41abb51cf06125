import { createHash } from 'node:crypto';
import {
  type AlertEvent,
  type AlertState,
  type AlertTransition,
  type Candidate,
  type Evaluation,
  noDataRuleName,
  type RuleState,
  type ScoredEvaluation,
  type Silence,
} from '../../domain/alert.ts';
import { minuteMs } from '../../lib/duration.ts';
import { createYielder } from '../../lib/yield-to-event-loop.ts';
import type { CountsByBrand } from '../../sink/queries/alert-counts.ts';
import { effectOf, isQuietAt, overlapsQuietHours } from '../calendar.ts';
import type { Brand, Rule } from '../rules.ts';
import type { Baselines } from './baseline.ts';
import { rarestOf, scoreWindows, type WindowScore } from './score-window.ts';
import { alertScore, heldShare, initialState, type Observation, transition } from './transition.ts';
import { allBrands, createWindowCounts, type WindowCounts } from './window-counts.ts';

/** Everything that one evaluation reads. Times are ms since 1970. */
export interface Snapshot {
  readonly now: number;
  /** The end of the windows to evaluate; undefined if there is no new complete minute. */
  readonly end: number | undefined;
  readonly minutes: CountsByBrand;
  readonly baselines: Baselines;
  /** The thresholds that replace those of the rules, by `stateKey`. */
  readonly thresholds: ReadonlyMap<string, number>;
  /** Those that ended during the longest window included. */
  readonly silences: readonly Silence[];
  /** Planned events, those that ended during the longest window included. */
  readonly events: readonly AlertEvent[];
  /** Time of the last post of any brand; set only if it is older than `noDataAfterMs`. */
  readonly noDataSince: number | undefined;
}

export type StateByKey = ReadonlyMap<string, AlertState>;

export interface Decisions {
  readonly transitions: readonly AlertTransition[];
  /** The rarest window of every rule and brand that was evaluated. */
  readonly evaluations: readonly ScoredEvaluation[];
  /** States that changed without a transition. */
  readonly states: readonly RuleState[];
}

/** Returns the names of the channels that are notified about a rule and a brand. */
export type RecipientsFor = (rule: Pick<Rule, 'channels' | 'severity'>, brand: string) => readonly string[];

/** Map key of a rule and a brand. */
export const stateKey = (rule: string, brand: string): string => JSON.stringify([rule, brand]);

/** How long the event loop waits at most, in ms: with thousands of brands an evaluation takes seconds. */
const maxBlockMs = 10;

/** Evaluates every rule for every brand against a snapshot. Stores and sends nothing. Other work runs meanwhile. */
export async function evaluateRules(
  rules: readonly Rule[],
  recipientsFor: RecipientsFor,
  before: StateByKey,
  snapshot: Snapshot,
): Promise<Decisions> {
  const { now, end } = snapshot;
  const yieldIfDue = createYielder(maxBlockMs);
  const countsOf = end === undefined ? undefined : createWindowCounts(snapshot.minutes, end);
  const transitions: AlertTransition[] = [];
  const evaluations: ScoredEvaluation[] = [];
  const states: RuleState[] = [];
  const applyObservation = (rule: Rule, brand: Brand, { observation, evaluation }: Observed): void => {
    const state = before.get(stateKey(rule.name, brand.name)) ?? { ...initialState, since: now };
    const mute = muteOf(rule, brand, snapshot);
    const id = transitionId(rule.name, brand.name, state);
    const result = transition(state, { now, observation, ...mute }, rule, id);
    const next = { rule: rule.name, brand: brand.name, state: result.state };
    if (evaluation && rule !== noDataRule) {
      const isAnomalous = result.state.alert !== undefined || (mute.isSilenced && result.score >= alertScore);
      const candidate = candidateOf(rule, observation, mute);
      const found = { rule: rule.name, brand: brand.name, evaluation, score: result.score, isAnomalous };
      evaluations.push({ ...found, ...(candidate && { candidate }) });
    }
    if (result.kind && evaluation)
      transitions.push({
        id,
        alert: (result.state.alert ?? state.alert)?.id ?? id,
        kind: result.kind,
        ...next,
        severity: rule.severity,
        at: now,
        evaluation,
        channels: result.notify ? recipientsFor(rule, brand.name) : [],
      });
    else if (JSON.stringify(result.state) !== JSON.stringify(state)) states.push(next);
  };

  applyObservation(noDataRule, { name: allBrands, timeZone: 'UTC' }, observeSource(snapshot));
  for (const rule of rules) {
    for (const brand of rule.brands) {
      const key = stateKey(rule.name, brand.name);
      const own = { ...rule, threshold: snapshot.thresholds.get(key) ?? rule.threshold };
      const observed = observeBrand(own, brand, before.get(key) ?? initialState, snapshot, countsOf);
      if (observed) applyObservation(own, brand, observed);
      await yieldIfDue();
    }
  }
  return { transitions, evaluations, states };
}

/** Windows of a lower rarity, as a share of the balanced threshold, start no alert at any sensitivity that is suggested. */
const candidateShare = 0.5;

function candidateOf(
  { balancedThreshold }: Rule,
  observation: Observation,
  mute: Pick<Candidate, 'isQuiet' | 'isSilenced'>,
): Candidate | undefined {
  const rarest = observation.kind === 'evaluated' ? observation.rarest : undefined;
  if (!rarest || rarest.rarity < candidateShare * balancedThreshold) return undefined;
  const { rarity, isRelevant, evaluation } = rarest;
  return { at: evaluation.to, rarity, usualPeak: rarest.usualPeak(), isRelevant, ...mute };
}

/**
 * Derives the ID of a transition from the state that it leaves. A former leader that is still finishing and its successor
 * so create the same transition, and one notification is sent.
 */
function transitionId(rule: string, brand: string, { status, since, alert, episode }: AlertState): string {
  // An active alert may get worse more than once without a change of status.
  const reports = alert && episode?.alert && episode.alert.reports.length > 1 ? [episode.alert.reports.length] : [];
  const hash = createHash('sha256')
    .update(JSON.stringify([rule, brand, status, since, alert?.id, ...reports]))
    .digest('hex');
  // A custom UUID (RFC 9562, version 8).
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

/** Rarer than any threshold. */
const noDataRarity = 100;

/** The built-in rule that alerts once while no post of any brand arrives. */
const noDataRule: Rule = {
  name: noDataRuleName,
  metric: 'volume',
  brands: [],
  direction: 'down',
  windowMs: 0,
  windowsMs: [],
  threshold: 1,
  balancedThreshold: 1,
  minChange: 0,
  forMs: 0,
  keepFiringForMs: 0,
  cooldownMs: 0,
  quietHours: undefined,
  severity: 'critical',
  channels: [],
};

interface Observed {
  readonly observation: Observation;
  readonly evaluation: Evaluation | undefined;
}

function observeSource({ now, noDataSince }: Snapshot): Observed {
  const from = noDataSince ?? now - minuteMs;
  const emptyMeasurement = { metric: 'noData', direction: 'down', observed: 0, expected: 0, low: 0, high: 0, z: 0, posts: 0 } as const;
  const evaluation = { ...emptyMeasurement, from, to: now, baseline: null };
  const rarest: WindowScore = {
    windowMs: now - from,
    evaluation,
    rarity: noDataSince === undefined ? 0 : noDataRarity,
    usualPeak: () => 0,
    change: 1,
    isRelevant: true,
  };
  return { observation: { kind: 'evaluated', rarest, ofAlert: rarest, windows: [rarest] }, evaluation };
}

/** Evaluates a rule for a brand. Returns undefined if there is nothing new to evaluate. */
function observeBrand(
  rule: Rule,
  brand: Brand,
  { alert }: AlertState,
  snapshot: Snapshot,
  countsOf: WindowCounts | undefined,
): Observed | undefined {
  const { end, noDataSince } = snapshot;
  if (noDataSince !== undefined) return { observation: { kind: 'no-data' }, evaluation: undefined };
  if (end === undefined || !countsOf) return undefined;
  const baseline = snapshot.baselines.get(brand);
  if (!baseline) return { observation: { kind: 'cold-start' }, evaluation: undefined };
  const factorOf = (span: Span): number => effectOf(snapshot.events, brand.name, span).factor;
  const scores = scoreWindows(rule, (windowMs) => countsOf(brand.name, windowMs), { baseline, factorOf, end });
  if (scores.length === 0) return undefined;
  const windows = heardScores(rule, brand, snapshot, scores);
  const rarest = rarestOf(windows);
  // The message of an active alert, and of its end, is about the window that raised it.
  const ofAlert = alert && scores.find(({ windowMs }) => windowMs === alert.windowMs);
  return { observation: { kind: 'evaluated', rarest, ofAlert, windows }, evaluation: (ofAlert ?? rarest)?.evaluation };
}

const covers = (silence: Silence, rule: string, brand: string): boolean =>
  (silence.rule === '' || silence.rule === rule) && (silence.brand === '' || silence.brand === brand);

/** Half-open, in ms since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Why no alert of a rule and a brand may start now. */
function muteOf(
  rule: Rule,
  brand: Brand,
  { now, silences, events }: Snapshot,
): { readonly isQuiet: boolean; readonly isSilenced: boolean } {
  return {
    isQuiet: isQuietAt(now, brand.timeZone, rule.quietHours),
    isSilenced:
      silences.some((silence) => covers(silence, rule.name, brand.name) && silence.until > now) ||
      effectOf(events, brand.name, { from: now, to: now + 1 }).isSilenced,
  };
}

/**
 * The windows that may start an alert, given all of a rule, shortest first. After a silence, quiet hours or an event without a
 * factor, what a window that overlaps it shows may be over; it counts only while the shortest window is anomalous too.
 */
function heardScores(rule: Rule, brand: Brand, snapshot: Snapshot, scores: readonly WindowScore[]): readonly WindowScore[] {
  const { isQuiet, isSilenced } = muteOf(rule, brand, snapshot);
  const [shortest] = scores;
  const stillHolds = shortest !== undefined && shortest.rarity >= heldShare * rule.threshold;
  if (isQuiet || isSilenced || stillHolds) return scores;
  const wasMuted = (window: Span): boolean =>
    snapshot.silences.some((silence) => covers(silence, rule.name, brand.name) && silence.until > window.from) ||
    effectOf(snapshot.events, brand.name, window).isSilenced ||
    overlapsQuietHours(window, brand.timeZone, rule.quietHours);
  return scores.filter(({ evaluation }) => !wasMuted(evaluation));
}
