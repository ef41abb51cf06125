import type { AlertTransition, Evaluation, RuleStatus } from '../../domain/alert.ts';
import type { Span } from '../state/view-state.ts';
import { get, post, remove } from './client.ts';

export type ShownEvaluation = Omit<Evaluation, 'from' | 'to' | 'baseline'> &
  Span & { readonly baseline: ({ readonly season: string; readonly quarters: number } & Span) | null };

/** Something unusual: told as an alert, or found when the rules were held against the history. */
export interface Unusual extends Pick<AlertTransition, 'brand'> {
  readonly at: string;
  /** Null while it is on. */
  readonly resolvedAt: string | null;
  readonly evaluation: ShownEvaluation;
}

export interface ShownAlert extends Unusual, Pick<AlertTransition, 'rule' | 'severity'> {
  readonly id: string;
  readonly channels: readonly string[];
  readonly acked: { readonly by: string; readonly at: string } | null;
  readonly mark: 'useful' | 'noise' | null;
}

export interface Mute {
  /** Null is every rule. */
  readonly rule: string | null;
  readonly brand: string | null;
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}

export interface Alerts {
  readonly alerts: readonly ShownAlert[];
  readonly states: readonly { readonly rule: string; readonly brand: string; readonly status: RuleStatus; readonly since: string }[];
  readonly rules: readonly {
    readonly rule: string;
    readonly alerts: number;
    readonly useful: number;
    readonly noise: number;
    readonly noiseRate: number | null;
  }[];
  readonly mutes: readonly Mute[];
}

/** As many as one answer has. */
export const mostAlerts = 100;

/** Of all posts those of every brand; the latest where there are more than one answer has. */
export const fetchAlerts = (brand: string, span: Span, signal: AbortSignal) =>
  get<Alerts>('alerts', { ...(brand !== '*' && { brand }), ...span, limit: String(mostAlerts) }, signal);
export const acknowledge = (id: string) => post<ShownAlert>(`alerts/${id}/ack`, {});
export const markAlert = (id: string, mark: 'useful' | 'noise' | 'none') => post<ShownAlert>(`alerts/${id}/mark`, { mark });
export const mute = (what: { rule?: string; brand?: string; for: string }) => post<Mute>('alerts/mutes', what);
export const unmute = ({ rule, brand }: Pick<Mute, 'rule' | 'brand'>) =>
  remove('alerts/mutes', { ...(rule !== null && { rule }), ...(brand !== null && { brand }) });

/** Where the usual rules would have spoken, whether somebody was told or not. */
export const fetchUnusual = (brands: readonly string[], span: Span, signal: AbortSignal) =>
  get<{ readonly found: readonly Unusual[] }>('anomalies', { brands, ...span }, signal);

interface Backtest extends Span {
  readonly alerts: readonly Unusual[];
}

/** When a rule would have spoken, as it is or with other settings. */
export const startBacktest = (body: { rule: string; brand: string; since: string; until: string; settings: object }) =>
  post<Job<Backtest>>('alerts/backtest', body);

export interface Job<Answer> {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly result?: Answer;
  readonly detail?: string;
}

const askAgainMs = 300;

/** Waits for a job, and says how far it is. Rejects with why it failed. */
export async function finished<Answer>(job: Job<Answer>, report: (share: number) => void, signal: AbortSignal): Promise<Answer> {
  for (let last = job; ; last = await get<Job<Answer>>(`jobs/${job.id}`, {}, signal)) {
    report(last.total > 0 ? last.done / last.total : 0);
    if (last.state === 'failed') throw new Error(last.detail ?? 'It failed.');
    if (last.state === 'done' && last.result) return last.result;
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  }
}
