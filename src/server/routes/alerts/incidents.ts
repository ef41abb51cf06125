import { z } from 'zod';
import { createEventReader } from '../../../alerts/calendar.ts';
import { createAlertContext } from '../../../alerts/notify/alert-context.ts';
import { type Incident, type IncidentPart, mergeIncidents, mostExtreme } from '../../../domain/incident.ts';
import { dayMs } from '../../../lib/duration.ts';
import { parseJson } from '../../../lib/json.ts';
import { createAlertReader, type StoredAlert } from '../../../sink/queries/alerts.ts';
import { createEvaluationReader, type StoredAnomaly } from '../../../sink/queries/evaluations.ts';
import type { App } from '../../http/create-app.ts';
import { sendProblem } from '../../http/problem.ts';
import type { ApiDeps } from '../dependencies.ts';
import { brandsRangeQuery, resolveRange } from '../query-schemas.ts';
import { timestamp } from '../response-schemas.ts';
import { evaluation, iso, postExamples, toEvaluation } from './alert-schemas.ts';

const incident = z.strictObject({
  id: z.string(),
  brand: z.string().describe('`*` is all posts'),
  at: timestamp.describe('When it was first found'),
  from: timestamp.describe('Start of the first window'),
  resolvedAt: timestamp.nullable().describe('null while it is ongoing'),
  isAdverse: z.boolean(),
  worst: evaluation.describe('The most extreme window, of sentiment if there is one'),
  volume: evaluation.nullable().describe('The most extreme window of volume, if `worst` is another metric'),
  alerts: z
    .array(
      z.strictObject({
        ...{ id: z.uuid(), rule: z.string(), severity: z.enum(['warning', 'critical']), at: timestamp, acked: z.boolean() },
        channels: z.array(z.string()).readonly().describe('Channels that are notified'),
        updates: z
          .array(z.strictObject({ kind: z.enum(['escalated', 'reopened', 'resolved']), at: timestamp }))
          .describe('Between its start and its end: it got worse, resolved, and began again'),
      }),
    )
    .describe('In chronological order'),
});
export const incidentsResponse = z.strictObject({
  ...{ from: timestamp, to: timestamp },
  incidents: z.array(incident).describe('The most important first: adverse, ongoing, latest'),
});

const detailParams = z.object({ id: z.string().min(1).max(1_000) });
export const incidentDetailResponse = incident.extend({
  terms: z.array(z.string()).readonly().describe('Terms that distinguish the posts in the worst window'),
  examples: postExamples,
  notes: z.array(z.string()).readonly().describe('Planned events and public holidays'),
});

/** What began or ended up to this long outside of a range is found as a whole. */
const marginMs = 2 * dayMs;
const maxAlerts = 1_000;
const maxIncidents = 200;

/** Incidents: alerts and anomalies of a brand that belong together, and what explains one. */
export function registerIncidentRoutes(
  app: App,
  deps: Pick<ApiDeps, 'reader' | 'heavyReader' | 'clock' | 'brands' | 'calibrations' | 'config'>,
): void {
  const { reader, heavyReader, clock, brands, calibrations, config } = deps;
  const evaluations = createEvaluationReader(reader);
  const records = createAlertReader(reader);
  const contextOf = createAlertContext({
    ...{ reader: heavyReader, brands, calibrations, readEvents: createEventReader(config.alerts, records) },
  });

  /** @param from ms since 1970, like `to` */
  const listIncidents = async (named: readonly string[], from: number, to: number): Promise<Incident[]> => {
    const around = { from: Math.max(0, from - marginMs), to: Math.min(clock.now(), to + marginMs) };
    const [anomalies, alerts] = await Promise.all([
      evaluations.listAnomalies(named, around.from, around.to),
      records.listAlerts({ ...around, active: false, limit: maxAlerts, ...(named.length === 1 && { brand: named[0] }) }),
    ]);
    const parts = [...anomalies.map(toPart), ...alerts.map(alertPart)];
    const isSelected = ({ brand }: IncidentPart): boolean => named.length === 0 || named.includes(brand);
    return mergeIncidents(parts.filter(isSelected)).filter(({ at, resolvedAt = Number.POSITIVE_INFINITY }) => at < to && resolvedAt > from);
  };

  const listSchema = {
    summary: 'Incidents of a range: alerts and anomalies of a brand that overlap, taken together',
    querystring: brandsRangeQuery,
    response: { 200: incidentsResponse },
  };
  app.get('/api/v1/incidents', { config: { role: 'viewer', cacheable: true }, schema: listSchema }, async ({ query }) => {
    const { brands: named = [], ...bounds } = query;
    const range = resolveRange(bounds, clock.now());
    const incidents = await listIncidents(named, range.from.getTime(), range.to.getTime());
    return { from: range.from.toISOString(), to: range.to.toISOString(), incidents: incidents.slice(0, maxIncidents).map(toResponse) };
  });

  const detailSchema = {
    summary: 'One incident, with the terms and posts that explain its worst window',
    params: detailParams,
    response: { 200: incidentDetailResponse },
  };
  app.get('/api/v1/incidents/:id', { config: { role: 'viewer', heavy: true }, schema: detailSchema }, async ({ params }, reply) => {
    const { brand, at } = decodeId(params.id) ?? {};
    const found = brand === undefined || at === undefined ? [] : await listIncidents([brand], at, clock.now());
    // One that is longer than the margin begins later in the list that its ID is from.
    const one = found.find((candidate) => candidate.at === at) ?? found.find((candidate) => at !== undefined && candidate.at < at);
    if (!one) return sendProblem(reply, 404, 'No such incident.');
    const { drivers, examples, notes } = await contextOf({ kind: 'alert', brand: one.brand, evaluation: one.worst });
    return { ...toResponse(one), terms: drivers, examples, notes };
  });
}

const toPart = ({ brand, at, resolvedAt, evaluation, worst }: StoredAnomaly): IncidentPart => ({
  brand,
  at,
  resolvedAt,
  evaluation,
  worst,
});

function alertPart({ id, rule, severity, brand, at, resolvedAt, evaluation, updates = [], channels, ackedAt }: StoredAlert): IncidentPart {
  const reports = updates.filter(({ kind }) => kind !== 'resolved');
  return {
    ...{ brand, at, resolvedAt, evaluation, worst: mostExtreme([evaluation, ...reports.map((one) => one.evaluation)]) ?? evaluation },
    alert: { id, rule, severity, at, channels, acked: ackedAt !== undefined, updates: updates.map(({ kind, at }) => ({ kind, at })) },
  };
}

/** Stable while an incident goes on, and different for every incident. */
const encodeId = ({ brand, at }: Pick<Incident, 'brand' | 'at'>): string => Buffer.from(JSON.stringify([at, brand])).toString('base64url');

const idParts = z.tuple([
  z
    .int()
    .min(0)
    .max(Date.UTC(2106, 0, 1)),
  z.string().min(1).max(100),
]);

function decodeId(id: string): Pick<Incident, 'brand' | 'at'> | undefined {
  const parts = idParts.safeParse(parseJson(Buffer.from(id, 'base64url').toString())).data;
  // A lone surrogate could not be sent as a parameter.
  return parts && { at: parts[0], brand: parts[1].toWellFormed() };
}

const toResponse = ({ at, from, resolvedAt, worst, volume, alerts, ...rest }: Incident): z.input<typeof incident> => ({
  ...rest,
  id: encodeId({ brand: rest.brand, at }),
  ...{ at: iso(at), from: iso(from), resolvedAt: resolvedAt === undefined ? null : iso(resolvedAt) },
  ...{ worst: toEvaluation(worst), volume: volume ? toEvaluation(volume) : null },
  alerts: alerts.map((alert) => ({
    ...alert,
    at: iso(alert.at),
    updates: alert.updates.map(({ kind, at }) => ({ kind, at: iso(at) })),
  })),
});
