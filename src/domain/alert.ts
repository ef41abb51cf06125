/** The records of alerts: what is judged, in which state it is, and what is told. Times are ms since 1970. */

export const watched = ['volume', 'netSentiment', 'negativeVolume', 'noData'] as const;
export type Watched = (typeof watched)[number];

export const statuses = ['ok', 'warning', 'alert', 'no-data', 'muted', 'cold-start'] as const;
export type Status = (typeof statuses)[number];

/** Names the watch over the feed as a whole, which no rule may be called. */
export const feedRule = 'feed';

export const severities = ['warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Which past the expectation comes from: the same hour of past weeks, of past days, or the last day whole. */
export const seasons = ['week', 'day', 'recent'] as const;
export type Season = (typeof seasons)[number];

/** What a stretch of time held, against what was to be expected of it. */
export interface Verdict {
  readonly what: Watched;
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
  readonly baseline: { readonly season: Season; readonly quarters: number; readonly from: number; readonly to: number } | null;
}

/** How a rule stands with a brand. It survives the process. */
export interface AlertState {
  readonly status: Status;
  readonly since: number;
  /** Since when it has been unusual without a break; while no alert has begun. */
  readonly unusualSince?: number;
  /** The alert that is on: its id, what raised it, and when that last held. */
  readonly alert?: { readonly id: string; readonly direction: 'up' | 'down'; readonly span: number; readonly lastHeld: number };
  /** No alert begins before. */
  readonly coolUntil?: number;
  /** Until when an alert held that is over: what belonged to it is no reason for another. */
  readonly toldUntil?: number;
}

/** A beginning or an end of an alert: what is told, and the proof that it was decided. */
export interface AlertChange {
  readonly id: string;
  /** The id of the alert, which is that of its beginning. */
  readonly alert: string;
  readonly kind: 'alert' | 'resolved';
  readonly rule: string;
  /** `*` is all posts. */
  readonly brand: string;
  readonly severity: Severity;
  readonly at: number;
  readonly verdict: Verdict;
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
export interface Mute {
  readonly rule: string;
  readonly brand: string;
  readonly until: number;
  readonly by: string;
  readonly reason: string;
}

/** A change that a channel has not taken yet. */
export interface Due {
  readonly change: AlertChange;
  readonly channel: string;
  readonly attempts: number;
  readonly nextAt: number;
}
