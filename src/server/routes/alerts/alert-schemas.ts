import { z } from 'zod';
import { emptyContext, explainAlert } from '../../../alerts/notify/explain.ts';
import type { BrandConfig } from '../../../config/schema.ts';
import { durationSchema } from '../../../config/schema.ts';
import {
  type AlertContext,
  type AlertTransition,
  type AlertUpdate,
  alertMetrics,
  type Evaluation,
  ruleStatuses,
  type Silence,
  seasons,
} from '../../../domain/alert.ts';
import type { RuleFeedback, StoredAlert } from '../../../sink/queries/alerts.ts';
import { rangeQuery, time } from '../query-schemas.ts';

/** Queries and responses about alerts, and how stored alerts become responses. */

const name = z.string().min(1).max(100);
const moment = z.iso.datetime();
const count = z.int().min(0);
const direction = z.enum(['up', 'down']);

export const alertsQuery = rangeQuery.extend({
  from: time.default('now-7d'),
  brand: name.optional().describe('Only this brand; `*` selects the rules over all posts'),
  rule: name.optional(),
  active: z.enum(['true', 'false']).default('false').describe('Only alerts that are still active'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const feedbackBody = z.strictObject({ feedback: z.enum(['useful', 'noise', 'none']).describe('`none` removes the feedback') });
const silenceScope = { rule: name.optional().describe('Default: every rule'), brand: name.optional().describe('Default: every brand') };
export const silenceBody = z.strictObject({ ...silenceScope, for: durationSchema.default('2h'), reason: z.string().max(500).default('') });
export const unsilenceQuery = z.strictObject(silenceScope);

export const channelTestBody = z.strictObject({ channels: z.array(name).max(100).default([]).describe('Default: all channels') });

export const channelTestsResponse = z.strictObject({
  channels: z.array(
    z.strictObject({
      channel: z.string(),
      delivered: z.boolean(),
      code: z.string().exactOptional().describe('Error code, see docs/errors.md'),
      detail: z.string().exactOptional(),
    }),
  ),
});

export const backtestBody = z.strictObject({
  rule: name.describe('A configured rule, or a default rule: volume, sentiment'),
  brand: name.optional().describe('Only this brand'),
  from: time.default('now-7d'),
  to: time.default('now'),
  settings: z.record(z.string().max(50), z.unknown()).default({}).describe("Overrides of the rule's settings"),
});

export const evaluation = z.strictObject({
  metric: z.enum(alertMetrics),
  direction,
  observed: z.number().describe('Posts, or points of net sentiment'),
  expected: z.number(),
  low: z.number().describe('Lower bound of the 95% interval'),
  high: z.number().describe('Upper bound of the 95% interval'),
  z: z.number().describe('Distance from the baseline in standard deviations'),
  posts: count,
  from: moment,
  to: moment,
  baseline: z.strictObject({ season: z.enum(seasons), windows: count, from: moment, to: moment }).nullable(),
});

const update = z.strictObject({ kind: z.enum(['escalated', 'reopened', 'resolved']), at: moment, evaluation });
const updates = 'What happened between its start and its end, in chronological order: it got worse, resolved, and began again';

export const alertResponse = z.strictObject({
  id: z.uuid(),
  rule: z.string(),
  brand: z.string(),
  severity: z.enum(['warning', 'critical']),
  at: moment,
  resolvedAt: moment.nullable().describe('null while the alert is active'),
  why: z.string().describe('What happened, in a sentence'),
  evaluation,
  updates: z.array(update.extend({ why: z.string() })).describe(updates),
  channels: z.array(z.string()).readonly().describe('Channels that are notified'),
  acked: z.strictObject({ by: z.string(), at: moment }).nullable(),
  feedback: z.enum(['useful', 'noise']).nullable(),
});

export const postExamples = z
  .array(
    z.strictObject({
      ...{ platform: z.string(), text: z.string(), url: z.string().exactOptional(), author: z.string().exactOptional() },
      posts: count.describe('Sampled posts with this text'),
      isOfficial: z.literal(true).exactOptional().describe("Present if it is by the brand's own account"),
    }),
  )
  .readonly()
  .describe('Posts with different texts by different authors, as long as they are stored');

export const alertDetailResponse = alertResponse.extend({
  drivers: z.array(z.string()).readonly().describe('Terms that distinguish the posts in the window'),
  examples: postExamples,
  composition: z
    .strictObject({ posts: count, sameText: count, official: count })
    .exactOptional()
    .describe("Posts in the window, those with the most frequent text, and those by the brand's own accounts"),
});

export const anomaly = z.strictObject({
  brand: z.string(),
  at: moment,
  resolvedAt: moment.nullable().describe('null if it was still active'),
  evaluation,
});
const backtestAlert = anomaly.extend({ updates: z.array(update).describe(updates) });

export const backtestResult = z.strictObject({
  from: moment.describe('Actual start; minute rollups are kept for 30 days by default'),
  to: moment,
  alerts: z.array(backtestAlert).describe('In chronological order'),
});

export const silenceResponse = z.strictObject({
  rule: z.string().nullable(),
  brand: z.string().nullable(),
  until: moment,
  createdBy: z.string(),
  reason: z.string(),
});

export const alertsResponse = z.strictObject({
  from: moment,
  to: moment,
  alerts: z.array(alertResponse).describe('Newest first'),
  states: z.array(z.strictObject({ rule: z.string(), brand: z.string(), status: z.enum(ruleStatuses), since: moment })),
  rules: z.array(
    z.strictObject({
      rule: z.string(),
      alerts: count,
      useful: count,
      noise: count,
      noiseRate: z.number().min(0).max(1).nullable().describe('Share of noise among the rated alerts'),
    }) satisfies z.ZodType<RuleFeedback>,
  ),
  silences: z.array(silenceResponse),
});

export type AlertResponse = z.output<typeof alertResponse>;
export type AlertDetailResponse = z.output<typeof alertDetailResponse>;
export type AlertsResponse = z.output<typeof alertsResponse>;
export type BacktestResult = z.output<typeof backtestResult>;
export type BacktestAlert = z.output<typeof backtestAlert>;
export type SilenceResponse = z.output<typeof silenceResponse>;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** An alert as a response. The sentence about it is in the brand's time zone, and mentions copies if the context does. */
export function toAlertResponse(alert: StoredAlert, brands: readonly BrandConfig[], context?: AlertContext): AlertResponse {
  const { at, resolvedAt, evaluation, updates = [], ackedBy, ackedAt, feedback, ...rest } = alert;
  const timeZone = brands.find(({ name }) => name === alert.brand)?.timeZone ?? emptyContext.timeZone;
  const reports = [alert, ...updates.filter(({ kind }) => kind !== 'resolved')];
  const explainUpdate = (one: AlertUpdate): string => {
    const previous = one.kind === 'escalated' ? reports[reports.indexOf(one) - 1]?.evaluation.observed : undefined;
    return explainAlert({ ...one, previous }, { ...emptyContext, timeZone });
  };
  return {
    ...rest,
    at: iso(at),
    resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt),
    why: explainAlert({ kind: 'alert', evaluation }, context ?? { ...emptyContext, timeZone }),
    evaluation: toEvaluation(evaluation),
    updates: updates.map((one) => ({ ...toUpdate(one), why: explainUpdate(one) })),
    acked: ackedAt === undefined ? null : { by: ackedBy ?? '', at: iso(ackedAt) },
    feedback: feedback ?? null,
  };
}

export function toEvaluation({ from, to, baseline, ...figures }: Evaluation): AlertResponse['evaluation'] {
  return {
    ...figures,
    from: iso(from),
    to: iso(to),
    baseline: baseline && { ...baseline, from: iso(baseline.from), to: iso(baseline.to) },
  };
}

export const toSilenceResponse = ({ rule, brand, until, createdBy, reason }: Silence): SilenceResponse => ({
  rule: rule || null,
  brand: brand || null,
  until: iso(until),
  createdBy,
  reason,
});

const toUpdate = ({ kind, at, evaluation }: Omit<AlertUpdate, 'id'>): z.output<typeof update> => ({
  kind,
  at: iso(at),
  evaluation: toEvaluation(evaluation),
});

/** Pairs the start of each alert with what followed it, in chronological order of the starts. */
export function toBacktestAlerts(transitions: readonly AlertTransition[]): BacktestAlert[] {
  return transitions
    .filter(({ kind }) => kind === 'alert')
    .map(({ alert, brand, at, evaluation }) => {
      const later = transitions.flatMap((one) => (one.alert === alert && one.kind !== 'alert' ? { ...one, kind: one.kind } : []));
      const last = later.at(-1);
      const isOver = last?.kind === 'resolved';
      return {
        ...{ brand, at: iso(at), evaluation: toEvaluation(evaluation) },
        resolvedAt: isOver ? iso(last.at) : null,
        updates: (isOver ? later.slice(0, -1) : later).map(toUpdate),
      };
    });
}
