import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../lib/log.ts';
import { sendProblem } from './problem.ts';

const minute = 60_000;
const mostWrongTokensPerMinute = 10;

/** Counts a wrong token and answers it: 401, or 429 where too many came from this address. */
export type WrongToken = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The address of a caller; a network of IPv6 as one, since one machine has all of it. */
const addressOf = ({ ip }: FastifyRequest): string => `address ${normalizeIP(ip)}`;

/**
 * Bounds the requests a minute of each session, token or address. Wrong tokens are counted apart, per address.
 * A right one is taken all the same: who is wrong cannot lock others out, and 256 bits are not found by trying.
 */
export async function registerLimits(
  app: FastifyInstance,
  { requestsPerMinute, log }: { requestsPerMinute: number; log: Log },
): Promise<WrongToken> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: minute,
    keyGenerator: (request) => request.caller?.key ?? addressOf(request),
    // Whoever watches the process must never hear of it late.
    allowList: ({ routeOptions: { url } }) => url === '/healthz' || url === '/readyz',
    errorResponseBuilder: (_request, { max }) =>
      Object.assign(new Error(`More than ${max} requests within a minute; try again later.`), { statusCode: 429 }),
  });
  const countWrong = app.createRateLimit({ max: mostWrongTokensPerMinute, timeWindow: minute, keyGenerator: addressOf, allowList: [] });
  return async (request, reply) => {
    const counted = await countWrong(request);
    if (!counted.isAllowed && counted.isExceeded) {
      reply.header('retry-after', String(counted.ttlInSeconds));
      return sendProblem(reply, 429, 'Too Many Requests', 'Too many wrong tokens from this address; try again later.');
    }
    // Within the limit only, so that nobody fills the log.
    log.warn({ address: request.ip }, 'a wrong token');
    reply.header('www-authenticate', 'Bearer realm="feedpulse", error="invalid_token"');
    return sendProblem(reply, 401, 'Unauthorized', 'This token is not known here, or no longer.');
  };
}
