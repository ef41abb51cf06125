import { z } from 'zod';
import { duration } from '../../../config/schema.ts';
import { alertMetrics, ruleStatuses, seasons } from '../../../domain/alert.ts';
import type { RuleMarks } from '../../../sink/queries/read-alerts.ts';
import { rangeQuery, time } from '../query-schemas.ts';

/** What questions about alerts take and give: the OpenAPI document shows it, and a test holds every answer to it. */

const name = z.string().min(1).max(100);
const moment = z.iso.datetime();
const count = z.int().min(0);
const direction = z.enum(['up', 'down']);

export const alertsQuery = rangeQuery.extend({
  from: time.default('now-7d'),
  brand: name.optional().describe('Of this brand only; `*` is the rules over all posts'),
  rule: name.optional(),
  open: z.enum(['true', 'false']).default('false').describe('Those alone that are still on'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const alertParams = z.strictObject({ id: z.uuid() });
export const markBody = z.strictObject({ mark: z.enum(['useful', 'noise', 'none']).describe('`none` takes it back') });
const muted = { rule: name.optional().describe('Every rule when absent'), brand: name.optional().describe('Every brand when absent') };
export const muteBody = z.strictObject({ ...muted, for: duration.default('2h'), reason: z.string().max(500).default('') });
export const unmuteQuery = z.strictObject(muted);

export const testBody = z.strictObject({ channels: z.array(name).max(100).default([]).describe('All when empty') });

export const channelTestsResponse = z.strictObject({
  channels: z.array(
    z.strictObject({
      channel: z.string(),
      taken: z.boolean(),
      code: z.string().exactOptional().describe('Of the error, as docs/errors.md has it'),
      detail: z.string().exactOptional(),
    }),
  ),
});

/** A rule of the config, as it is or with other settings, over stored history. */
export const backtestBody = z.strictObject({
  rule: name.describe('A rule of the config, or one of the usual two: volume, sentiment'),
  brand: name.optional().describe('Of this brand only'),
  since: time.default('now-7d'),
  until: time.default('now'),
  settings: z.record(z.string().max(50), z.unknown()).default({}).describe("Settings of the rule to try in place of the config's"),
});

const evaluation = z.strictObject({
  metric: z.enum(alertMetrics),
  direction,
  observed: z.number().describe('Posts, or points of net sentiment'),
  expected: z.number(),
  low: z.number().describe('Where 95 of 100 usual windows lie'),
  high: z.number(),
  z: z.number().describe('Distance in standard deviations'),
  posts: count,
  from: moment,
  to: moment,
  baseline: z.strictObject({ season: z.enum(seasons), windows: count, from: moment, to: moment }).nullable(),
});

export const alertResponse = z.strictObject({
  id: z.uuid(),
  rule: z.string(),
  brand: z.string(),
  severity: z.enum(['warning', 'critical']),
  at: moment,
  resolvedAt: moment.nullable().describe('null while it is on'),
  evaluation,
  channels: z.array(z.string()).readonly().describe('Who was to be told'),
  acked: z.strictObject({ by: z.string(), at: moment }).nullable(),
  mark: z.enum(['useful', 'noise']).nullable(),
});

export const replayedAlert = z.strictObject({
  brand: z.string(),
  at: moment,
  resolvedAt: moment.nullable().describe('null where it was still on'),
  evaluation,
});

export const backtestResult = z.strictObject({
  from: moment.describe('Where it began: minutes are kept for 30 days'),
  to: moment,
  alerts: z.array(replayedAlert).describe('In order of time'),
});

export type ReplayedAlert = z.output<typeof replayedAlert>;
export type BacktestResult = z.output<typeof backtestResult>;

export const silenceResponse = z.strictObject({
  rule: z.string().nullable(),
  brand: z.string().nullable(),
  until: moment,
  by: z.string(),
  reason: z.string(),
});

export const alertsResponse = z.strictObject({
  from: moment,
  to: moment,
  alerts: z.array(alertResponse).describe('The newest first'),
  states: z.array(z.strictObject({ rule: z.string(), brand: z.string(), status: z.enum(ruleStatuses), since: moment })),
  rules: z.array(
    z.strictObject({
      rule: z.string(),
      alerts: count,
      useful: count,
      noise: count,
      noiseRate: z.number().min(0).max(1).nullable().describe('Noise among the marked ones'),
    }) satisfies z.ZodType<RuleMarks>,
  ),
  mutes: z.array(silenceResponse),
});

export type AlertResponse = z.output<typeof alertResponse>;
export type AlertsResponse = z.output<typeof alertsResponse>;
export type SilenceResponse = z.output<typeof silenceResponse>;
