import type { ClickHouseClient } from '@clickhouse/client';
import type { AlertTransition, PendingDelivery, RuleState, Silence } from '../../domain/alert.ts';
import { selectAlert, selectAlerts, selectFeedback, selectPendingDeliveries, selectSilences, selectStates } from './alerts.ts';

export interface AlertQuery {
  /** ms since 1970: alerts that were active from `from` (inclusive) to `to` (exclusive). */
  readonly from: number;
  readonly to: number;
  readonly brand?: string | undefined;
  readonly rule?: string | undefined;
  /** Only alerts that are still active. */
  readonly active: boolean;
  readonly limit: number;
}

/** A stored alert with its acknowledgement and feedback. Times are ms since 1970. */
export interface StoredAlert extends Omit<AlertTransition, 'kind' | 'state' | 'alert'> {
  readonly resolvedAt?: number;
  readonly ackedBy?: string;
  readonly ackedAt?: number;
  readonly feedback?: 'useful' | 'noise';
}

/** Feedback on the alerts of a rule. */
export interface RuleFeedback {
  readonly rule: string;
  readonly alerts: number;
  readonly useful: number;
  readonly noise: number;
  /** Share of noise among the rated alerts, 0 to 1; null if none is rated. */
  readonly noiseRate: number | null;
}

type TransitionRow = Omit<AlertTransition, 'at' | 'evaluation' | 'state'> & {
  readonly at: number | string;
  readonly evaluation: string;
  readonly state: string;
};
type AlertRow = TransitionRow & {
  readonly resolvedAt: number | string;
  readonly ackedBy: string;
  readonly ackedAt: number | string;
  readonly feedback: '' | 'none' | 'useful' | 'noise';
};

/** Reads alerts, states, silences and feedback. @throws the errors of the database */
export function createAlertRecords(reader: ClickHouseClient) {
  const ask = async <T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> =>
    (await reader.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
  return {
    states: async (): Promise<RuleState[]> => {
      const rows = await ask<{ rule: string; brand: string; state: string }>(selectStates);
      return rows.map(({ state, ...rest }) => ({ ...rest, state: JSON.parse(state) })); // as `createAlertStore` wrote it
    },
    silences: async (now: number): Promise<Silence[]> => {
      const rows = await ask<Omit<Silence, 'until'> & { until: number | string }>(selectSilences, { now });
      return rows.map((row) => ({ ...row, until: Number(row.until) }));
    },
    /** Deliveries that are still pending, of transitions since `since` (ms since 1970). */
    pendingDeliveries: async (since: number): Promise<PendingDelivery[]> => {
      const rows = await ask<TransitionRow & Record<'attempts' | 'nextAt', number | string> & { channel: string }>(
        selectPendingDeliveries,
        { since },
      );
      return rows.map(({ channel, attempts, nextAt, ...row }) => ({
        transition: toTransition(row),
        channel,
        attempts: Number(attempts),
        nextAt: Number(nextAt),
      }));
    },
    list: async ({ brand = '', rule = '', ...query }: AlertQuery): Promise<StoredAlert[]> =>
      (await ask<AlertRow>(selectAlerts, { ...query, brand, rule })).map(toAlert),
    show: async (id: string): Promise<StoredAlert | undefined> => (await ask<AlertRow>(selectAlert, { id })).map(toAlert)[0],
    feedback: async (): Promise<RuleFeedback[]> => {
      const rows = await ask<{ rule: string } & Record<'alerts' | 'useful' | 'noise', number | string>>(selectFeedback);
      return rows.map((row) => {
        const [alerts, useful, noise] = [Number(row.alerts), Number(row.useful), Number(row.noise)];
        return { rule: row.rule, alerts, useful, noise, noiseRate: useful + noise === 0 ? null : noise / (useful + noise) };
      });
    },
  };
}

export type AlertRecords = ReturnType<typeof createAlertRecords>;

function toTransition({ at, evaluation, state, ...rest }: TransitionRow): AlertTransition {
  return { ...rest, at: Number(at), evaluation: JSON.parse(evaluation), state: JSON.parse(state) }; // as `createAlertStore` wrote them
}

function toAlert({ resolvedAt, ackedBy, ackedAt, feedback, ...row }: AlertRow): StoredAlert {
  const { id, rule, brand, severity, at, evaluation, channels } = toTransition(row);
  return {
    ...{ id, rule, brand, severity, at, evaluation, channels },
    ...(Number(resolvedAt) > 0 && { resolvedAt: Number(resolvedAt) }),
    ...(Number(ackedAt) > 0 && { ackedBy, ackedAt: Number(ackedAt) }),
    ...((feedback === 'useful' || feedback === 'noise') && { feedback }),
  };
}
