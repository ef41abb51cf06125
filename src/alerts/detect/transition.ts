import type { AlertState } from '../../domain/alert.ts';
import type { Rule } from '../rules.ts';
import type { WindowScore } from './score-window.ts';

/** Result of evaluating a rule for a brand. */
export type Observation =
  | {
      readonly kind: 'evaluated';
      /** The most anomalous window, if any exceeds the rule's thresholds. */
      readonly anomaly: WindowScore | undefined;
      /** Whether the active alert's window is still anomalous. */
      readonly isStillAnomalous: boolean;
    }
  /** There is too little history for a baseline. */
  | { readonly kind: 'cold-start' }
  /** No post of any brand arrives. */
  | { readonly kind: 'no-data' };

export interface TransitionInput {
  /** ms since 1970. */
  readonly now: number;
  readonly observation: Observation;
  /** A silence covers the rule and the brand. */
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
}

type Timing = Pick<Rule, 'threshold' | 'forMs' | 'keepFiringForMs' | 'cooldownMs'>;

/** z at this multiple of the threshold starts an alert during the cooldown. */
const cooldownOverride = 2;
/** z at this multiple of the threshold starts an alert without waiting for `forMs`. */
const pendingOverride = 1.05;

export const initialState: AlertState = { status: 'cold-start', since: 0 };

/**
 * Returns the next state of a rule and a brand.
 *
 * - An alert starts after an anomaly has lasted for `forMs` without interruption, or immediately if z reaches `pendingOverride` times
 *   the threshold.
 * - It resolves after the anomaly has been gone for `keepFiringForMs`; a silence resolves it without a notification.
 * - During the `cooldownMs` that follow, only an anomaly of `cooldownOverride` times the threshold starts another alert.
 * - Without data, and during a cold start, an active alert stays active.
 * @param id the ID of an alert that starts
 */
export function transition(before: AlertState, input: TransitionInput, rule: Timing, id: string): TransitionResult {
  const { now, observation, isSilenced, isQuiet } = input;
  const { alert, coolUntil } = before;
  if (isSilenced && (!alert || observation.kind === 'evaluated'))
    return { state: withStatus(before, 'silenced', now), notify: false, ...(alert && { kind: 'resolved' as const }) };
  if (alert) return updateActive(before, alert, input, rule);
  if (observation.kind !== 'evaluated') return { state: withStatus(before, observation.kind, now), notify: false };
  if (!observation.anomaly) return { state: withStatus(before, 'ok', now), notify: false };

  const { windowMs, evaluation } = observation.anomaly;
  const anomalousSince = before.anomalousSince ?? now;
  const ratio = Math.abs(evaluation.z) / rule.threshold;
  const isPending = now - anomalousSince < rule.forMs && ratio < pendingOverride;
  const isCoolingDown = now < (coolUntil ?? 0) && ratio < cooldownOverride;
  if (isPending || isQuiet || isCoolingDown) return { state: { ...withStatus(before, 'warning', now), anomalousSince }, notify: false };
  return {
    state: { status: 'alert', since: now, alert: { id, direction: evaluation.direction, windowMs, lastHeld: now } },
    kind: 'alert',
    notify: true,
  };
}

/** The state without an active alert; `since` stays while the status does. */
function withStatus(
  { status: previous, since, coolUntil, notifiedUntil }: AlertState,
  status: AlertState['status'],
  now: number,
): AlertState {
  return {
    status,
    since: previous === status ? since : now,
    ...(coolUntil !== undefined && coolUntil > now && { coolUntil }),
    ...(notifiedUntil !== undefined && { notifiedUntil }),
  };
}

function updateActive(
  before: AlertState,
  alert: NonNullable<AlertState['alert']>,
  { now, observation }: TransitionInput,
  rule: Timing,
): TransitionResult {
  if (observation.kind !== 'evaluated') return { state: before, notify: false };
  if (observation.isStillAnomalous) return { state: { ...before, alert: { ...alert, lastHeld: now } }, notify: false };
  if (now - alert.lastHeld < rule.keepFiringForMs) return { state: before, notify: false };
  const state: AlertState = { status: 'ok', since: now, coolUntil: now + rule.cooldownMs, notifiedUntil: alert.lastHeld };
  return { state, kind: 'resolved', notify: true };
}

/** Whether a minute of the local day lies within quiet hours, which may span midnight. */
export function isWithinQuietHours(minuteOfDay: number, quietHours: { readonly from: string; readonly to: string } | undefined): boolean {
  if (!quietHours) return false;
  const [from, to] = [parseMinutes(quietHours.from), parseMinutes(quietHours.to)];
  return from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
}

function parseMinutes(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return 60 * hours + minutes;
}
