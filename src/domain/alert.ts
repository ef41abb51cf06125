/** Alerting types: evaluations, states, transitions, silences, deliveries. Times are in ms since 1970. */

/** `organicVolume` is the volume without copies, that is, with each text counted once. */
export const alertMetrics = ['volume', 'organicVolume', 'netSentiment', 'negativeVolume', 'noData'] as const;
export type AlertMetric = (typeof alertMetrics)[number];

/** Names for people. */
export const alertMetricNames = {
  volume: 'volume',
  organicVolume: 'organic volume',
  netSentiment: 'net sentiment',
  negativeVolume: 'negative volume',
  noData: 'posts',
} as const satisfies Record<AlertMetric, string>;

export const ruleStatuses = ['ok', 'warning', 'alert', 'no-data', 'silenced', 'cold-start'] as const;
export type RuleStatus = (typeof ruleStatuses)[number];

/** Rule name of the no-data alert; reserved. */
export const noDataRuleName = 'feed';

export const severities = ['warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What the baseline knows: time of day and weekday, time of day, or the level of the last hours. */
export const seasons = ['week', 'day', 'recent'] as const;
export type Season = (typeof seasons)[number];

/** The observed value of a metric in a window, compared with its baseline. */
export interface Evaluation {
  readonly metric: AlertMetric;
  readonly direction: 'up' | 'down';
  /** Posts, or points of net sentiment. */
  readonly observed: number;
  readonly expected: number;
  /** 95% prediction interval of the expected value. */
  readonly low: number;
  readonly high: number;
  /** Signed distance from the expected value in standard deviations. */
  readonly z: number;
  /** Posts in the window; for sentiment metrics, scored posts only. */
  readonly posts: number;
  /** The window, half-open: `from` is included, `to` is not. */
  readonly from: number;
  readonly to: number;
  readonly baseline: { readonly season: Season; readonly windows: number; readonly from: number; readonly to: number } | null;
}

/** What decides whether an alert starts, of the rarest window at a time. */
export interface Candidate {
  /** End of the window. */
  readonly at: number;
  readonly rarity: number;
  /** The rarity that the brand itself reaches every few days. */
  readonly usualPeak: number;
  /** Whether the change is as large as the rule asks for. */
  readonly isRelevant: boolean;
  readonly isQuiet: boolean;
  readonly isSilenced: boolean;
}

/** What a rule saw of a brand in one evaluation. */
export interface ScoredEvaluation {
  readonly rule: string;
  readonly brand: string;
  readonly evaluation: Evaluation;
  /** The anomaly score, 0 to 1. */
  readonly score: number;
  /** Whether an alert was active, or would have been without a silence. */
  readonly isAnomalous: boolean;
  /** Set if an alert might start at some sensitivity. */
  readonly candidate?: Candidate;
}

/** A threshold that somebody set for a rule and a brand, instead of the rule's sensitivity. */
export interface Sensitivity {
  readonly rule: string;
  readonly brand: string;
  /** Of rarity. */
  readonly threshold: number;
  readonly createdBy: string;
}

/** State of a rule for a brand. It is stored, so it survives a restart. */
export interface AlertState {
  readonly status: RuleStatus;
  readonly since: number;
  /** Start of the uninterrupted anomaly, while no alert is firing. */
  readonly anomalousSince?: number;
  /** The firing alert: its ID, the direction and length of the window that raised it, and when that window was last anomalous. */
  readonly alert?: { readonly id: string; readonly direction: 'up' | 'down'; readonly windowMs: number; readonly lastHeld: number };
  /** The story of the last alert: no other alert fires until its end; `rarity` is its highest so far. */
  readonly episode?: { readonly until: number; readonly rarity: number; readonly alert?: ReportedAlert };
}

/** An alert and what recipients have been told of it. States that were stored by earlier versions lack it. */
export interface ReportedAlert {
  readonly id: string;
  readonly direction: 'up' | 'down';
  /** When its window was last anomalous; set once it has resolved. */
  readonly until?: number;
  /** Its start, and each time it got worse or began again; in chronological order. */
  readonly reports: readonly AlertReport[];
}

export interface AlertReport {
  readonly at: number;
  readonly rarity: number;
  /** How large the change was, see `WindowScore`: in the window that was reported, or in the shortest one if it was larger there. */
  readonly change: number;
  /** Posts, or points of net sentiment, in the window that was reported. */
  readonly observed: number;
}

/** `escalated`: an active alert got worse. `reopened`: trouble began again in the cooldown of a resolved alert. */
export const transitionKinds = ['alert', 'resolved', 'escalated', 'reopened'] as const;
export type TransitionKind = (typeof transitionKinds)[number];

/** The start or end of an alert, or what happened in between, as stored and as notified. */
export interface AlertTransition {
  readonly id: string;
  /** ID of the alert: the `id` of the transition that started it. */
  readonly alert: string;
  readonly kind: TransitionKind;
  readonly rule: string;
  /** `*` is all posts. */
  readonly brand: string;
  readonly severity: Severity;
  readonly at: number;
  readonly evaluation: Evaluation;
  /** The state after the transition. */
  readonly state: AlertState;
  /** Names of the channels to notify. */
  readonly channels: readonly string[];
}

/** What happened to an alert between its start and its end. */
export interface AlertUpdate extends Pick<AlertTransition, 'id' | 'at' | 'evaluation'> {
  readonly kind: Exclude<TransitionKind, 'alert'>;
}

export interface RuleState {
  readonly rule: string;
  readonly brand: string;
  readonly state: AlertState;
}

/** Suppresses notifications of a rule and a brand; an empty string matches every rule or brand. */
export interface Silence {
  readonly rule: string;
  readonly brand: string;
  readonly until: number;
  readonly createdBy: string;
  readonly reason: string;
}

/** A planned event or a maintenance window. */
export interface AlertEvent {
  /** Events of the config have one too, but are not stored. */
  readonly id: string;
  readonly name: string;
  /** All brands if empty; `*` is all posts. */
  readonly brands: readonly string[];
  /** Half-open. */
  readonly from: number;
  readonly to: number;
  /** Up to this many times the usual volume is expected; absent: no alert starts. */
  readonly factor?: number;
  readonly createdBy: string;
}

/** A transition that a channel has not accepted yet. */
export interface PendingDelivery {
  readonly transition: AlertTransition;
  readonly channel: string;
  readonly attempts: number;
  readonly nextAt: number;
}

/** A sample post. Untrusted text: never interpreted as markup. */
export interface ExamplePost {
  readonly platform: string;
  readonly text: string;
  readonly url?: string;
  /** The author's handle. */
  readonly author?: string;
  /** Sampled posts with this text. */
  readonly posts: number;
  /** Whether it is by the brand's own account. */
  readonly isOfficial?: true;
}

/** What explains an alert: drivers, sample posts, copies. */
export interface AlertContext {
  /** IANA time zone of the brand. */
  readonly timeZone: string;
  /** What the calendar says of the window: planned events, public holidays. */
  readonly notes: readonly string[];
  /** Terms that distinguish the posts in the window. */
  readonly drivers: readonly string[];
  /** With different texts by different authors. */
  readonly examples: readonly ExamplePost[];
  /** The posts in the window: all, those with the most frequent text, and those by the brand's own accounts. */
  readonly composition?: { readonly posts: number; readonly sameText: number; readonly official: number };
}
