import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { problemText, problemType } from './problem.ts';
import { secureHeaders } from './secure-headers.ts';

/** How long a client may take for the head of a request, and for all of it: who sends letter by letter holds nothing up. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
/** How long a connection may be silent in the middle of a request or answer; the live stream speaks every second. */
const silenceMs = 60_000;

interface AppOptions {
  readonly trustedProxies?: readonly string[];
  readonly mostConnections?: number;
}

/** Fastify with bounds on everything that a client could make large, many or slow. */
export function createApp({ trustedProxies = [], mostConnections = 1_000 }: AppOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: 65_536,
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: silenceMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    clientErrorHandler: refuseRawRequest,
  });
  app.server.maxConnections = mostConnections;
  return app;
}

const statusOf: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** What Node cannot read as a request never reaches a route, and is answered here. */
function refuseRawRequest({ code }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[code ?? ''] ?? 400;
  const body = problemText(status, STATUS_CODES[status] ?? 'Bad Request', 'The request was too slow, too large or no HTTP.');
  const headers = {
    ...secureHeaders({ protocol: 'http', url: '/api' }),
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
