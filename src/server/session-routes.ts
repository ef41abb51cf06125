import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { SessionState } from '../access.ts';
import type { Log } from '../log.ts';
import { requireRole } from './access.ts';
import type { WrongToken } from './limits.ts';
import { parseQuery } from './query-schemas.ts';
import { readSessionCookie, sessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { TokenBook } from './token-book.ts';

const path = '/api/v1/session';
const mostBytes = 1_024;

export const signInBody = z.strictObject({ token: z.string().min(1).max(200).describe('An API token') });

/** Sign-in for the page: a token is given once, and a cookie that scripts cannot read stands for it from then on. */
export function registerSessionRoutes(
  app: FastifyInstance,
  { tokens, sessions, wrongToken, log }: { tokens: TokenBook; sessions: Sessions; wrongToken: WrongToken; log: Log },
): void {
  app.get(path, requireRole('anyone'), async ({ caller }): Promise<SessionState> => {
    const required = tokens.required();
    if (!caller) return { required };
    return { required, role: caller.role, ...(caller.name !== undefined && { name: caller.name }) };
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
