import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AlertTransition } from '../../domain/alert.ts';
import type { ScoredPost } from '../../domain/post.ts';
import type { PipelineStatus } from '../../domain/status.ts';
import type { EventBus, PostBus } from '../../lib/event-bus.ts';
import { type Access, requireRole } from '../auth/access.ts';
import { sendProblem } from '../http/problem.ts';

/** Bytes that may wait for a slow client; what comes beyond is left out for it. */
const maxBufferedBytes = 262_144;
const statusEveryMs = 1_000;
/** Statuses that a client may miss in a row; then it is let go, and comes back by itself if it still lives. */
const maxMissedStatuses = 10;
const maxClients = 100;
/** Streams of one session or token, so that one caller cannot take the places of all. */
const maxStreamsPerCaller = 20;

interface Client {
  readonly request: FastifyRequest;
  /** Statuses missed in a row. */
  missedStatuses: number;
}

export interface LiveStream {
  /** Ends every client's stream. */
  close(): void;
}

/**
 * Server-sent events at /api/v1/stream: `post` with a scored post as one line of JSON, `status` every second,
 * `alert` with the beginning or the end of one.
 * A client that reads too slowly misses posts; one that does not read at all is let go. Neither makes the process buffer.
 */
export function registerLiveStream(
  app: FastifyInstance,
  {
    live,
    alerts,
    readStatus,
    access,
  }: { live: PostBus; alerts: EventBus<AlertTransition>; readStatus: () => PipelineStatus; access: Access },
): LiveStream {
  const clients = new Map<FastifyReply['raw'], Client>();
  const hasRoom = (client: FastifyReply['raw']): boolean => client.writableLength < maxBufferedBytes;

  const sendPost = (post: ScoredPost): void => {
    if (clients.size === 0) return;
    const text = frame('post', post);
    for (const client of clients.keys()) if (hasRoom(client)) client.write(text);
  };
  const sendStatus = (): void => {
    const text = frame('status', readStatus());
    for (const [raw, client] of clients) {
      if (!access.callerOf(client.request)) raw.end();
      else if (hasRoom(raw)) raw.write(text);
      else if (client.missedStatuses >= maxMissedStatuses) raw.destroy();
      client.missedStatuses = hasRoom(raw) ? 0 : client.missedStatuses + 1;
    }
  };

  const sendAlert = ({ id, alert, kind, rule, brand, severity, at, evaluation }: AlertTransition): void => {
    const text = frame('alert', { id, alert, kind, rule, brand, severity, at: new Date(at).toISOString(), evaluation });
    for (const client of clients.keys()) if (hasRoom(client)) client.write(text);
  };

  const unsubscribe = live.subscribe(sendPost);
  const unsubscribeAlerts = alerts.subscribe(sendAlert);
  const timer = setInterval(sendStatus, statusEveryMs);

  app.get('/api/v1/stream', requireRole('viewer'), (request, reply) => {
    if (clients.size >= maxClients) {
      return sendProblem(reply.header('retry-after', '10'), 503, 'Unavailable', 'Too many listen already; try again later.');
    }
    const key = request.caller?.key;
    const own = [...clients.values()].filter((client) => client.request.caller?.key === key);
    if (key !== undefined && own.length >= maxStreamsPerCaller) {
      return sendProblem(
        reply.header('retry-after', '10'),
        429,
        'Too Many Requests',
        `One caller may have ${maxStreamsPerCaller} streams.`,
      );
    }
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...headersOf(reply),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: 2000\n\n${frame('status', readStatus())}`);
    clients.set(raw, { request, missedStatuses: 0 });
    raw.on('close', () => clients.delete(raw));
    return reply;
  });

  return {
    close: () => {
      unsubscribe();
      unsubscribeAlerts();
      clearInterval(timer);
      for (const client of clients.keys()) client.end();
    },
  };
}

/** JSON.stringify escapes line ends, so that an event is always one line of data. */
const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The security headers that hooks have set; a hijacked reply would otherwise lose them. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
