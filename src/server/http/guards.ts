import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/schema.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { isLoopback } from '../../lib/loopback.ts';
import type { App } from './create-app.ts';
import { HttpProblem } from './problem.ts';

type Binding = Pick<Config['server'], 'host' | 'allowUnauthenticated' | 'trustedProxies' | 'proxyAuth'>;
type GuardedServer = Binding & Pick<Config['server'], 'allowedHosts'>;

/** Far more than the longest query of the web UI. */
const maxUrlLength = 4_096;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the server is reachable from other machines, directly or through a proxy. */
export function isExposed({ host, trustedProxies }: Binding): boolean {
  return !isLoopback(host) || trustedProxies.length > 0;
}

/** Whether other machines reach the server without a proxy that could terminate TLS. */
export function isUnencrypted(server: Binding): boolean {
  return isExposed(server) && server.trustedProxies.length === 0;
}

/** @throws INSECURE_BIND if the server is exposed without authentication, and the config does not allow that */
export function checkBinding(server: Binding, tokenRequired: boolean): void {
  if (!isExposed(server) || tokenRequired || server.allowUnauthenticated) return;
  const exposure = isLoopback(server.host)
    ? 'server.trustedProxies exposes the server to other machines'
    : `Other machines can reach ${server.host}`;
  throw new FeedpulseError('INSECURE_BIND', `${exposure}, but no token is configured.`);
}

/** Rejects requests for other hosts (DNS rebinding) and requests that pages of other sites send (CSRF). */
export function registerGuards(app: App, server: GuardedServer): void {
  // A form of another site could send text/plain that parses as JSON, without a preflight request.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request) => {
    if (request.url.length > maxUrlLength) throw new HttpProblem(414, `URLs are limited to ${maxUrlLength} characters.`);
    // Absolute URLs are for proxies; here one could name another host than the Host header does.
    if (!request.url.startsWith('/')) throw new HttpProblem(400, 'The request target must begin with a slash.');
    if (!isServedHost(request.hostname, server))
      throw new HttpProblem(403, 'Unknown host name: if feedpulse should answer under it, add it to server.allowedHosts.');
    const reason = crossSiteReason(request, server.proxyAuth?.header.toLowerCase());
    if (reason) throw new HttpProblem(403, reason);
  });
}

/**
 * Whether feedpulse answers under a host name. Another site that rebinds its own name to this server sends that name, which
 * always has a dot. If other machines can connect, they may use an IP address or a name without a dot, which no site can
 * rebind; other names must be configured.
 */
function isServedHost(hostname: string, server: GuardedServer): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === '') return false;
  if (isLoopback(name) || name === server.host.toLowerCase()) return true;
  if (isExposed(server) && (isIP(name) !== 0 || !name.includes('.'))) return true;
  return server.allowedHosts.some((allowed) => (allowed.startsWith('.') ? name.endsWith(allowed) : name === allowed));
}

/** Why a request may come from a page of another origin; undefined if it does not. */
function crossSiteReason({ method, headers, protocol, host }: FastifyRequest, userHeader = ''): string | undefined {
  const { origin, cookie, authorization } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, protocol, host)) return 'Requests from other origins are rejected.';
  const site = headers['sec-fetch-site'];
  if ((site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate')
    return 'Requests from other sites are rejected.';
  // Browsers send Origin with every unsafe method.
  if (origin === undefined && cookie !== undefined && !safeMethods.has(method))
    return 'A request with a cookie must have an Origin header.';
  const isSignedInByProxy = headers[userHeader] !== undefined && !/^Bearer /i.test(authorization ?? '');
  if (origin === undefined && isSignedInByProxy && !safeMethods.has(method))
    return 'A request authenticated by a proxy must have an Origin header.';
  return undefined;
}

/** An undeclared proxy may have terminated TLS, so https is accepted over http; the reverse is another origin. */
function isOwnOrigin(origin: string, protocol: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host && (url.protocol === 'https:' || (url.protocol === 'http:' && protocol === 'http'));
}
