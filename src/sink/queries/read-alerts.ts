import type { ClickHouseClient } from '@clickhouse/client';
import type { AlertTransition, PendingDelivery, RuleState, Silence } from '../../domain/alert.ts';
import { selectAlert, selectAlerts, selectDue, selectMarks, selectMutes, selectStates } from './alerts.ts';

export interface AlertQuery {
  /** ms since 1970: alerts that were on from `from` until before `to`. */
  readonly from: number;
  readonly to: number;
  readonly brand?: string | undefined;
  readonly rule?: string | undefined;
  /** Those alone that are still on. */
  readonly open: boolean;
  readonly limit: number;
}

/** An alert of the history, with what people said of it. Times are ms since 1970. */
export interface StoredAlert extends Omit<AlertTransition, 'kind' | 'state' | 'alert'> {
  readonly resolvedAt?: number;
  readonly ackedBy?: string;
  readonly ackedAt?: number;
  readonly mark?: 'useful' | 'noise';
}

/** What people think of a rule. */
export interface RuleMarks {
  readonly rule: string;
  readonly alerts: number;
  readonly useful: number;
  readonly noise: number;
  /** Noise among the marked alerts, 0 to 1; null where none is marked. */
  readonly noiseRate: number | null;
}

type ChangeRow = Omit<AlertTransition, 'at' | 'evaluation' | 'state'> & {
  readonly at: number | string;
  readonly evaluation: string;
  readonly state: string;
};
type AlertRow = ChangeRow & {
  readonly resolvedAt: number | string;
  readonly ackedBy: string;
  readonly ackedAt: number | string;
  readonly mark: '' | 'none' | 'useful' | 'noise';
};

/** Reads what is stored of alerts. Errors are the database's faults. */
export function createAlertRecords(reader: ClickHouseClient) {
  const ask = async <T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> =>
    (await reader.query({ query, query_params, format: 'JSONEachRow' })).json<T>();
  return {
    states: async (): Promise<RuleState[]> => {
      const rows = await ask<{ rule: string; brand: string; state: string }>(selectStates);
      return rows.map(({ state, ...rest }) => ({ ...rest, state: JSON.parse(state) })); // as `createAlertStore` wrote it
    },
    mutes: async (now: number): Promise<Silence[]> => {
      const rows = await ask<Omit<Silence, 'until'> & { until: number | string }>(selectMutes, { now });
      return rows.map((row) => ({ ...row, until: Number(row.until) }));
    },
    /** Messages that are decided and not sent, of changes since a moment. */
    due: async (since: number): Promise<PendingDelivery[]> => {
      const rows = await ask<ChangeRow & Record<'attempts' | 'nextAt', number | string> & { channel: string }>(selectDue, { since });
      return rows.map(({ channel, attempts, nextAt, ...row }) => ({
        transition: toChange(row),
        channel,
        attempts: Number(attempts),
        nextAt: Number(nextAt),
      }));
    },
    list: async ({ brand = '', rule = '', ...query }: AlertQuery): Promise<StoredAlert[]> =>
      (await ask<AlertRow>(selectAlerts, { ...query, brand, rule })).map(toAlert),
    show: async (id: string): Promise<StoredAlert | undefined> => (await ask<AlertRow>(selectAlert, { id })).map(toAlert)[0],
    marks: async (): Promise<RuleMarks[]> => {
      const rows = await ask<{ rule: string } & Record<'alerts' | 'useful' | 'noise', number | string>>(selectMarks);
      return rows.map((row) => {
        const [alerts, useful, noise] = [Number(row.alerts), Number(row.useful), Number(row.noise)];
        return { rule: row.rule, alerts, useful, noise, noiseRate: useful + noise === 0 ? null : noise / (useful + noise) };
      });
    },
  };
}

export type AlertRecords = ReturnType<typeof createAlertRecords>;

function toChange({ at, evaluation, state, ...rest }: ChangeRow): AlertTransition {
  return { ...rest, at: Number(at), evaluation: JSON.parse(evaluation), state: JSON.parse(state) }; // as `createAlertStore` wrote them
}

function toAlert({ resolvedAt, ackedBy, ackedAt, mark, ...row }: AlertRow): StoredAlert {
  const { id, rule, brand, severity, at, evaluation, channels } = toChange(row);
  return {
    ...{ id, rule, brand, severity, at, evaluation, channels },
    ...(Number(resolvedAt) > 0 && { resolvedAt: Number(resolvedAt) }),
    ...(Number(ackedAt) > 0 && { ackedBy, ackedAt: Number(ackedAt) }),
    ...((mark === 'useful' || mark === 'noise') && { mark }),
  };
}
