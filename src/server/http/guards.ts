import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config/schema.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { sendProblem } from './problem.ts';
import { secureHeaders } from './secure-headers.ts';

type Binding = Pick<Config['server'], 'host' | 'allowUnauthenticated' | 'trustedProxies' | 'proxyAuth'>;

/** Far more than the longest question of the page. */
const maxUrlLength = 4_096;
const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether other machines are meant to reach the server, by itself or through a proxy. */
export function isExposed({ host, trustedProxies }: Binding): boolean {
  return !isLoopback(host) || trustedProxies.length > 0;
}

/** Whether other machines reach the server without a proxy, which could speak TLS with them. */
export function isUnencrypted(server: Binding): boolean {
  return isExposed(server) && server.trustedProxies.length === 0;
}

/** What others reach needs a token, or has to be open in so many words. @throws INSECURE_BIND */
export function checkBinding(server: Binding, tokenRequired: boolean): void {
  if (!isExposed(server) || tokenRequired || server.allowUnauthenticated) return;
  const how = isLoopback(server.host) ? 'server.trustedProxies let other machines in' : `${server.host} can be reached by other machines`;
  throw new FeedpulseError('INSECURE_BIND', `${how}, and there is no token.`);
}

/**
 * Sets the security headers, and answers only requests that name this host: a page elsewhere whose name is
 * made to point here (DNS rebinding) is turned away, and so is what another site's page sends. Where others are
 * meant to reach the server its names are not known; there a page under another name has no session.
 */
export function registerGuards(app: FastifyInstance, server: Binding): void {
  // Without it a form of another site could send what parses as JSON without asking first.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(secureHeaders(request));
    if (request.url.length > maxUrlLength)
      return sendProblem(reply, 414, 'URI Too Long', `An address has at most ${maxUrlLength} characters.`);
    // Only a proxy is asked for whole addresses; here one could name another host than the header does.
    if (!request.url.startsWith('/')) return sendProblem(reply, 400, 'Bad request', 'The address begins with no slash.');
    const name = request.hostname.replace(/^\[|\]$/g, '');
    const isServed = isLoopback(name) || name === server.host || isExposed(server) || server.allowUnauthenticated;
    if (!isServed) return sendProblem(reply, 403, 'Forbidden', 'This host name is not served here.');
    const foreign = foreignness(request, server.proxyAuth?.header.toLowerCase());
    if (foreign) return sendProblem(reply, 403, 'Forbidden', foreign);
    return undefined;
  });
}

/** Why a request may come from a page of another origin; undefined when it does not. */
function foreignness({ method, headers, protocol, host }: FastifyRequest, userHeader = ''): string | undefined {
  const { origin, cookie, authorization } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, protocol, host)) return 'Requests from other origins are refused.';
  const site = headers['sec-fetch-site'];
  if ((site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate')
    return 'Requests from other sites are refused.';
  // A browser names the origin of whatever changes something.
  if (origin === undefined && cookie !== undefined && !harmless.has(method)) return 'A request with a cookie must name its origin.';
  const isSignedInByProxy = headers[userHeader] !== undefined && !/^Bearer /i.test(authorization ?? '');
  if (origin === undefined && isSignedInByProxy && !harmless.has(method)) return 'A request of somebody signed in must name its origin.';
  return undefined;
}

/** A proxy that is not declared may have taken the TLS off; the other way round it is another origin. */
function isOwnOrigin(origin: string, protocol: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host && (url.protocol === 'https:' || (url.protocol === 'http:' && protocol === 'http'));
}
