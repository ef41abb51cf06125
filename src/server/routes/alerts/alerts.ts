import { z } from 'zod';
import { createEventReader } from '../../../alerts/calendar.ts';
import { createAlertContext } from '../../../alerts/notify/alert-context.ts';
import { createChannels, selectChannels, testChannels } from '../../../alerts/notify/channels.ts';
import { toMilliseconds } from '../../../config/schema.ts';
import { createAlertReader } from '../../../sink/queries/alerts.ts';
import { createAlertStore } from '../../../sink/writer/alert-store.ts';
import type { App } from '../../http/create-app.ts';
import { sendProblem } from '../../http/problem.ts';
import type { ApiDeps, QueryDeps } from '../dependencies.ts';
import { idParams, resolveRange, toIsoRange } from '../query-schemas.ts';
import {
  alertDetailResponse,
  alertResponse,
  alertsQuery,
  alertsResponse,
  channelTestBody,
  channelTestsResponse,
  feedbackBody,
  iso,
  silenceBody,
  silenceResponse,
  toAlertResponse,
  toSilenceResponse,
  unsilenceQuery,
} from './alert-schemas.ts';

const path = '/api/v1/alerts';
const maxSilenceMs = 365 * 86_400_000;

type AlertDeps = QueryDeps & Pick<ApiDeps, 'config' | 'maintenance'>;

/** The alert history, acknowledgements and feedback, and silences. Rules are evaluated by the process that runs the pipeline. */
export function registerAlertRoutes(app: App, deps: AlertDeps): void {
  const { reader, clock, brands } = deps;
  const records = createAlertReader(reader);
  const readEvents = createEventReader(deps.config.alerts, records);
  const contextOf = createAlertContext({ reader: deps.heavyReader, brands, readEvents, calibrations: deps.calibrations });

  const listSchema = {
    summary: 'Alerts that were active in a range, the state of each rule and brand, feedback per rule, and active silences',
    querystring: alertsQuery,
    response: { 200: alertsResponse },
  };
  app.get(path, { config: { role: 'viewer', cacheable: true }, schema: listSchema }, async (request) => {
    const { from, to, active, ...query } = request.query;
    const range = resolveRange({ from, to }, clock.now());
    const [alerts, states] = [
      await records.listAlerts({ ...query, active: active === 'true', from: range.from.getTime(), to: range.to.getTime() }),
      await records.readStates(),
    ];
    return {
      ...toIsoRange(range),
      alerts: alerts.map((alert) => toAlertResponse(alert, brands())),
      states: states.map(({ rule, brand, state }) => ({ rule, brand, status: state.status, since: iso(state.since) })),
      rules: await records.readFeedback(),
      silences: (await records.readSilences(clock.now())).map(toSilenceResponse),
    };
  });

  const showSchema = {
    summary: 'One alert, with the terms and posts that explain it',
    params: idParams,
    response: { 200: alertDetailResponse },
  };
  app.get(`${path}/:id`, { config: { role: 'viewer', heavy: true }, schema: showSchema }, async ({ params }, reply) => {
    const alert = await records.findAlert(params.id);
    if (!alert) return sendProblem(reply, 404, noSuchAlert);
    const context = await contextOf({ kind: 'alert', ...alert });
    const { timeZone: _, notes: __, ...explanation } = context;
    return { ...toAlertResponse(alert, brands(), context), ...explanation };
  });
  registerAnnotationRoutes(app, deps);
  registerSilenceRoutes(app, deps);
}

const noSuchAlert = 'No such alert.';

/** Acknowledgements and feedback. */
function registerAnnotationRoutes(app: App, { reader, clock, brands, maintenance }: AlertDeps): void {
  const records = createAlertReader(reader);
  const store = createAlertStore(maintenance.db);
  const annotate = async (id: string, kind: 'ack' | 'feedback', value: string, by: string) => {
    if (!(await records.findAlert(id))) return undefined;
    await store.addNote({ alert: id, kind, value, by }, clock.now());
    const alert = await records.findAlert(id);
    return alert && toAlertResponse(alert, brands());
  };

  const ackSchema = { summary: 'Acknowledges an alert', params: idParams, response: { 200: alertResponse } };
  app.post(`${path}/:id/ack`, { config: { role: 'editor' }, schema: ackSchema }, async ({ params, caller }, reply) => {
    const alert = await annotate(params.id, 'ack', 'seen', caller?.name ?? '');
    return alert ?? sendProblem(reply, 404, noSuchAlert);
  });

  const feedbackSchema = {
    summary: 'Rates an alert useful or noise',
    params: idParams,
    body: feedbackBody,
    response: { 200: alertResponse },
  };
  app.post(`${path}/:id/feedback`, { config: { role: 'editor' }, schema: feedbackSchema }, async ({ params, body, caller }, reply) => {
    const alert = await annotate(params.id, 'feedback', body.feedback, caller?.name ?? '');
    return alert ?? sendProblem(reply, 404, noSuchAlert);
  });
}

function registerSilenceRoutes(app: App, { reader, clock, maintenance }: AlertDeps): void {
  const records = createAlertReader(reader);
  const store = createAlertStore(maintenance.db);

  const silenceSchema = { summary: 'Silences alerts for a while', body: silenceBody, response: { 200: silenceResponse } };
  app.post(`${path}/silences`, { config: { role: 'editor' }, schema: silenceSchema }, async ({ body, caller }) => {
    const { rule = '', brand = '', reason } = body;
    const now = clock.now();
    const until = now + Math.min(toMilliseconds(body.for), maxSilenceMs);
    const silence = { rule, brand, until, createdBy: caller?.name ?? '', reason };
    await store.putSilence(silence, now);
    return toSilenceResponse(silence);
  });

  const unsilenceSchema = {
    summary: 'Ends a silence',
    querystring: unsilenceQuery,
    response: { 200: z.strictObject({ ended: z.int().min(0).describe('Number of silences that ended') }) },
  };
  app.delete(`${path}/silences`, { config: { role: 'editor' }, schema: unsilenceSchema }, async ({ query, caller }) => {
    const { rule = '', brand = '' } = query;
    const now = clock.now();
    const ended = (await records.readSilences(now)).filter((silence) => silence.rule === rule && silence.brand === brand);
    if (ended.length > 0) await store.putSilence({ rule, brand, until: now, createdBy: caller?.name ?? '', reason: '' }, now);
    return { ended: ended.length };
  });
}

/** Sends test messages. The receiver's response is not passed on, so that the API cannot be used to probe the network. */
export function registerChannelTestRoute(app: App, { clock, config }: Pick<ApiDeps, 'clock' | 'config'>): void {
  const channels = createChannels(config.alerts);
  const schema = { summary: 'Sends a test message to channels', body: channelTestBody, response: { 200: channelTestsResponse } };
  app.post(`${path}/test`, { config: { role: 'admin' }, schema }, async ({ body, host, protocol }) => {
    const selected = selectChannels(channels, body.channels);
    return { channels: await testChannels(selected, config.alerts.externalUrl ?? `${protocol}://${host}`, clock.now()) };
  });
}
