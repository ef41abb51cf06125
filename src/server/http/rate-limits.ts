import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { minuteMs } from '../../lib/duration.ts';
import type { Log } from '../../lib/log.ts';
import type { App } from './create-app.ts';
import { HttpProblem } from './problem.ts';

const maxUnknownTokensPerMinute = 10;

/** Counts an unknown token. @throws HttpProblem 401, or 429 after too many from this address */
export type RejectToken = (request: FastifyRequest, reply: FastifyReply) => Promise<never>;

/** The caller's address; an IPv6 subnet is one client, because one machine owns all of it. */
const addressKey = ({ ip }: FastifyRequest): string => `address ${normalizeIP(ip)}`;

/**
 * Limits requests per minute, per session, token or IP address. Unknown tokens are counted separately, per address.
 * A valid token is accepted even from a limited address: guessing must not lock others out, and 256 bits cannot be guessed.
 */
export async function registerRateLimits(
  app: App,
  { requestsPerMinute, log }: { requestsPerMinute: number; log: Log },
): Promise<RejectToken> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: minuteMs,
    keyGenerator: (request) => request.caller?.key ?? addressKey(request),
    // Health checks must never be delayed.
    allowList: ({ routeOptions: { url } }) => url !== undefined && /^\/(healthz|readyz)(\/|$)/.test(url),
    errorResponseBuilder: (_request, { max }) => new HttpProblem(429, `More than ${max} requests within a minute; try again later.`),
  });
  const countUnknown = app.createRateLimit({
    max: maxUnknownTokensPerMinute,
    timeWindow: minuteMs,
    keyGenerator: addressKey,
    allowList: [],
  });
  return async (request, reply) => {
    const counted = await countUnknown(request);
    if (!counted.isAllowed && counted.isExceeded) {
      reply.header('retry-after', String(counted.ttlInSeconds));
      throw new HttpProblem(429, 'Too many unknown tokens from this address; try again later.');
    }
    // Logged within the limit only, so that the log cannot be flooded.
    log.warn({ address: request.ip }, 'unknown token');
    reply.header('www-authenticate', 'Bearer realm="feedpulse", error="invalid_token"');
    throw new HttpProblem(401, 'Unknown or revoked token.');
  };
}
