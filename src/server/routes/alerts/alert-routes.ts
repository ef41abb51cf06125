import { milliseconds } from '../../../config/schema.ts';
import { createAlertRecords } from '../../../sink/queries/read-alerts.ts';
import { createAlertStore } from '../../../sink/writer/alert-store.ts';
import { requireRole } from '../../auth/access.ts';
import type { App } from '../../http/create-app.ts';
import { sendProblem } from '../../http/problem.ts';
import type { MaintenanceDeps, QueryDeps } from '../dependencies.ts';
import { parseQuery, resolveRange } from '../query-schemas.ts';
import { iso, toAnswer, toMute } from './alert-responses.ts';
import {
  type AlertsResponse,
  alertParams,
  alertsQuery,
  alertsResponse,
  markBody,
  muteBody,
  type SilenceResponse,
  unmuteQuery,
} from './alert-schemas.ts';

const path = '/api/v1/alerts';

export const alertsApi = {
  [path]: {
    summary: 'Alerts that were on in a range, how each rule stands with each brand, what people think of the rules, and who is muted',
    query: alertsQuery,
    answer: alertsResponse,
  },
} as const;

/** The history of alerts, and what people say of them. Judging is for the process that runs the feed. */
export function registerAlertRoutes(app: App, { reader, clock, maintenance }: QueryDeps & { readonly maintenance: MaintenanceDeps }): void {
  const records = createAlertRecords(reader);
  const store = createAlertStore(maintenance.db);

  app.get(
    path,
    { config: { role: 'viewer', cacheable: true }, schema: { querystring: alertsQuery } },
    async (request): Promise<AlertsResponse> => {
      const { from, to, open, ...query } = parseQuery(alertsQuery, request.query);
      const range = resolveRange({ from, to }, clock.now());
      const [alerts, states] = [
        await records.list({ ...query, open: open === 'true', from: range.from.getTime(), to: range.to.getTime() }),
        await records.states(),
      ];
      return {
        from: range.from.toISOString(),
        to: range.to.toISOString(),
        alerts: alerts.map(toAnswer),
        states: states.map(({ rule, brand, state }) => ({ rule, brand, status: state.status, since: iso(state.since) })),
        rules: await records.marks(),
        mutes: (await records.mutes(clock.now())).map(toMute),
      };
    },
  );

  app.get(`${path}/:id`, { ...requireRole('viewer'), schema: { params: alertParams } }, async ({ params }, reply) => {
    const alert = await records.show(parseQuery(alertParams, params).id);
    return alert ? toAnswer(alert) : sendProblem(reply, 404, 'No such alert.');
  });

  const note = (kind: 'ack' | 'mark', said: (body: unknown) => string) => {
    app.post(`${path}/:id/${kind}`, requireRole('editor'), async ({ params, body, caller }, reply) => {
      const { id } = parseQuery(alertParams, params);
      const value = said(body);
      if (!(await records.show(id))) return sendProblem(reply, 404, 'No such alert.');
      await store.addNote({ alert: id, kind: kind === 'mark' ? 'feedback' : 'ack', value, by: caller?.name ?? '' }, clock.now());
      const alert = await records.show(id);
      return alert && toAnswer(alert);
    });
  };
  note('ack', () => 'seen');
  note('mark', (body) => parseQuery(markBody, body).mark);

  app.post(`${path}/mutes`, requireRole('editor'), async ({ body, caller }): Promise<SilenceResponse> => {
    const { rule = '', brand = '', for: length, reason } = parseQuery(muteBody, body ?? {});
    const now = clock.now();
    const mute = { rule, brand, until: now + Math.min(milliseconds(length), longestMuteMs), by: caller?.name ?? '', reason };
    await store.putMute(mute, now);
    return toMute(mute);
  });

  app.delete(`${path}/mutes`, requireRole('editor'), async ({ query, caller }) => {
    const { rule = '', brand = '' } = parseQuery(unmuteQuery, query);
    const now = clock.now();
    const ended = (await records.mutes(now)).filter((mute) => mute.rule === rule && mute.brand === brand);
    if (ended.length > 0) await store.putMute({ rule, brand, until: now, by: caller?.name ?? '', reason: '' }, now);
    return { ended: ended.length };
  });
}

const longestMuteMs = 365 * 86_400_000;
