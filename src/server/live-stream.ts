import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LiveHub } from '../live-hub.ts';
import type { ScoredPost } from '../post.ts';
import type { Status } from '../status.ts';
import { sendProblem } from './problem.ts';

/** Bytes that may wait for a slow client; what comes beyond is left out for it. */
const mostWaiting = 262_144;
const statusEveryMs = 1_000;
/** Statuses that a client may miss in a row; then it is let go, and comes back by itself if it still lives. */
const mostMissed = 10;
const mostClients = 100;

export interface LiveStream {
  /** Ends every client's stream. */
  close(): void;
}

/**
 * Server-sent events at /api/v1/stream: `post` with a scored post as one line of JSON, `status` every second.
 * A client that reads too slowly misses posts; one that does not read at all is let go. Neither makes the process buffer.
 */
export function registerLiveStream(app: FastifyInstance, live: LiveHub, readStatus: () => Status): LiveStream {
  /** Each with the statuses it has missed in a row. */
  const clients = new Map<FastifyReply['raw'], number>();
  const hasRoom = (client: FastifyReply['raw']): boolean => client.writableLength < mostWaiting;

  const sendPost = (post: ScoredPost): void => {
    if (clients.size === 0) return;
    const text = frame('post', post);
    for (const client of clients.keys()) if (hasRoom(client)) client.write(text);
  };
  const sendStatus = (): void => {
    const text = frame('status', readStatus());
    for (const [client, missed] of clients) {
      if (hasRoom(client)) client.write(text);
      else if (missed >= mostMissed) client.destroy();
      clients.set(client, hasRoom(client) ? 0 : missed + 1);
    }
  };

  const unsubscribe = live.subscribe(sendPost);
  const timer = setInterval(sendStatus, statusEveryMs);

  app.get('/api/v1/stream', (_request, reply) => {
    if (clients.size >= mostClients) {
      return sendProblem(reply.header('retry-after', '10'), 503, 'Unavailable', 'Too many listen already; try again later.');
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
    clients.set(raw, 0);
    raw.on('close', () => clients.delete(raw));
    return reply;
  });

  return {
    close: () => {
      unsubscribe();
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
