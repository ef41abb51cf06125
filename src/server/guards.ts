import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { FeedpulseError } from '../errors.ts';
import { sendProblem } from './problem.ts';

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** There is no log-in yet, so an address that others reach has to be asked for in words. */
export function checkBinding({ host, allowOpen }: { host: string; allowOpen: boolean }): void {
  if (isLoopback(host) || allowOpen) return;
  throw new FeedpulseError('BIND_REFUSED', `${host} can be reached by other machines, and the page has no log-in.`);
}

/**
 * Sets the security headers, and answers only requests that name this host: a page elsewhere whose name is
 * made to point here (DNS rebinding) is turned away, and so is a request from another origin.
 */
export function registerGuards(app: FastifyInstance, { host, allowOpen }: { host: string; allowOpen: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const name = request.hostname.replace(/^\[|\]$/g, '');
    if (!allowOpen && !isLoopback(name) && name !== host) return sendProblem(reply, 403, 'Forbidden', 'This host name is not served here.');
    const { origin } = request.headers;
    if (origin !== undefined && !sameHost(origin, request.headers.host))
      return sendProblem(reply, 403, 'Forbidden', 'Requests from other origins are refused.');
    return undefined;
  });
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
