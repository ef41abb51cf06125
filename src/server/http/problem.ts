import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorKind, errorCodeOf, FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { currentRequest } from '../../lib/request-scope.ts';
import { describeError, isTransient } from '../../sink/client/database-errors.ts';

export const problemType = 'application/problem+json; charset=utf-8';
const retryAfterSeconds = 5;

/** The body of an error (RFC 9457). */
export function problemText(status: number, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail });
}

/** Sends an error (RFC 9457). */
export function sendProblem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply.code(status).type(problemType).send(problemText(status, detail));
}

/** Thrown by hooks and handlers to end a request with this status; the message is the problem's detail. */
export class HttpProblem extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, detail: string) {
    super(detail);
    this.statusCode = statusCode;
  }
}

export const notFound = (detail: string): HttpProblem => new HttpProblem(404, detail);

type RequestError = FastifyError | FeedpulseError | HttpProblem;

/**
 * Converts errors into problem responses: 4xx for client errors, 503 with Retry-After for unavailable dependencies and for
 * queries that take too long, 500 for bugs. Details of 5xx are logged (bugs with their stack), not sent.
 */
export function problemHandler(log: Log): (error: RequestError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (thrown, request, reply) => {
    // Nobody waits for the response.
    if (reply.raw.destroyed) return reply;
    // An aborted query does not say why.
    const reason: unknown = currentRequest()?.signal.reason;
    const error = reason instanceof HttpProblem ? reason : thrown;
    const status = resolveStatus(error);
    if ((status === 429 || status === 503) && !reply.hasHeader('retry-after')) reply.header('retry-after', String(retryAfterSeconds));
    if (status < 500 || error instanceof HttpProblem) return sendProblem(reply, status, describeRequestError(error));
    const route = `${request.method} ${request.routeOptions.url}`;
    if (status === 500) {
      log.error({ route, ...describeBug(error) }, 'request failed: internal error');
      return sendProblem(reply, 500, 'Internal error; the log has the details.');
    }
    log.error({ route, error: safeMessage(error) }, 'request failed: dependency unavailable');
    return sendProblem(reply, status, 'A dependency is unavailable; try again later. The log has the details.');
  };
}

function resolveStatus(error: RequestError): number {
  if (error instanceof FeedpulseError) return error.code === 'TOO_MANY_QUERIES' ? 429 : statusOfKind[error.kind];
  if ('statusCode' in error && error.statusCode !== undefined) return error.statusCode;
  return isDatabaseError(error) && isTransient(error) ? 503 : 500;
}

/** Configuration errors are 503: the client cannot fix them, and the process keeps running without the affected dependency. */
const statusOfKind: Readonly<Record<ErrorKind, number>> = { caller: 400, dependency: 503, operator: 503 };

/** Database errors have a ClickHouse code, a system code (ECONNREFUSED) or CLICKHOUSE_CLIENT; bugs have none. */
function isDatabaseError(error: Error): boolean {
  return /^(\d+|E(?!RR_)[A-Z_]+|CLICKHOUSE_CLIENT)$/.test(errorCodeOf(error) ?? '');
}

/** The message, without data that it may quote: ClickHouse's messages do. */
const safeMessage = (error: Error): string => (isDatabaseError(error) ? describeError(error) : error.message);

/** Name, stack frames and cause. The stack's first lines repeat the message, and are left out. */
function describeBug(error: Error): object {
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? safeMessage(error.cause) : undefined;
  return { error: safeMessage(error), stack: frames?.join('\n'), ...(cause !== undefined && { cause }) };
}

/** For schema violations, the field and the problem. */
function describeRequestError(error: RequestError): string {
  if (!('validation' in error) || !error.validation?.[0]) return error.message;
  const { instancePath, message } = error.validation[0];
  const field = instancePath.slice(1).replaceAll('/', '.');
  return `${field || contexts[error.validationContext ?? 'body'] || 'request'}: ${message}.`;
}

const contexts: Readonly<Record<string, string>> = { querystring: 'query', body: 'body', params: 'path', headers: 'headers' };
