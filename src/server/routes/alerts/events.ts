import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createEventReader } from '../../../alerts/calendar.ts';
import { eventFields, isOrdered, orderProblem } from '../../../config/calendar.ts';
import type { AlertEvent } from '../../../domain/alert.ts';
import { dayMs } from '../../../lib/duration.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { createAlertReader } from '../../../sink/queries/alerts.ts';
import { createAlertStore } from '../../../sink/writer/alert-store.ts';
import type { App } from '../../http/create-app.ts';
import { sendProblem } from '../../http/problem.ts';
import type { ApiDeps } from '../dependencies.ts';
import { idParams } from '../query-schemas.ts';
import { iso } from './alert-schemas.ts';

const path = '/api/v1/alerts/events';
/** Events that ended longer ago are not listed. */
const listedPastMs = 30 * dayMs;
const maxEvents = 1_000;

const eventBody = z
  .strictObject({
    ...eventFields,
    brands: z.array(z.string().min(1).max(100)).max(100).default([]).describe('Default: every brand. `*` is all posts'),
  })
  .refine(isOrdered, orderProblem);

const eventResponse = z.strictObject({
  id: z.string().describe('Needed to remove the event'),
  name: z.string(),
  brands: z.array(z.string()).readonly().describe('Every brand if empty'),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  factor: z.number().nullable().describe('Up to this many times the usual volume is expected; null: no alert starts'),
  createdBy: z.string(),
  isConfigured: z.boolean().describe('Whether it is in the config, and can only be removed there'),
});
export type EventResponse = z.output<typeof eventResponse>;
export const eventsResponse = z.strictObject({ events: z.array(eventResponse).describe('In chronological order') });

/** Planned events and maintenance windows, those of the config included. */
export function registerEventRoutes(app: App, { reader, clock, config, brands, maintenance }: ApiDeps): void {
  const records = createAlertReader(reader);
  const store = createAlertStore(maintenance.db);
  const readEvents = createEventReader(config.alerts, records);

  const listSchema = { summary: 'Planned events that have not ended more than 30 days ago', response: { 200: eventsResponse } };
  app.get(path, { config: { role: 'viewer', cacheable: true }, schema: listSchema }, async () => {
    const events = await readEvents(clock.now() - listedPastMs);
    return { events: events.toSorted((a, b) => a.from - b.from).map(toEventResponse) };
  });

  const addSchema = { summary: 'Adds a planned event or a maintenance window', body: eventBody, response: { 200: eventResponse } };
  app.post(path, { config: { role: 'editor' }, schema: addSchema }, async ({ body, caller }) => {
    const known = new Set(['*', ...brands().map(({ name }) => name)]);
    const unknown = body.brands.find((brand) => !known.has(brand));
    if (unknown !== undefined) throw new FeedpulseError('USAGE', `brands: unknown brand ${unknown}.`);
    const { from, to, factor, ...event } = body;
    const now = clock.now();
    if ((await records.readEvents(now)).length >= maxEvents)
      throw new FeedpulseError('USAGE', `There are ${maxEvents} planned events; remove some first.`);
    const added: AlertEvent = {
      ...event,
      ...{ id: randomUUID(), from: Date.parse(from), to: Date.parse(to), createdBy: caller?.name ?? '' },
      ...(factor !== undefined && { factor }),
    };
    await store.putEvent(added, { removed: false, at: now });
    return toEventResponse(added);
  });

  const removeSchema = { summary: 'Removes an event that was added', params: idParams, response: { 200: eventResponse } };
  app.delete(`${path}/:id`, { config: { role: 'editor' }, schema: removeSchema }, async ({ params }, reply) => {
    const event = (await records.readEvents(0)).find(({ id }) => id === params.id);
    if (!event) return sendProblem(reply, 404, 'No such event.');
    await store.putEvent(event, { removed: true, at: clock.now() });
    return toEventResponse(event);
  });
}

const toEventResponse = ({ from, to, factor, ...event }: AlertEvent): EventResponse => ({
  ...event,
  brands: [...event.brands],
  from: iso(from),
  to: iso(to),
  factor: factor ?? null,
  isConfigured: event.id.startsWith('config-'),
});
