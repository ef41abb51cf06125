import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import {
  type AlertEvent,
  type AlertTransition,
  type AlertUpdate,
  type PendingDelivery,
  type RuleState,
  type Sensitivity,
  type Silence,
  severities,
  transitionKinds,
} from '../../domain/alert.ts';
import { numeric, query, queryOne } from '../client/query.ts';

export interface AlertQuery {
  /** ms since 1970: alerts that were active in the range; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly brand?: string | undefined;
  readonly rule?: string | undefined;
  /** Only alerts that are still active. */
  readonly active: boolean;
  readonly limit: number;
}

/** An alert of the history with its acknowledgement and feedback. Times are ms since 1970. */
export interface StoredAlert extends Omit<AlertTransition, 'kind' | 'state' | 'alert'> {
  /** Absent while it is active. */
  readonly resolvedAt?: number;
  /** Between its start and its end, in chronological order; absent if there is none. */
  readonly updates?: readonly AlertUpdate[];
  readonly ackedBy?: string;
  readonly ackedAt?: number;
  readonly feedback?: 'useful' | 'noise';
}

/** The feedback on a rule's alerts. */
export interface RuleFeedback {
  readonly rule: string;
  readonly alerts: number;
  readonly useful: number;
  readonly noise: number;
  /** Noise among the alerts with feedback, 0 to 1; null if none has any. */
  readonly noiseRate: number | null;
}

// JSON as `createAlertStore` wrote it.
const evaluation = z.string().transform((json): AlertTransition['evaluation'] => JSON.parse(json));
const state = z.string().transform((json): AlertTransition['state'] => JSON.parse(json));
const ruleAndBrand = { rule: z.string(), brand: z.string() };

const transitionColumns = {
  ...{ id: z.string(), alert: z.string(), kind: z.enum(transitionKinds), ...ruleAndBrand, severity: z.enum(severities) },
  ...{ at: numeric, evaluation, state, channels: z.array(z.string()) },
};
const transitionSelect = `toString(c.id) AS id, toString(c.alert) AS alert, c.kind AS kind, c.rule AS rule, c.brand AS brand, c.severity AS severity,
    toUnixTimestamp64Milli(c.at) AS at, c.evaluation AS evaluation, c.state AS state, c.channels AS channels`;

/** The latest state of each rule and brand, from the states and from the transitions. */
const selectStates = `
  SELECT s.rule AS rule, s.brand AS brand, argMax(s.state, s.at) AS state
  FROM (
    SELECT rule, brand, state, at FROM alert_states FINAL
    UNION ALL
    SELECT rule, brand, state, at FROM alert_transitions FINAL
  ) AS s
  GROUP BY rule, brand`;

const selectSilences = `
  SELECT m.rule AS rule, m.brand AS brand, toUnixTimestamp64Milli(m.until) AS until, m.created_by AS createdBy, m.reason AS reason
  FROM alert_silences AS m FINAL
  WHERE toUnixTimestamp64Milli(m.until) > {since:Int64}`;

/** Events that end after a time, in chronological order. */
const selectEvents = `
  SELECT toString(e.id) AS id, e.name AS name, e.brands AS brands, toUnixTimestamp64Milli(e.from) AS from, toUnixTimestamp64Milli(e.to) AS to,
    e.factor AS factor, e.created_by AS createdBy
  FROM alert_events AS e FINAL
  WHERE NOT e.removed AND toUnixTimestamp64Milli(e.to) > {since:Int64}
  ORDER BY from, id
  LIMIT 10000`;
const eventRow = z.object({
  ...{ id: z.string(), name: z.string(), brands: z.array(z.string()), from: numeric, to: numeric, factor: numeric, createdBy: z.string() },
});

const selectSensitivities = `
  SELECT s.rule AS rule, s.brand AS brand, s.threshold AS threshold, s.created_by AS createdBy, toUnixTimestamp64Milli(s.at) AS at
  FROM alert_sensitivities AS s FINAL
  WHERE NOT s.removed
  ORDER BY rule, brand`;

/** Transitions with the channels that they have not been delivered to, in order. */
const selectPending = `
  SELECT ${transitionSelect}, d.channel AS channel, d.attempts AS attempts, d.nextAt AS nextAt
  FROM (
    SELECT o.id AS id, o.channel AS channel, l.attempts AS attempts, toUnixTimestamp64Milli(l.next_at) AS nextAt
    FROM (SELECT id, arrayJoin(channels) AS channel FROM alert_transitions FINAL WHERE toUnixTimestamp64Milli(at) >= {since:Int64}) AS o
    LEFT JOIN (SELECT * FROM alert_outbox FINAL) AS l ON l.transition = o.id AND l.channel = o.channel
    WHERE l.outcome = 'waiting'
  ) AS d
  INNER JOIN alert_transitions AS c ON c.id = d.id
  WHERE toUnixTimestamp64Milli(c.at) >= {since:Int64}
  ORDER BY at, id, channel
  LIMIT 1 BY id, channel
  LIMIT 1000`;

/** What followed the start of each alert, as (kind, at, id, evaluation), and its end: 0 while it is active. */
const alertUpdates = `
    SELECT alert, if(argMax(kind, at) = 'resolved', toUnixTimestamp64Milli(max(at)), 0) AS ended,
      arraySort(update -> update.2, groupArray((toString(kind), toUnixTimestamp64Milli(at), toString(id), evaluation))) AS updates
    FROM alert_transitions FINAL WHERE kind != 'alert' GROUP BY alert`;

const alertsFrom = `
  FROM alert_transitions AS c FINAL
  LEFT JOIN (${alertUpdates}) AS e ON e.alert = c.alert
  LEFT JOIN (SELECT alert, value, created_by, at FROM alert_annotations FINAL WHERE kind = 'ack') AS a ON a.alert = c.alert
  LEFT JOIN (SELECT alert, value FROM alert_annotations FINAL WHERE kind = 'feedback') AS f ON f.alert = c.alert
  WHERE c.kind = 'alert'`;
const alertRow = z.object({
  ...transitionColumns,
  updates: z.array(z.tuple([z.enum(['resolved', 'escalated', 'reopened']), numeric, z.string(), evaluation])),
  ...{ resolvedAt: numeric, ackedBy: z.string(), ackedAt: numeric, feedback: z.enum(['', 'none', 'useful', 'noise']) },
});
const alertColumns = `${transitionSelect}, e.ended AS resolvedAt, e.updates AS updates, a.created_by AS ackedBy, toUnixTimestamp64Milli(a.at) AS ackedAt, f.value AS feedback`;

/** Alerts that were active in a range, the newest first. An empty brand or rule matches any. */
const selectAlerts = `
  SELECT ${alertColumns}${alertsFrom}
    AND toUnixTimestamp64Milli(c.at) < {to:Int64}
    AND (e.ended = 0 OR e.ended >= {from:Int64})
    AND ({brand:String} = '' OR c.brand = {brand:String})
    AND ({rule:String} = '' OR c.rule = {rule:String})
    AND (NOT {active:Bool} OR e.ended = 0)
  ORDER BY at DESC, id
  LIMIT {limit:UInt32}`;
const selectAlert = `SELECT ${alertColumns}${alertsFrom} AND toString(c.id) = {id:String}`;

const selectFeedback = `
  SELECT c.rule AS rule, count() AS alerts, countIf(f.value = 'useful') AS useful, countIf(f.value = 'noise') AS noise
  FROM alert_transitions AS c FINAL
  LEFT JOIN (SELECT alert, value FROM alert_annotations FINAL WHERE kind = 'feedback') AS f ON f.alert = c.alert
  WHERE c.kind = 'alert'
  GROUP BY rule
  ORDER BY rule`;

/** Reads stored alerts, states, silences, events, sensitivities and pending deliveries. @throws the database's errors */
export function createAlertReader(reader: ClickHouseClient) {
  return {
    readStates: (): Promise<RuleState[]> => query(reader, z.object({ ...ruleAndBrand, state }), selectStates),
    /** Silences that end after a time. */
    readSilences: (since: number): Promise<Silence[]> =>
      query(reader, z.object({ ...ruleAndBrand, until: numeric, createdBy: z.string(), reason: z.string() }), selectSilences, { since }),
    /** Planned events that end after a time. */
    readEvents: async (since: number): Promise<AlertEvent[]> => {
      const rows = await query(reader, eventRow, selectEvents, { since });
      return rows.map(({ factor, ...event }) => ({ ...event, ...(factor > 0 && { factor }) }));
    },
    /** Sensitivities that are set, and since when. */
    readSensitivities: (): Promise<(Sensitivity & { readonly at: number })[]> =>
      query(reader, z.object({ ...ruleAndBrand, threshold: numeric, createdBy: z.string(), at: numeric }), selectSensitivities),
    /** Deliveries that are pending, of transitions since a time. */
    readPendingDeliveries: async (since: number): Promise<PendingDelivery[]> => {
      const row = z.object({ ...transitionColumns, channel: z.string(), attempts: numeric, nextAt: numeric });
      const rows = await query(reader, row, selectPending, { since });
      return rows.map(({ channel, attempts, nextAt, ...transition }) => ({ transition, channel, attempts, nextAt }));
    },
    listAlerts: async ({ brand = '', rule = '', ...range }: AlertQuery): Promise<StoredAlert[]> =>
      (await query(reader, alertRow, selectAlerts, { ...range, brand, rule })).map(toAlert),
    findAlert: async (id: string): Promise<StoredAlert | undefined> => {
      const row = await queryOne(reader, alertRow, selectAlert, { id });
      return row && toAlert(row);
    },
    readFeedback: async (): Promise<RuleFeedback[]> => {
      const rows = await query(reader, z.object({ rule: z.string(), alerts: numeric, useful: numeric, noise: numeric }), selectFeedback);
      return rows.map((row) => ({ ...row, noiseRate: row.useful + row.noise === 0 ? null : row.noise / (row.useful + row.noise) }));
    },
  };
}

export type AlertReader = ReturnType<typeof createAlertReader>;

function toAlert({ resolvedAt, ackedBy, ackedAt, feedback, ...row }: z.output<typeof alertRow>): StoredAlert {
  const { id, rule, brand, severity, at, evaluation, channels } = row;
  const all = row.updates.map(([kind, at, id, evaluation]): AlertUpdate => ({ kind, at, id, evaluation }));
  const updates = resolvedAt > 0 ? all.slice(0, -1) : all;
  return {
    ...{ id, rule, brand, severity, at, evaluation, channels },
    ...(resolvedAt > 0 && { resolvedAt }),
    ...(updates.length > 0 && { updates }),
    ...(ackedAt > 0 && { ackedBy, ackedAt }),
    ...((feedback === 'useful' || feedback === 'noise') && { feedback }),
  };
}
