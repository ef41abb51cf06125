import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LiveHub } from '../live-hub.ts';
import type { ScoredPost } from '../post.ts';
import type { Status } from '../status.ts';

/** Bytes that may wait for a slow client; what comes beyond is left out for it. */
const mostWaiting = 262_144;
const statusEveryMs = 1_000;
const mostClients = 100;

export interface LiveStream {
  /** Ends every client's stream. */
  close(): void;
}

/**
 * Server-sent events at /api/v1/stream: `post` with a scored post as one line of JSON, `status` every second.
 * A client that reads too slowly misses posts; it never makes the process buffer.
 */
export function registerLiveStream(app: FastifyInstance, live: LiveHub, readStatus: () => Status): LiveStream {
  const clients = new Set<FastifyReply['raw']>();

  const send = (event: string, data: unknown): void => {
    if (clients.size === 0) return;
    // JSON.stringify escapes line ends, so one post is always one line.
    const frame = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of clients) if (client.writableLength < mostWaiting) client.write(frame);
  };

  const unsubscribe = live.subscribe((post: ScoredPost) => send('post', post));
  const timer = setInterval(() => send('status', readStatus()), statusEveryMs);

  app.get('/api/v1/stream', (_request, reply) => {
    if (clients.size >= mostClients) return reply.code(503).send();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...headersOf(reply),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: 2000\n\nevent: status\ndata: ${JSON.stringify(readStatus())}\n\n`);
    clients.add(raw);
    raw.on('close', () => clients.delete(raw));
    return reply;
  });

  return {
    close: () => {
      unsubscribe();
      clearInterval(timer);
      for (const client of clients) client.end();
    },
  };
}

/** The security headers that hooks have set; a hijacked reply would otherwise lose them. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
