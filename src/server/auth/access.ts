import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Role, roles } from '../../domain/roles.ts';
import type { App } from '../http/create-app.ts';
import { HttpProblem } from '../http/problem.ts';
import type { RejectToken } from '../http/rate-limits.ts';
import type { ProxyUser } from './proxy-users.ts';
import { readSessionCookie, type Sessions } from './sessions.ts';
import type { TokenStore } from './token-store.ts';

/** Who sent a request. */
export interface Caller {
  /** Name of the token, or of the user that a reverse proxy authenticated; absent without authentication. */
  readonly name?: string;
  readonly role: Role;
  /** Identifies the session, token or user in rate limits; absent without authentication. */
  readonly key?: string;
  readonly isProxyUser?: true;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the onRequest hooks; undefined if the request is not authenticated. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** The role that a route requires; `public` needs no authentication. */
    role?: Role | 'public';
  }
}

export interface Access {
  /** Authenticates the request again, because its token may have been revoked or its session may have expired. */
  reauthenticate(request: FastifyRequest): Caller | undefined;
}

interface AccessDeps {
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  readonly proxyUser: (request: FastifyRequest) => ProxyUser | undefined;
  /** The role of unauthenticated callers; undefined if authentication is required. */
  readonly anonymousRole: () => Role | undefined;
  readonly rejectToken: RejectToken;
}

/** Authenticates requests and enforces the role of each route. API routes without a role cannot be registered. */
export function registerAccess(app: App, deps: AccessDeps): Access {
  const { rejectToken } = deps;

  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', ({ url, config }) => {
    if (/^\/(api|metrics)\b/.test(url) && config?.role === undefined) throw new Error(`${url} has no role`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const caller = authenticate(request, deps);
    if (caller !== 'unknown-token') request.caller = caller;
    else if (requiredRole(request) !== 'public') await rejectToken(request, reply);
  });
  // After the rate limits, which are onRequest hooks of each route, so that rejected requests count; before the body is read.
  app.addHook('preParsing', async (request, reply) => {
    const required = requiredRole(request);
    if (required !== undefined && required !== 'public') authorize(reply, request.caller, required);
  });
  return {
    reauthenticate: (request) => {
      const caller = authenticate(request, deps);
      return caller === 'unknown-token' ? undefined : caller;
    },
  };
}

const requiredRole = ({ routeOptions }: FastifyRequest): Role | 'public' | undefined => routeOptions.config?.role;

function authenticate(
  request: FastifyRequest,
  { tokens, sessions, proxyUser, anonymousRole }: AccessDeps,
): Caller | 'unknown-token' | undefined {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const bearer = token === undefined ? undefined : tokens.find(token);
  if (bearer) return { name: bearer.name, role: bearer.role, key: `token ${bearer.name}` };
  const anonymous = anonymousRole();
  if (anonymous) return { role: anonymous };
  if (token !== undefined) return 'unknown-token';
  const user = proxyUser(request);
  if (user) return { ...user, key: `user ${user.name}`, isProxyUser: true };
  const session = sessions.find(readSessionCookie(request) ?? '');
  const entry = session && tokens.findByHash(session.tokenHash);
  return session && entry && { name: entry.name, role: entry.role, key: `session ${session.key}` };
}

/** @throws HttpProblem 401 without a caller, 403 if the caller's role is too low */
function authorize(reply: FastifyReply, caller: Caller | undefined, required: Role): void {
  if (caller === undefined) {
    reply.header('www-authenticate', 'Bearer realm="feedpulse"');
    throw new HttpProblem(401, 'Authentication required: sign in, or send a token as `Authorization: Bearer …`.');
  }
  if (roles.indexOf(caller.role) < roles.indexOf(required))
    throw new HttpProblem(403, `Requires the role ${required}; you have the role ${caller.role}.`);
}
