import type { FastifyRequest } from 'fastify';
import { sessionLifeMs } from './sessions.ts';

/** With the prefix `__Host-` a browser takes the cookie over TLS only, for this very host and for every path. */
const nameFor = ({ protocol }: FastifyRequest): string => (protocol === 'https' ? '__Host-feedpulse' : 'feedpulse');

/** The secret of the session that a request brings. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  const start = `${nameFor(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

/** The Set-Cookie header that keeps the secret in the browser for as long as the session lives; without one it forgets. */
export function sessionCookie(request: FastifyRequest, secret?: string): string {
  const attributes = ['Path=/', `Max-Age=${secret === undefined ? 0 : sessionLifeMs / 1_000}`, 'HttpOnly', 'SameSite=Strict'];
  if (request.protocol === 'https') attributes.push('Secure');
  return [`${nameFor(request)}=${secret ?? ''}`, ...attributes].join('; ');
}
