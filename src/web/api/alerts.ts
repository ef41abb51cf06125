import type { AlertContext, AlertTransition, AlertUpdate, Evaluation, ExamplePost, RuleStatus } from '../../domain/alert.ts';
import type { IncidentAlert } from '../../domain/incident.ts';
import type { TimeRange } from '../state/view-state.ts';
import { get, type Job, post, remove } from './client.ts';

export type EvaluationResponse = Omit<Evaluation, 'from' | 'to' | 'baseline'> &
  TimeRange & { readonly baseline: ({ readonly season: string; readonly windows: number } & TimeRange) | null };

/** An alert, or an anomaly that the alert rules find in the stored history. */
export interface Anomaly extends Pick<AlertTransition, 'brand'> {
  readonly at: string;
  /** Null while it is ongoing. */
  readonly resolvedAt: string | null;
  readonly evaluation: EvaluationResponse;
}

/** An alert got worse, resolved, or began again. */
export interface AlertUpdateResponse {
  readonly kind: AlertUpdate['kind'];
  readonly at: string;
  readonly evaluation: EvaluationResponse;
}

export interface AlertResponse extends Anomaly, Pick<AlertTransition, 'rule' | 'severity'> {
  readonly id: string;
  /** What happened, in a sentence. */
  readonly why: string;
  /** Between its start and its end, in chronological order. */
  readonly updates: readonly AlertUpdateResponse[];
  readonly channels: readonly string[];
  readonly acked: { readonly by: string; readonly at: string } | null;
  readonly feedback: 'useful' | 'noise' | null;
}

/** An alert with the terms and posts that explain it. */
export type AlertDetail = AlertResponse & Pick<AlertContext, 'drivers' | 'examples'>;

export interface Silence {
  /** Null means every rule. */
  readonly rule: string | null;
  readonly brand: string | null;
  readonly until: string;
  readonly createdBy: string;
  readonly reason: string;
}

export interface Alerts {
  readonly alerts: readonly AlertResponse[];
  readonly states: readonly { readonly rule: string; readonly brand: string; readonly status: RuleStatus; readonly since: string }[];
  readonly rules: readonly {
    readonly rule: string;
    readonly alerts: number;
    readonly useful: number;
    readonly noise: number;
    readonly noiseRate: number | null;
  }[];
  readonly silences: readonly Silence[];
}

/** The server's limit for one response. */
export const maxAlerts = 100;

/** The latest alerts of a brand; `*` is all brands. */
export const fetchAlerts = (brand: string, range: TimeRange, signal: AbortSignal) =>
  get<Alerts>('alerts', { ...(brand !== '*' && { brand }), ...range, limit: String(maxAlerts) }, signal);
export const fetchAlert = (id: string, signal: AbortSignal) => get<AlertDetail>(`alerts/${id}`, {}, signal);
export const acknowledge = (id: string) => post<AlertResponse>(`alerts/${id}/ack`, {});
export const rateAlert = (id: string, feedback: 'useful' | 'noise' | 'none') => post<AlertResponse>(`alerts/${id}/feedback`, { feedback });
export const silence = (scope: { rule?: string; brand?: string; for: string }) => post<Silence>('alerts/silences', scope);
export const unsilence = ({ rule, brand }: Pick<Silence, 'rule' | 'brand'>) =>
  remove('alerts/silences', { ...(rule !== null && { rule }), ...(brand !== null && { brand }) });

/** A planned event or a maintenance window. */
export interface AlertEvent extends TimeRange {
  readonly id: string;
  readonly name: string;
  /** Every brand if empty. */
  readonly brands: readonly string[];
  /** Up to this many times the usual volume is expected; null: no alert starts. */
  readonly factor: number | null;
  readonly createdBy: string;
  /** Whether it can only be removed in the config. */
  readonly isConfigured: boolean;
}

export const fetchEvents = (signal: AbortSignal) => get<{ readonly events: readonly AlertEvent[] }>('alerts/events', {}, signal);
export const addEvent = (event: TimeRange & { name: string; brands: readonly string[]; factor?: number }) =>
  post<AlertEvent>('alerts/events', event);
export const removeEvent = (id: string) => remove(`alerts/events/${id}`, {});

/** A threshold that somebody set for a rule and a brand. */
export interface Sensitivity {
  readonly rule: string;
  readonly brand: string;
  readonly threshold: number;
  readonly configured: number;
  readonly createdBy: string;
  readonly at: string;
}

interface SensitivityOutcome {
  readonly threshold: number;
  readonly alerts: number;
  readonly useful: number;
  readonly noise: number;
}

/** What the ratings suggest for a rule and a brand, and what it would have done since a time. */
export interface SensitivitySuggestion extends Pick<Sensitivity, 'rule' | 'brand'> {
  readonly since: string;
  readonly current: SensitivityOutcome;
  readonly suggested: SensitivityOutcome;
}

export const fetchSensitivities = (signal: AbortSignal) =>
  get<{ readonly sensitivities: readonly Sensitivity[] }>('alerts/sensitivities', {}, signal);
export const fetchSuggestions = (signal: AbortSignal) =>
  get<{ readonly suggestions: readonly SensitivitySuggestion[] }>('alerts/sensitivities/suggestions', {}, signal);
export const setSensitivity = (body: Pick<Sensitivity, 'rule' | 'brand'> & { readonly sensitivity: number }) =>
  post<Sensitivity>('alerts/sensitivities', body);
export const resetSensitivity = ({ rule, brand }: Pick<Sensitivity, 'rule' | 'brand'>) => remove('alerts/sensitivities', { rule, brand });

/** Alerts and anomalies of a brand that belong together. */
export interface Incident {
  readonly id: string;
  /** `*` is all posts. */
  readonly brand: string;
  readonly at: string;
  /** Start of the first window. */
  readonly from: string;
  /** Null while it is ongoing. */
  readonly resolvedAt: string | null;
  readonly isAdverse: boolean;
  /** The most extreme window. */
  readonly worst: EvaluationResponse;
  /** The most extreme window of volume, if `worst` is another metric. */
  readonly volume: EvaluationResponse | null;
  readonly alerts: readonly (Omit<IncidentAlert, 'at' | 'updates'> & {
    readonly at: string;
    readonly updates: readonly (Omit<IncidentAlert['updates'][number], 'at'> & { readonly at: string })[];
  })[];
}

/** An incident with what explains its worst window. */
export interface IncidentDetail extends Incident {
  readonly terms: readonly string[];
  readonly examples: readonly ExamplePost[];
  /** Planned events and public holidays. */
  readonly notes: readonly string[];
}

/** The incidents of brands, or of all brands if the list is empty, the most important first. */
export const fetchIncidents = (brands: readonly string[], range: TimeRange, signal: AbortSignal) =>
  get<{ readonly incidents: readonly Incident[] }>('incidents', { brands, ...range }, signal);
export const fetchIncident = (id: string, signal: AbortSignal) => get<IncidentDetail>(`incidents/${encodeURIComponent(id)}`, {}, signal);

interface Backtest extends TimeRange {
  readonly alerts: readonly Anomaly[];
}

/** Runs a rule over the stored history, with its configured settings or overrides. */
export const startBacktest = (body: { rule: string; brand: string; from: string; to: string; settings: object }) =>
  post<Job<Backtest>>('alerts/backtest', body);
