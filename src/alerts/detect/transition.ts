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

type Timing = Pick<Rule, 'threshold' | 'forMs' | 'keepFiringForMs' | 'cooldownMs'>;

/** An anomaly goes on while the rarity is at least this share of the threshold. */
export const heldShare = 0.7;
/** Within an episode, only an anomaly that is this many times as rare as the rarest one before counts as new. */
const escalation = 1.5;
/** A rarity of this multiple of the threshold starts an alert without waiting for `forMs`. */
const pendingOverride = 1.05;
/** Each alert multiplies the threshold by e to this power; the exponent fades with this time constant. */
const risePerAlert = 0.2;
const riseMs = 4 * 86_400_000;
/** The rarity that scores one half: the threshold of balanced sensitivity. */
const halfwayRarity = 4;

/** The score of the threshold of balanced sensitivity. */
export const alertScore = 0.5;

export const initialState: AlertState = { status: 'cold-start', since: 0 };

/**
 * Returns the next state of a rule and a brand.
 *
 * - An alert starts once the rarity has reached the threshold for `forMs` without interruption, or immediately at
 *   `pendingOverride` times the threshold. Each alert of the last days raises the threshold a little: a brand that rings
 *   often is one whose past does not say what is rare.
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
  const score = rarest ? anomalyScore(before, rarest.rarity, now) : 0;
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
 * The anomaly score of a moment: 0 is usual, 0.5 the threshold of balanced sensitivity. Within an episode it is 0 unless
 * the anomaly escalates, so that a high score marks the start of a story and not each of its minutes.
 */
function anomalyScore(state: AlertState, rarity: number, now: number): number {
  const { episode } = state;
  if (episode && now < episode.until && rarity < escalation * episode.rarity) return 0;
  const fair = rarity / Math.exp(riseAt(state, now));
  return fair / (fair + halfwayRarity);
}

/** The rarity that has a score, from 0 to below 1, outside of episodes. */
export const rarityOf = (score: number): number => (halfwayRarity * score) / (1 - score);

/** The logarithm of the factor by which the alerts of the last days raise the threshold. */
function riseAt({ rise }: AlertState, now: number): number {
  return rise ? rise.exponent * Math.exp(-(now - rise.at) / riseMs) : 0;
}

function updateInactive(
  before: AlertState,
  { windowMs, evaluation, rarity, isRelevant }: WindowScore,
  { now, isQuiet }: TransitionInput,
  rule: Timing,
  id: string,
): Omit<TransitionResult, 'score'> {
  const { episode } = before;
  const rise = riseAt(before, now);
  const threshold = rule.threshold * Math.exp(rise);
  const isResting = episode !== undefined && now < episode.until;
  if (isResting) {
    const isHeld = rarity >= heldShare * rule.threshold;
    const state = withStatus(before, isHeld && isRelevant ? 'warning' : 'ok', now);
    if (!isHeld) return { state, notify: false };
    return { state: { ...state, episode: { until: now + rule.cooldownMs, rarity: Math.max(episode.rarity, rarity) } }, notify: false };
  }
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
      rise: { exponent: rise + risePerAlert, at: now },
    },
    kind: 'alert',
    notify: true,
  };
}

/** The state without an active alert; `since` stays while the status does. */
function withStatus({ status: previous, since, episode, rise }: AlertState, status: AlertState['status'], now: number): AlertState {
  return {
    status,
    since: previous === status ? since : now,
    ...(episode && episode.until > now && { episode }),
    ...(rise && { rise }),
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
