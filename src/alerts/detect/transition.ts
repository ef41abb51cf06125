import type { AlertState } from '../../domain/alert.ts';
import type { Rule } from '../rules.ts';
import type { WindowScore } from './score-window.ts';

/** Result of evaluating a rule for a brand. */
export type Observation =
  | {
      readonly kind: 'evaluated';
      /** The rarest window; undefined if every window contains an outage. */
      readonly rarest: WindowScore | undefined;
      /** The window of the length that raised the active alert; undefined if there is no alert, or an outage in the window. */
      readonly ofAlert: WindowScore | undefined;
    }
  /** There is too little history for a baseline. */
  | { readonly kind: 'cold-start' }
  /** No post of any brand arrives. */
  | { readonly kind: 'no-data' };

export interface TransitionInput {
  /** ms since 1970. */
  readonly now: number;
  readonly observation: Observation;
  /** A silence, or a planned event without a factor, covers the rule and the brand. */
  readonly isSilenced: boolean;
  /** Quiet hours: no alert may start. */
  readonly isQuiet: boolean;
}

export interface TransitionResult {
  readonly state: AlertState;
  /** Set if an alert starts or resolves. */
  readonly kind?: 'alert' | 'resolved';
  /** Whether recipients are notified of it. */
  readonly notify: boolean;
  /** The anomaly score, 0 to 1, see `anomalyScore`. */
  readonly score: number;
}

type Timing = Pick<Rule, 'threshold' | 'balancedThreshold' | 'forMs' | 'keepFiringForMs' | 'cooldownMs'>;

/** An anomaly goes on while the rarity is at least this share of the threshold. */
export const heldShare = 0.7;
/** Within an episode, only an anomaly that is this many times as rare as the rarest one before counts as new. */
const escalation = 1.5;
/** A rarity of this multiple of the threshold starts an alert without waiting for `forMs`. */
const pendingOverride = 1.05;
/** The score of the threshold of balanced sensitivity. */
export const alertScore = 0.5;

export const initialState: AlertState = { status: 'cold-start', since: 0 };

/**
 * Returns the next state of a rule and a brand.
 *
 * - An alert starts once the rarity has reached the threshold for `forMs` without interruption, or immediately at
 *   `pendingOverride` times the threshold. It must also be rarer than the brand's usual peaks.
 * - It resolves after the rarity of the window that raised it has been below `heldShare` of the threshold for
 *   `keepFiringForMs`; a silence resolves it without a notification.
 * - For `cooldownMs` after the last anomaly, whatever happens is the same story, and no alert starts.
 * - Without data, and during a cold start, an active alert stays active.
 * @param id the ID of an alert that starts
 */
export function transition(before: AlertState, input: TransitionInput, rule: Timing, id: string): TransitionResult {
  const { now, observation, isSilenced } = input;
  const { alert } = before;
  const rarest = observation.kind === 'evaluated' ? observation.rarest : undefined;
  const score = rarest ? anomalyScore(before, rarest, rule, now) : 0;
  if (isSilenced && (!alert || observation.kind === 'evaluated')) {
    // What still goes on when the silence ends is told then, so nothing is left of the alert.
    const state: AlertState = alert ? { status: 'silenced', since: now } : withStatus(before, 'silenced', now);
    return { state, notify: false, score, ...(alert && { kind: 'resolved' as const }) };
  }
  if (alert) return { ...updateActive(before, alert, input, rule), score };
  if (observation.kind !== 'evaluated') return { state: withStatus(before, observation.kind, now), notify: false, score };
  return { ...(rarest ? updateInactive(before, rarest, input, rule, id) : { state: withStatus(before, 'ok', now), notify: false }), score };
}

/**
 * The anomaly score of a moment: 0 is usual, 0.5 the threshold of balanced sensitivity, or the brand's usual peak. Within an episode it is 0 unless
 * the anomaly escalates, so that a high score marks the start of a story and not each of its minutes.
 */
function anomalyScore({ episode }: AlertState, { rarity, usualPeak }: WindowScore, rule: Timing, now: number): number {
  if (episode && now < episode.until && rarity < escalation * episode.rarity) return 0;
  return rarity <= 0 ? 0 : rarity / (rarity + Math.max(rule.balancedThreshold, usualPeak()));
}

function updateInactive(
  before: AlertState,
  { windowMs, evaluation, rarity, usualPeak, isRelevant }: WindowScore,
  { now, isQuiet }: TransitionInput,
  rule: Timing,
  id: string,
): Omit<TransitionResult, 'score'> {
  const { episode } = before;
  const isResting = episode !== undefined && now < episode.until;
  if (isResting) {
    const isHeld = rarity >= heldShare * rule.threshold;
    const state = withStatus(before, isHeld && isRelevant ? 'warning' : 'ok', now);
    if (!isHeld) return { state, notify: false };
    return { state: { ...state, episode: { until: now + rule.cooldownMs, rarity: Math.max(episode.rarity, rarity) } }, notify: false };
  }
  const threshold = rarity < rule.threshold ? rule.threshold : Math.max(rule.threshold, usualPeak());
  if (rarity < threshold || !isRelevant) return { state: withStatus(before, 'ok', now), notify: false };
  const anomalousSince = before.anomalousSince ?? now;
  const isPending = now - anomalousSince < rule.forMs && rarity < pendingOverride * threshold;
  if (isPending || isQuiet) return { state: { ...withStatus(before, 'warning', now), anomalousSince }, notify: false };
  return {
    state: {
      status: 'alert',
      since: now,
      alert: { id, direction: evaluation.direction, windowMs, lastHeld: now },
      episode: { until: now + rule.cooldownMs, rarity },
    },
    kind: 'alert',
    notify: true,
  };
}

/** The state without an active alert; `since` stays while the status does. */
function withStatus({ status: previous, since, episode }: AlertState, status: AlertState['status'], now: number): AlertState {
  return {
    status,
    since: previous === status ? since : now,
    ...(episode && episode.until > now && { episode }),
  };
}

function updateActive(
  before: AlertState,
  alert: NonNullable<AlertState['alert']>,
  { now, observation }: TransitionInput,
  rule: Timing,
): Omit<TransitionResult, 'score'> {
  if (observation.kind !== 'evaluated' || !observation.rarest || !observation.ofAlert) return { state: before, notify: false };
  const { rarest, ofAlert } = observation;
  const isHeldBy = ({ rarity }: WindowScore): boolean => rarity >= heldShare * rule.threshold;
  const episode = { until: now + rule.cooldownMs, rarity: Math.max(before.episode?.rarity ?? 0, rarest.rarity) };
  const state = isHeldBy(rarest) ? { ...before, episode } : before;
  // Only the window that raised the alert keeps it active: longer ones would for hours after the end.
  if (isHeldBy(ofAlert) && ofAlert.evaluation.direction === alert.direction)
    return { state: { ...state, alert: { ...alert, lastHeld: now } }, notify: false };
  if (now - alert.lastHeld < rule.keepFiringForMs) return { state, notify: false };
  return { state: withStatus(state, 'ok', now), kind: 'resolved', notify: true };
}
