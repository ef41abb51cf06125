import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySerializerCompiler,
} from 'fastify';
import { ResponseSerializationError, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Log } from '../../lib/log.ts';
import { defaultMaxConnections, limitConnections } from './connection-limits.ts';
import { problemHandler, problemText, problemType, sendProblem } from './problem.ts';
import { minimalHeaders } from './security-headers.ts';

/** Time limits for the headers and for the whole request, so that slow clients do not hold connections. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 15_000;
/** Idle limit within a request or response; the live stream sends every second. */
const connectionTimeoutMs = 60_000;

interface AppOptions {
  readonly log: Log;
  readonly trustedProxies?: readonly string[];
  readonly maxConnections?: number;
}

/** Fastify whose routes take their types, validation and serialization from zod schemas. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** Fastify with limits on request size, time and connections. */
export function createApp({ log, trustedProxies = [], maxConnections = defaultMaxConnections() }: AppOptions): App {
  const app = Fastify({
    bodyLimit: 65_536,
    forceCloseConnections: true,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 1_000, maxHeaderSize: 16_384 },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    clientErrorHandler: rejectRawRequest,
    frameworkErrors: rejectUnroutable,
  }).withTypeProvider<ZodTypeProvider>();
  limitConnections(app.server, maxConnections, trustedProxies);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(problemHandler(log));
  // An absent body means that every field has its default.
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.schema?.body) request.body ??= {};
  });
  return app;
}

/**
 * Checks responses against their schemas. The type provider's own serializer encodes them, which zod does not compile;
 * our schemas have no codecs, so parsing is the same check at about a tenth of the cost.
 */
const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema, method, url }) => {
  return (data) => {
    const { error } = schema.safeParse(data);
    if (error) throw new ResponseSerializationError(method, url, { cause: error });
    return JSON.stringify(data);
  };
};

/** Responds to requests whose path cannot be decoded (`/%`), which reach no hook. */
function rejectUnroutable(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(reply.headers(minimalHeaders), 400, 'The path is not valid percent-encoded UTF-8.');
}

const statusByCode: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Responds to input that Node cannot parse as a request, which reaches no route. */
function rejectRawRequest({ code }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusByCode[code ?? ''] ?? 400;
  const body = problemText(status, 'The request was too slow, too large, or not HTTP.');
  const headers = { ...minimalHeaders, 'content-type': problemType, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
