import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/schema.ts';
import type { AlertTransition } from '../domain/alert.ts';
import type { Role } from '../domain/roles.ts';
import type { PipelineReport, PipelineStatus } from '../domain/status.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { EventBus, PostBus } from '../lib/event-bus.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { registerAccess, requireRole } from './auth/access.ts';
import { createProxyUsers } from './auth/proxy-users.ts';
import { createSessions } from './auth/sessions.ts';
import { type TokenEntry, tokensPath } from './auth/token-file.ts';
import { openTokenStore, type TokenStore } from './auth/token-store.ts';
import { registerCaching } from './http/caching.ts';
import { createApp } from './http/create-app.ts';
import { checkBinding, isExposed, isUnencrypted, registerGuards } from './http/guards.ts';
import { registerLimits } from './http/limits.ts';
import { openApiDocument, queries } from './http/openapi.ts';
import { problemHandler, sendProblem } from './http/problem.ts';
import { type ApiDeps, registerApi } from './routes/api.ts';
import { type DeadLetterDeps, registerDeadLetterRoutes } from './routes/dead-letter-routes.ts';
import { registerLiveStream } from './routes/live-stream.ts';
import { registerSessionRoutes } from './routes/session-routes.ts';

export interface ServerDeps extends ApiDeps, Pick<DeadLetterDeps, 'deadLetters'> {
  readonly config: Config;
  readonly tokens: TokenStore;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly live: PostBus;
  readonly alerts: EventBus<AlertTransition>;
  readonly status: () => PipelineStatus;
  readonly pipeline: () => Promise<PipelineReport>;
}

export interface RunningServer {
  /** Where it answers, with the port it got. */
  readonly url: string;
  /** Ends streams and connections. */
  close(): Promise<void>;
}

const pageFolder = fileURLToPath(new URL('../web', import.meta.url));

/**
 * Opens the tokens, and makes sure that nobody is let in who should not be.
 * @throws INSECURE_BIND, FILE_UNREADABLE
 */
export async function openTokens(config: Config, log: Log, own: readonly TokenEntry[] = []): Promise<TokenStore> {
  const tokens = await openTokenStore(tokensPath(config), log, own);
  try {
    checkBinding(config.server, tokens.required() || config.server.proxyAuth !== undefined);
  } catch (error) {
    tokens.close();
    throw error;
  }
  if (isUnencrypted(config.server)) log.warn({}, 'others can read what goes over the network: put a proxy with TLS in front');
  return tokens;
}

/** Starts API, live stream, metrics and page. @throws PORT_IN_USE, FILE_UNREADABLE when the page is not built */
export async function startServer(parts: ServerDeps): Promise<RunningServer> {
  const { config, tokens, log, live, clock, status } = parts;
  const app = createApp(config.server);
  registerGuards(app, config.server);
  app.setErrorHandler(problemHandler(log));
  const wrongToken = await registerLimits(app, { ...config.server, log });
  const sessions = createSessions(clock);
  // Where nobody has to say who they are, everything may be done from this machine, and from others, where that is allowed, be looked at.
  const openRole = (): Role | undefined => {
    if (tokens.required() || config.server.proxyAuth) return undefined;
    return isExposed(config.server) ? 'viewer' : 'admin';
  };
  const proxyUser = createProxyUsers(config.server);
  const access = registerAccess(app, { tokens, sessions, proxyUser, openRole, wrongToken });
  registerHealthRoutes(app, parts);
  registerSessionRoutes(app, { tokens, sessions, openRole, wrongToken, log });
  await registerCaching(app, Object.keys(queries), clock);
  registerApi(app, parts);
  // Commands look at dead letters by themselves: they need no database.
  registerDeadLetterRoutes(app, parts);
  const stream = registerLiveStream(app, { live, alerts: parts.alerts, readStatus: status, access });
  await registerPage(app);
  const url = await listen(app, config.server);
  return {
    url,
    close: async () => {
      stream.close();
      await app.close();
    },
  };
}

function registerHealthRoutes(app: FastifyInstance, { metrics, status, pipeline }: ServerDeps): void {
  app.get('/healthz', requireRole('anyone'), async () => ({ alive: true }));
  app.get('/readyz', requireRole('anyone'), (request, reply) => {
    const { ready, components } = status();
    // What is wrong with a part may name hosts; that is for those who may look at the rest.
    return reply.code(ready ? 200 : 503).send(request.caller ? { ready, components } : { ready });
  });
  app.get('/metrics', requireRole('viewer'), async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/api/v1/pipeline', requireRole('viewer'), pipeline);
  app.get('/api/v1/openapi.json', requireRole('viewer'), async () => openApiDocument('1'));
}

async function registerPage(app: FastifyInstance): Promise<void> {
  const notFound = 'There is nothing at this address.';
  if (!existsSync(pageFolder))
    throw new FeedpulseError('FILE_UNREADABLE', `The page is not built: ${pageFolder} is missing; run \`npm run setup\`.`);
  const setHeaders = (response: { setHeader(name: string, value: string): void }, path: string): void => {
    // Assets carry a hash of their content in their names.
    response.setHeader('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
  await app.register(fastifyStatic, { root: pageFolder, cacheControl: false, setHeaders, preCompressed: true });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (_request, reply) => sendProblem(reply, 404, 'Not found', notFound));
}

async function listen(app: FastifyInstance, { host, port }: Config['server']): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'EADDRINUSE')
      throw new FeedpulseError('PORT_IN_USE', `Port ${port} on ${host} is taken.`, { cause: error });
    throw error;
  }
}
