import type { AlertState } from '../../domain/alert.ts';
import type { Rule } from '../rules.ts';
import type { WindowScore } from './score-window.ts';

/** What is known of a rule and a brand at a moment. */
export type Reading =
  | { readonly kind: 'judged'; readonly unusual: WindowScore | undefined; readonly holds: boolean }
  /** Too little is known of the past. */
  | { readonly kind: 'cold-start' }
  /** Nothing arrives of any brand. */
  | { readonly kind: 'no-data' };

export interface Moment {
  /** ms since 1970. */
  readonly now: number;
  readonly reading: Reading;
  readonly muted: boolean;
  /** No alert may begin. */
  readonly quiet: boolean;
}

export interface Step {
  readonly state: AlertState;
  readonly change?: 'alert' | 'resolved';
  /** Whether anybody is to hear of the change. */
  readonly told: boolean;
}

type Patience = Pick<Rule, 'z' | 'confirmFor' | 'keepFiringFor' | 'cooldown'>;

/** Something so many times as far off as a rule asks for does not wait for the end of a cooldown. */
const overriding = 2;
/** Nor for being confirmed, from so many times on. */
const beyondDoubt = 1.05;

export const initialState: AlertState = { status: 'cold-start', since: 0 };

/**
 * The next state. An alert begins once something has been unusual for `confirmFor` without a break, or is beyond doubt, and is over once
 * what raised it has not held for `keepFiringFor`; then none begins for `cooldown`, but for something far worse. While nothing is known it stays.
 * @param id of an alert that begins
 */
export function transition(before: AlertState, moment: Moment, rule: Patience, id: string): Step {
  const { now, reading, muted } = moment;
  const { alert, coolUntil, notifiedUntil } = before;
  const stay = (status: AlertState['status'], more: Partial<AlertState> = {}): AlertState => ({
    status,
    since: before.status === status ? before.since : now,
    ...(coolUntil !== undefined && coolUntil > now && { coolUntil }),
    ...(notifiedUntil !== undefined && { notifiedUntil }),
    ...more,
  });
  if (muted && (!alert || reading.kind === 'judged'))
    return { state: stay('muted'), told: false, ...(alert && { change: 'resolved' as const }) };
  if (alert) return whileOn(before, alert, moment, rule);
  if (reading.kind !== 'judged') return { state: stay(reading.kind), told: false };
  if (!reading.unusual) return { state: stay('ok'), told: false };
  const anomalousSince = before.anomalousSince ?? now;
  const { span: windowMs, evaluation } = reading.unusual;
  const size = Math.abs(evaluation.z) / rule.z;
  const isCooling = now < (coolUntil ?? 0) && size < overriding;
  const isOpen = now - anomalousSince < rule.confirmFor && size < beyondDoubt;
  if (isOpen || moment.quiet || isCooling) return { state: stay('warning', { anomalousSince }), told: false };
  return {
    state: { status: 'alert', since: now, alert: { id, direction: evaluation.direction, windowMs, lastHeld: now } },
    change: 'alert',
    told: true,
  };
}

function whileOn(before: AlertState, alert: NonNullable<AlertState['alert']>, { now, reading }: Moment, rule: Patience): Step {
  if (reading.kind !== 'judged') return { state: before, told: false };
  if (reading.holds) return { state: { ...before, alert: { ...alert, lastHeld: now } }, told: false };
  if (now - alert.lastHeld < rule.keepFiringFor) return { state: before, told: false };
  const state: AlertState = { status: 'ok', since: now, coolUntil: now + rule.cooldown, notifiedUntil: alert.lastHeld };
  return { state, change: 'resolved', told: true };
}

/** Whether a moment (minutes of the local day) lies within quiet hours, which may reach over midnight. */
export function isQuiet(minuteOfDay: number, quietHours: { readonly from: string; readonly to: string } | undefined): boolean {
  if (!quietHours) return false;
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)];
  return from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return 60 * hours + minutes;
}
