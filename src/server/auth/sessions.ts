import { randomBytes } from 'node:crypto';
import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, monotonicNow } from '../../lib/clock.ts';
import { hashToken } from './token-file.ts';

const sessionTtlMs = 12 * 3_600_000;
/** Older sessions of a token end. Together with the maximum number of tokens this bounds memory. */
const maxSessionsPerToken = 50;

export interface Session {
  /** Identifies the session in rate limits; not the secret. */
  readonly key: string;
  /** Hash of the token that opened it. */
  readonly tokenHash: string;
}

/** Sessions of the web UI, in memory only: after a restart users sign in again. */
export interface Sessions {
  /** Opens a session and returns its secret. */
  start(tokenHash: string): string;
  find(secret: string): Session | undefined;
  end(secret: string): void;
}

export function createSessions(clock: Pick<Clock, 'now' | 'monotonic'>): Sessions {
  /** Keyed by the hash of the secret, so that lookup time reveals nothing about secrets; oldest first. */
  const sessions = new Map<string, Session & { readonly endsAt: number }>();
  const hashSecret = (secret: string): string => hashToken(secret).toString('base64url');

  const evict = (tokenHash: string): void => {
    for (const [key, { endsAt }] of sessions) if (endsAt <= monotonicNow(clock)) sessions.delete(key);
    const tokenSessions = [...sessions.values()].filter((session) => session.tokenHash === tokenHash);
    for (const { key } of tokenSessions.slice(0, Math.max(0, tokenSessions.length - maxSessionsPerToken + 1))) sessions.delete(key);
  };

  return {
    start: (tokenHash) => {
      evict(tokenHash);
      const secret = randomBytes(32).toString('base64url');
      const key = hashSecret(secret);
      sessions.set(key, { key, tokenHash, endsAt: monotonicNow(clock) + sessionTtlMs });
      return secret;
    },
    find: (secret) => {
      const session = sessions.get(hashSecret(secret));
      return session && session.endsAt > monotonicNow(clock) ? session : undefined;
    },
    end: (secret) => void sessions.delete(hashSecret(secret)),
  };
}

/** Over TLS, the prefix `__Host-` binds the cookie to TLS, this host and all paths. */
const cookieName = ({ protocol }: FastifyRequest): string => (protocol === 'https' ? '__Host-feedpulse' : 'feedpulse');

const cookieOptions = ({ protocol }: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: protocol === 'https' }) as const;

/** The session secret in the request's cookie. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request)];
}

export function setSessionCookie(request: FastifyRequest, reply: Pick<FastifyReply, 'setCookie'>, secret: string): void {
  reply.setCookie(cookieName(request), secret, { ...cookieOptions(request), maxAge: sessionTtlMs / 1_000 });
}

export function clearSessionCookie(request: FastifyRequest, reply: Pick<FastifyReply, 'setCookie'>): void {
  reply.setCookie(cookieName(request), '', { ...cookieOptions(request), maxAge: 0 });
}
