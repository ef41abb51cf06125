import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AlertTransition } from '../../domain/alert.ts';
import type { ScoredPost } from '../../domain/post.ts';
import type { PipelineStatus } from '../../domain/status.ts';
import type { EventBus } from '../../lib/event-bus.ts';
import type { Access } from '../auth/access.ts';
import type { App } from '../http/create-app.ts';
import { HttpProblem } from '../http/problem.ts';

/** Buffer of a slow client; events beyond it are dropped for that client. */
const maxBufferedBytes = 262_144;
const statusEveryMs = 1_000;
/** Disconnect a client after this many consecutive missed statuses; EventSource reconnects. */
const maxMissedStatuses = 10;
const maxClients = 100;
/** Streams per session or token, so that one caller cannot use up all of them. */
const maxStreamsPerCaller = 20;

interface Client {
  readonly request: FastifyRequest;
  missedStatuses: number;
}

const contentType = 'text/event-stream';

const schema = {
  summary: 'Server-sent events: scored posts (`post`), state of the process (`status`), start and end of alerts (`alert`)',
  response: { 200: { description: 'Events', content: { [contentType]: { schema: z.string() } } } },
};

/**
 * Server-sent events: `post` with a scored post as one line of JSON, `status` every second, `alert` when an alert
 * starts or resolves. A slow client misses events, and one that does not read is disconnected, so buffers stay bounded.
 * Streams end when the server closes.
 */
export function registerLiveStream(
  app: App,
  {
    storedPosts,
    alerts,
    readStatus,
    access,
  }: { storedPosts: EventBus<ScoredPost>; alerts: EventBus<AlertTransition>; readStatus: () => PipelineStatus; access: Access },
): void {
  const clients = new Map<FastifyReply['raw'], Client>();
  const hasCapacity = (client: FastifyReply['raw']): boolean => client.writableLength < maxBufferedBytes;

  const sendPost = (post: ScoredPost): void => {
    if (clients.size === 0) return;
    const text = frame('post', post);
    for (const client of clients.keys()) if (hasCapacity(client)) client.write(text);
  };
  const sendStatus = (): void => {
    const text = frame('status', readStatus());
    for (const [raw, client] of clients) {
      if (!access.reauthenticate(client.request)) raw.end();
      else if (hasCapacity(raw)) raw.write(text);
      else if (client.missedStatuses >= maxMissedStatuses) raw.destroy();
      client.missedStatuses = hasCapacity(raw) ? 0 : client.missedStatuses + 1;
    }
  };

  const sendAlert = ({ id, alert, kind, rule, brand, severity, at, evaluation }: AlertTransition): void => {
    const text = frame('alert', { id, alert, kind, rule, brand, severity, at: new Date(at).toISOString(), evaluation });
    for (const client of clients.keys()) if (hasCapacity(client)) client.write(text);
  };

  const unsubscribe = storedPosts.subscribe(sendPost);
  const unsubscribeAlerts = alerts.subscribe(sendAlert);
  const timer = setInterval(sendStatus, statusEveryMs);

  app.get('/api/v1/stream', { config: { role: 'viewer' }, schema }, (request, reply) => {
    if (clients.size >= maxClients) {
      reply.header('retry-after', '10');
      throw new HttpProblem(503, 'Too many streams are open; try again later.');
    }
    const key = request.caller?.key;
    const callerStreams = [...clients.values()].filter((client) => client.request.caller?.key === key);
    if (key !== undefined && callerStreams.length >= maxStreamsPerCaller) {
      reply.header('retry-after', '10');
      throw new HttpProblem(429, `A caller may open at most ${maxStreamsPerCaller} streams.`);
    }
    // It has no body to wait for, so it must not be kept open.
    if (request.method === 'HEAD') {
      void reply.type(contentType).send('');
      return;
    }
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...readHeaders(reply),
      'content-type': contentType,
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: 2000\n\n${frame('status', readStatus())}`);
    clients.set(raw, { request, missedStatuses: 0 });
    raw.on('close', () => clients.delete(raw));
  });

  app.addHook('preClose', async () => {
    unsubscribe();
    unsubscribeAlerts();
    clearInterval(timer);
    for (const client of clients.keys()) client.end();
  });
}

/** JSON.stringify escapes line breaks, so the data is always one line. */
const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The security headers set by hooks; a hijacked reply does not send them by itself. */
function readHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
