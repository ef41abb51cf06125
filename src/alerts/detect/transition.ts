import type { AlertReport, AlertState, ReportedAlert, TransitionKind } from '../../domain/alert.ts';
import type { Rule } from '../rules.ts';
import { rarestOf, type WindowScore } from './score-window.ts';

/** Result of evaluating a rule for a brand. */
export type Observation =
  | {
      readonly kind: 'evaluated';
      /** The rarest window; undefined if every window contains an outage. */
      readonly rarest: WindowScore | undefined;
      /** The window of the length that raised the active alert; undefined if there is no alert, or an outage in the window. */
      readonly ofAlert: WindowScore | undefined;
      /** All windows that may start an alert, shortest first. */
      readonly windows: readonly WindowScore[];
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
  /** Set if an alert starts, gets worse, resolves, or begins again. */
  readonly kind?: TransitionKind;
  /** Whether recipients are notified of it. */
  readonly notify: boolean;
  /** The anomaly score, 0 to 1, see `anomalyScore`. */
  readonly score: number;
}

type Timing = Pick<Rule, 'threshold' | 'balancedThreshold' | 'windowMs' | 'forMs' | 'keepFiringForMs' | 'cooldownMs'>;

/** An anomaly goes on while the rarity is at least this share of the threshold. */
export const heldShare = 0.7;
/** Within an episode, an anomaly is news again once it is this many times as rare as what is known of it. */
const escalation = 1.5;
/** And an active alert is once the change is this many times as large as reported. */
const escalationOfChange = 2;
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
 * - It escalates once its window is `escalation` times as rare as when it was last reported, a window's length ago or more, and
 *   the change `escalationOfChange` times as large.
 * - It resolves after the rarity of the window that raised it has been below `heldShare` of the threshold for
 *   `keepFiringForMs`; a silence resolves it without a notification.
 * - For `cooldownMs` after the last anomaly, whatever happens is the same story, and no alert starts. The last one begins
 *   again if an anomaly in its direction is `escalation` times as rare as when it was last reported.
 * - Without data, and during a cold start, an active alert stays active.
 * @param id the ID of an alert that starts
 */
export function transition(stored: AlertState, input: TransitionInput, rule: Timing, id: string): TransitionResult {
  const { now, observation, isSilenced } = input;
  const before = withoutFuture(stored, rule, now);
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

/** The state with no time ahead of now: after the clock was set back, an alert would otherwise wait for these times to come again. */
function withoutFuture(state: AlertState, { cooldownMs }: Timing, now: number): AlertState {
  const { since, anomalousSince, alert, episode } = state;
  return {
    ...state,
    since: Math.min(since, now),
    ...(anomalousSince !== undefined && { anomalousSince: Math.min(anomalousSince, now) }),
    ...(alert && { alert: { ...alert, lastHeld: Math.min(alert.lastHeld, now) } }),
    ...(episode && {
      episode: {
        ...episode,
        until: Math.min(episode.until, now + cooldownMs),
        ...(episode.alert && { alert: reportedUntil(episode.alert, now) }),
      },
    }),
  };
}

function reportedUntil(alert: ReportedAlert, now: number): ReportedAlert {
  return {
    ...alert,
    ...(alert.until !== undefined && { until: Math.min(alert.until, now) }),
    reports: alert.reports.map((report) => ({ ...report, at: Math.min(report.at, now) })),
  };
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
  rarest: WindowScore,
  input: TransitionInput,
  rule: Timing,
  id: string,
): Omit<TransitionResult, 'score'> {
  const { now, isQuiet } = input;
  const story = before.episode && now < before.episode.until ? before.episode : undefined;
  const isHeld = rarest.rarity >= heldShare * rule.threshold;
  const episode = story && isHeld ? { ...story, until: now + rule.cooldownMs, rarity: Math.max(story.rarity, rarest.rarity) } : story;
  const wait = (status: 'ok' | 'warning', anomalousSince?: number): Omit<TransitionResult, 'score'> => ({
    state: {
      ...withStatus({ ...before, ...(episode && { episode }) }, status, now),
      ...(anomalousSince !== undefined && { anomalousSince }),
    },
    notify: false,
  });
  const found = story ? newAnomaly(story, input, rule) : { window: rarest, threshold: rule.threshold };
  if (!found || !isReached(found)) return wait(story && isHeld && rarest.isRelevant ? 'warning' : 'ok');
  const { windowMs, evaluation, rarity } = found.window;
  const anomalousSince = before.anomalousSince ?? now;
  const isPending = now - anomalousSince < rule.forMs && rarity < pendingOverride * thresholdOf(found);
  if (isPending || isQuiet) return wait('warning', anomalousSince);
  const { direction } = evaluation;
  const { id: alert, reports } = story?.alert ?? { id, reports: [] };
  return {
    state: {
      status: 'alert',
      since: now,
      alert: { id: alert, direction, windowMs, lastHeld: now },
      episode: {
        until: now + rule.cooldownMs,
        rarity: Math.max(story?.rarity ?? 0, rarity),
        alert: { id: alert, direction, reports: [...reports, reportOf(found.window, input)] },
      },
    },
    kind: story ? 'reopened' : 'alert',
    notify: true,
  };
}

interface Candidate {
  readonly window: WindowScore;
  readonly threshold: number;
}

const thresholdOf = ({ window, threshold }: Candidate): number => Math.max(threshold, window.usualPeak());
const isReached = (one: Candidate): boolean =>
  one.window.isRelevant && one.window.rarity >= one.threshold && one.window.rarity >= thresholdOf(one);

/** What may be the alert of an episode again: the rarest window in its direction that no longer contains what raised it before. */
function newAnomaly({ alert }: NonNullable<AlertState['episode']>, { observation }: TransitionInput, rule: Timing): Candidate | undefined {
  const told = alert?.reports.at(-1);
  if (observation.kind !== 'evaluated' || !alert || !told) return undefined;
  const isNew = ({ evaluation }: WindowScore): boolean => evaluation.direction === alert.direction && evaluation.from >= (alert.until ?? 0);
  const window = rarestOf(observation.windows.filter(isNew));
  return window && { window, threshold: Math.max(rule.threshold, escalation * told.rarity) };
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
  input: TransitionInput,
  rule: Timing,
): Omit<TransitionResult, 'score'> {
  const { now, observation } = input;
  if (observation.kind !== 'evaluated' || !observation.rarest || !observation.ofAlert) return { state: before, notify: false };
  const { rarest, ofAlert } = observation;
  const isHeldBy = ({ rarity }: WindowScore): boolean => rarity >= heldShare * rule.threshold;
  const highest = { until: now + rule.cooldownMs, rarity: Math.max(before.episode?.rarity ?? 0, rarest.rarity) };
  const state = isHeldBy(rarest) ? { ...before, episode: { ...before.episode, ...highest } } : before;
  // Only the window that raised the alert keeps it active: longer ones would for hours after the end.
  if (isHeldBy(ofAlert) && ofAlert.evaluation.direction === alert.direction)
    return escalate({ ...state, alert: { ...alert, lastHeld: now } }, ofAlert, input, rule);
  if (now - alert.lastHeld < rule.keepFiringForMs) return { state, notify: false };
  const { episode } = state;
  const ended = episode?.alert ? { ...state, episode: { ...episode, alert: { ...episode.alert, until: alert.lastHeld } } } : state;
  return { state: withStatus(ended, 'ok', now), kind: 'resolved', notify: true };
}

const shortestOf = ({ observation }: TransitionInput): WindowScore | undefined =>
  observation.kind === 'evaluated' ? observation.windows[0] : undefined;

/** How large a change is. The shortest window shows at once what fills a longer one only with time. */
function reportedChange({ change, evaluation }: WindowScore, input: TransitionInput): number {
  const shortest = shortestOf(input);
  return shortest?.evaluation.direction === evaluation.direction ? Math.max(change, shortest.change) : change;
}

const reportOf = (window: WindowScore, input: TransitionInput): AlertReport => ({
  at: input.now,
  rarity: window.rarity,
  change: reportedChange(window, input),
  observed: window.evaluation.observed,
});

/**
 * Reports an active alert again if it got worse than was reported, a whole window later. Windows of the length that raised it
 * are compared: longer ones become rarer while an anomaly merely lasts.
 */
function escalate(state: AlertState, ofAlert: WindowScore, input: TransitionInput, rule: Timing): Omit<TransitionResult, 'score'> {
  const { episode } = state;
  const told = episode?.alert?.reports.at(-1);
  if (!episode?.alert || !told) return { state, notify: false };
  const { alert } = episode;
  const withReports = (reports: readonly AlertReport[]): AlertState => ({
    ...state,
    episode: { ...episode, alert: { ...alert, reports } },
  });
  const age = input.now - told.at;
  if (age <= (shortestOf(input)?.windowMs ?? 0)) {
    // The shortest window was still filling when the report was made.
    const change = Math.max(told.change, reportedChange(ofAlert, input));
    return { state: withReports([...alert.reports.slice(0, -1), { ...told, change }]), notify: false };
  }
  const isWorse = ofAlert.rarity >= escalation * told.rarity && ofAlert.change >= escalationOfChange * told.change;
  if (age < rule.windowMs || !isWorse || input.isQuiet) return { state, notify: false };
  return { state: withReports([...alert.reports, reportOf(ofAlert, input)]), kind: 'escalated', notify: true };
}
