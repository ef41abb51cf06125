import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';

export const problemType = 'application/problem+json; charset=utf-8';

/** The body of an error as RFC 9457 describes it. */
export function problemText(status: number, title: string, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail });
}

/** An error as RFC 9457 describes it. */
export function sendProblem(reply: FastifyReply, status: number, title: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .type(problemType)
    .send(problemText(status, title, detail));
}

/** Turns what a handler throws into a problem; what the caller cannot mend is logged and not shown. */
export function problemHandler(
  log: Log,
): (error: FastifyError | FeedpulseError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    if (error instanceof FeedpulseError && error.code === 'USAGE') return sendProblem(reply, 400, 'Bad request', error.message);
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status < 500) return sendProblem(reply, status, STATUS_CODES[status] ?? 'Bad request', error.message);
    log.error({ route: request.routeOptions.url, error: error.message }, 'a request failed');
    return sendProblem(reply, 503, 'Unavailable', 'The history cannot be read at the moment; the log says why.');
  };
}
