/** The records of alerts: what is judged, in which state it is, and what is told. Times are ms since 1970. */

export const alertMetrics = ['volume', 'netSentiment', 'negativeVolume', 'noData'] as const;
export type AlertMetric = (typeof alertMetrics)[number];

export const ruleStatuses = ['ok', 'warning', 'alert', 'no-data', 'muted', 'cold-start'] as const;
export type RuleStatus = (typeof ruleStatuses)[number];

/** Names the watch over the feed as a whole, which no rule may be called. */
export const feedRule = 'feed';

export const severities = ['warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Which past the expectation comes from: the same hour of past weeks, of past days, or the last day whole. */
export const seasons = ['week', 'day', 'recent'] as const;
export type Season = (typeof seasons)[number];

/** What a stretch of time held, against what was to be expected of it. */
export interface Evaluation {
  readonly metric: AlertMetric;
  readonly direction: 'up' | 'down';
  /** Posts, or points of net sentiment. */
  readonly observed: number;
  readonly expected: number;
  /** Where 95 of 100 usual stretches lie. */
  readonly low: number;
  readonly high: number;
  /** The distance in standard deviations, signed. */
  readonly z: number;
  /** Posts of the stretch; scored ones where it is about sentiment. */
  readonly posts: number;
  /** The stretch: `from` belongs to it, `to` does not. */
  readonly from: number;
  readonly to: number;
  readonly baseline: { readonly season: Season; readonly windows: number; readonly from: number; readonly to: number } | null;
}

/** How a rule stands with a brand. It survives the process. */
export interface AlertState {
  readonly status: RuleStatus;
  readonly since: number;
  /** Since when it has been unusual without a break; while no alert has begun. */
  readonly anomalousSince?: number;
  /** The alert that is on: its id, what raised it, and when that last held. */
  readonly alert?: { readonly id: string; readonly direction: 'up' | 'down'; readonly windowMs: number; readonly lastHeld: number };
  /** No alert begins before. */
  readonly coolUntil?: number;
  /** Until when an alert held that is over: what belonged to it is no reason for another. */
  readonly notifiedUntil?: number;
}

/** A beginning or an end of an alert: what is told, and the proof that it was decided. */
export interface AlertTransition {
  readonly id: string;
  /** The id of the alert, which is that of its beginning. */
  readonly alert: string;
  readonly kind: 'alert' | 'resolved';
  readonly rule: string;
  /** `*` is all posts. */
  readonly brand: string;
  readonly severity: Severity;
  readonly at: number;
  readonly evaluation: Evaluation;
  /** The state from here on. */
  readonly state: AlertState;
  /** Who is to be told. */
  readonly channels: readonly string[];
}

export interface RuleState {
  readonly rule: string;
  readonly brand: string;
  readonly state: AlertState;
}

/** An empty rule or brand stands for all. */
export interface Silence {
  readonly rule: string;
  readonly brand: string;
  readonly until: number;
  readonly by: string;
  readonly reason: string;
}

/** A change that a channel has not taken yet. */
export interface PendingDelivery {
  readonly transition: AlertTransition;
  readonly channel: string;
  readonly attempts: number;
  readonly nextAt: number;
}
