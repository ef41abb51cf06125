import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Role, roles } from '../../domain/roles.ts';
import type { SessionState } from '../../domain/session.ts';
import type { Log } from '../../lib/log.ts';
import { clearSessionCookie, readSessionCookie, type Sessions, setSessionCookie } from '../auth/sessions.ts';
import type { TokenStore } from '../auth/token-store.ts';
import type { App } from '../http/create-app.ts';

const path = '/api/v1/session';
const maxBodyBytes = 1_024;

const signInBody = z.strictObject({ token: z.string().min(1).max(200).describe('An API token') });

const sessionResponse = z
  .strictObject({
    authRequired: z.boolean().describe('Whether requests need a token or a session'),
    name: z.string().exactOptional(),
    role: z.enum(roles).exactOptional(),
    isProxyUser: z.literal(true).exactOptional().describe('Authenticated by a reverse proxy'),
  })
  .describe('The caller') satisfies z.ZodType<SessionState>;

export interface SessionDeps {
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  readonly anonymousRole: () => Role | undefined;
  readonly rejectToken: (request: FastifyRequest, reply: FastifyReply) => Promise<never>;
  readonly log: Log;
}

/** Sign-in for the web UI: exchanges an API token for a cookie that scripts cannot read. */
export function registerSessionRoutes(app: App, { tokens, sessions, anonymousRole, rejectToken, log }: SessionDeps): void {
  const config = { role: 'public' } as const;

  const readSchema = { summary: 'Whether a token is required, and who is signed in', response: { 200: sessionResponse } };
  app.get(path, { config, schema: readSchema }, async ({ caller }) => {
    const authRequired = anonymousRole() === undefined;
    if (!caller) return { authRequired };
    const { role, name, isProxyUser } = caller;
    return { authRequired, role, ...(name !== undefined && { name }), ...(isProxyUser && { isProxyUser }) };
  });

  const signInSchema = {
    summary: 'Opens a 12-hour session (cookie)',
    body: signInBody,
    response: { 200: sessionResponse },
  };
  app.post(path, { config, bodyLimit: maxBodyBytes, schema: signInSchema }, async (request, reply) => {
    const entry = tokens.find(request.body.token);
    if (!entry) return rejectToken(request, reply);
    sessions.end(readSessionCookie(request) ?? '');
    setSessionCookie(request, reply, sessions.start(entry.hash));
    log.info({ name: entry.name, address: request.ip }, 'signed in');
    return { authRequired: true, name: entry.name, role: entry.role };
  });

  const signOutSchema = { summary: 'Ends the session', response: { 204: z.undefined().describe('The session has ended') } };
  app.delete(path, { config, schema: signOutSchema }, async (request, reply) => {
    sessions.end(readSessionCookie(request) ?? '');
    clearSessionCookie(request, reply);
    return reply.code(204).send();
  });
}
