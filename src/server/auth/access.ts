import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Role, roles } from '../../domain/roles.ts';
import type { WrongToken } from '../http/limits.ts';
import { sendProblem } from '../http/problem.ts';
import type { ProxyUser } from './proxy-users.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { TokenStore } from './token-store.ts';

/** Who sent a request. */
export interface Caller {
  /** The name of the token, or of whom a reverse proxy has signed in; none where neither is needed. */
  readonly name?: string;
  readonly role: Role;
  /** Names the session, token or user in limits; none where none is needed. */
  readonly key?: string;
  readonly byProxy?: true;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Known after the first hooks. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    role?: Role | 'anyone';
  }
}

/** For a route that only callers with this role, or one above it, may use; `anyone` needs no token. */
export function requireRole(role: Role | 'anyone'): { config: { role: Role | 'anyone' } } {
  return { config: { role } };
}

export interface Access {
  /** Who sent the request, as of now: a token may have been removed, a session have ended. */
  callerOf(request: FastifyRequest): Caller | undefined;
}

interface AccessDeps {
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  readonly proxyUser: (request: FastifyRequest) => ProxyUser | undefined;
  /** The role of everybody where it is; undefined where nobody gets in unknown. */
  readonly openRole: () => Role | undefined;
  readonly wrongToken: WrongToken;
}

/** Finds out who asks, and lets nobody past who may not. A route of the API that names no role cannot be registered. */
export function registerAccess(app: FastifyInstance, parts: AccessDeps): Access {
  const { wrongToken } = parts;
  const callerOf = (request: FastifyRequest): Caller | 'wrong' | undefined => identify(request, parts);

  app.decorateRequest('caller', undefined);
  app.addHook('onRoute', ({ url, config }) => {
    if (/^\/(api|metrics)\b/.test(url) && config?.role === undefined) throw new Error(`${url} names no role`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const caller = callerOf(request);
    if (caller !== 'wrong') request.caller = caller;
    else if (roleOf(request) !== 'anyone') return wrongToken(request, reply);
    return undefined;
  });
  // After the limits, which are hooks of each route: who is refused is counted too. Before a body is read.
  app.addHook('preParsing', async (request, reply) => {
    const needed = roleOf(request);
    return needed === undefined || needed === 'anyone' ? undefined : refuse(reply, request.caller, needed);
  });
  return {
    callerOf: (request) => {
      const caller = callerOf(request);
      return caller === 'wrong' ? undefined : caller;
    },
  };
}

const roleOf = ({ routeOptions }: FastifyRequest): Role | 'anyone' | undefined => routeOptions.config?.role;

function identify(request: FastifyRequest, { tokens, sessions, proxyUser, openRole }: AccessDeps): Caller | 'wrong' | undefined {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const bearer = token === undefined ? undefined : tokens.find(token);
  if (bearer) return { name: bearer.name, role: bearer.role, key: `token ${bearer.name}` };
  const everybody = openRole();
  if (everybody) return { role: everybody };
  if (token !== undefined) return 'wrong';
  const user = proxyUser(request);
  if (user) return { ...user, key: `user ${user.name}`, byProxy: true };
  const session = sessions.find(readSessionCookie(request) ?? '');
  const entry = session && tokens.byHash(session.tokenHash);
  return session && entry && { name: entry.name, role: entry.role, key: `session ${session.key}` };
}

/** Answers a caller who may not; undefined for one who may. */
function refuse(reply: FastifyReply, caller: Caller | undefined, needed: Role): FastifyReply | undefined {
  if (caller === undefined) {
    reply.header('www-authenticate', 'Bearer realm="feedpulse"');
    return sendProblem(reply, 401, 'Unauthorized', 'A token is needed here: sign in, or send it as `Authorization: Bearer …`.');
  }
  if (roles.indexOf(caller.role) < roles.indexOf(needed))
    return sendProblem(reply, 403, 'Forbidden', `This needs the role ${needed}; the token has the role ${caller.role}.`);
  return undefined;
}
