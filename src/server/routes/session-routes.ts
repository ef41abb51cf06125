import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Role, SessionState } from '../../domain/roles.ts';
import type { Log } from '../../lib/log.ts';
import { requireRole } from '../auth/access.ts';
import { readSessionCookie, sessionCookie } from '../auth/session-cookie.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { TokenStore } from '../auth/token-store.ts';
import type { WrongToken } from '../http/limits.ts';
import { parseQuery } from './query-schemas.ts';

const path = '/api/v1/session';
const mostBytes = 1_024;

export const signInBody = z.strictObject({ token: z.string().min(1).max(200).describe('An API token') });

export interface SessionDeps {
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  readonly openRole: () => Role | undefined;
  readonly wrongToken: WrongToken;
  readonly log: Log;
}

/** Sign-in for the page: a token is given once, and a cookie that scripts cannot read stands for it from then on. */
export function registerSessionRoutes(app: FastifyInstance, { tokens, sessions, openRole, wrongToken, log }: SessionDeps): void {
  app.get(path, requireRole('anyone'), async ({ caller }): Promise<SessionState> => {
    const required = openRole() === undefined;
    if (!caller) return { required };
    const { role, name, byProxy } = caller;
    return { required, role, ...(name !== undefined && { name }), ...(byProxy && { byProxy }) };
  });

  app.post(path, { ...requireRole('anyone'), bodyLimit: mostBytes }, async (request, reply) => {
    const entry = tokens.find(parseQuery(signInBody, request.body).token);
    if (!entry) return wrongToken(request, reply);
    sessions.end(readSessionCookie(request) ?? '');
    reply.header('set-cookie', sessionCookie(request, sessions.start(entry.hash)));
    log.info({ name: entry.name, address: request.ip }, 'signed in');
    return reply.send({ required: true, name: entry.name, role: entry.role } satisfies SessionState);
  });

  app.delete(path, requireRole('anyone'), async (request, reply) => {
    sessions.end(readSessionCookie(request) ?? '');
    return reply.code(204).header('set-cookie', sessionCookie(request)).send();
  });
}
