import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import type { Config } from '../config/schema.ts';
import type { AlertTransition } from '../domain/alert.ts';
import type { ScoredPost } from '../domain/post.ts';
import type { Role } from '../domain/roles.ts';
import type { PipelineReport, PipelineStatus } from '../domain/status.ts';
import type { Clock } from '../lib/clock.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { EventBus } from '../lib/event-bus.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import { runInRequest } from '../lib/request-scope.ts';
import { registerAccess } from './auth/access.ts';
import { createProxyUsers } from './auth/proxy-users.ts';
import { createSessions } from './auth/sessions.ts';
import { type TokenEntry, tokensPath } from './auth/token-file.ts';
import { openTokenStore, type TokenStore } from './auth/token-store.ts';
import { registerAdmission } from './http/admission.ts';
import { registerCaching } from './http/caching.ts';
import { type App, createApp } from './http/create-app.ts';
import { checkBinding, isExposed, isUnencrypted, registerGuards } from './http/guards.ts';
import { registerOpenApi } from './http/openapi.ts';
import { HttpProblem, sendProblem } from './http/problem.ts';
import { registerRateLimits } from './http/rate-limits.ts';
import { registerSecurityHeaders } from './http/security-headers.ts';
import { registerApi } from './routes/api.ts';
import { type DeadLetterDeps, registerDeadLetterRoutes } from './routes/dead-letters.ts';
import type { ApiDeps } from './routes/dependencies.ts';
import { registerLiveStream } from './routes/live-stream.ts';
import { registerPipelineRoute } from './routes/pipeline.ts';
import { registerSessionRoutes } from './routes/session.ts';
import { registerTokenSettings } from './routes/token-settings.ts';

export interface ServerDeps extends ApiDeps, Pick<DeadLetterDeps, 'openDeadLetters'> {
  readonly config: Config;
  readonly tokens: TokenStore;
  readonly metrics: Metrics;
  readonly storedPosts: EventBus<ScoredPost>;
  readonly alerts: EventBus<AlertTransition>;
  readonly readStatus: () => PipelineStatus;
  readonly readPipelineReport: () => Promise<PipelineReport>;
  readonly clock: Clock;
  /** Whether ingestion needs all the CPU time that it can get. */
  readonly isIngestSaturated: () => boolean;
}

export interface RunningServer {
  /** Address with the actual port. */
  readonly url: string;
  /** Ends streams and connections. */
  close(): Promise<void>;
}

const webRoot = fileURLToPath(new URL('../web', import.meta.url));

/**
 * Opens the token file, and checks that the server is not exposed without authentication.
 * @throws INSECURE_BIND, FILE_INACCESSIBLE
 */
export async function openCheckedTokenStore(config: Config, log: Log, localTokens: readonly TokenEntry[] = []): Promise<TokenStore> {
  const tokens = await openTokenStore(tokensPath(config), log, localTokens);
  try {
    checkBinding(config.server, tokens.isRequired() || config.server.proxyAuth !== undefined);
  } catch (error) {
    tokens.close();
    throw error;
  }
  if (isUnencrypted(config.server)) log.warn({}, 'serving plain HTTP to other machines: put a TLS proxy in front');
  return tokens;
}

/** Starts API, storedPosts stream, metrics and web UI. @throws PORT_IN_USE, FILE_INACCESSIBLE if the web UI is not built */
export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { config, log, storedPosts, alerts, readStatus } = deps;
  const app = createApp({ ...config.server, log });
  try {
    await registerSecurityHeaders(app);
    registerGuards(app, { ...config.server, allowedHosts: servedHosts(config) });
    await app.register(fastifyCookie);
    const access = await registerAuthentication(app, deps);
    registerRequestScope(app, deps.clock);
    registerRequestMetrics(app, deps.metrics);
    registerHealthRoutes(app, deps);
    await registerCaching(app, deps.clock);
    registerAdmission(app, deps);
    registerApi(app, deps);
    registerPipelineRoute(app, deps.readPipelineReport);
    registerDeadLetterRoutes(app, deps);
    registerTokenSettings(app, deps);
    registerLiveStream(app, { storedPosts, alerts, readStatus, access });
    await registerWebUi(app);
    return { url: await listen(app, config.server), close: () => app.close() };
  } catch (error) {
    await app.close();
    throw error;
  }
}

const servedHosts = ({ server, alerts }: Config): string[] => [
  ...server.allowedHosts,
  ...(alerts.externalUrl === undefined ? [] : [new URL(alerts.externalUrl).hostname]),
];

/** Rate limits, authentication and sign-in. OpenAPI is registered after the rate limits, which apply to it, and before the routes it documents. */
async function registerAuthentication(app: App, { config: { server }, tokens, clock, log }: ServerDeps) {
  const rejectToken = await registerRateLimits(app, { ...server, log });
  await registerOpenApi(app);
  const sessions = createSessions(clock);
  // Without authentication: admin on loopback, viewer if the server is exposed.
  const anonymousRole = (): Role | undefined => {
    if (tokens.isRequired() || server.proxyAuth) return undefined;
    return isExposed(server) ? 'viewer' : 'admin';
  };
  const access = registerAccess(app, { tokens, sessions, proxyUser: createProxyUsers(server), anonymousRole, rejectToken });
  registerSessionRoutes(app, { tokens, sessions, anonymousRole, rejectToken, log });
  return access;
}

/** Before the idle limit of a connection, which would close it without a response. */
const maxAnswerMs = 45_000;

/**
 * Lets the queries of a request end when its client leaves, or when they wait and run for too long; then the response is a 503.
 * Requests that change something always run to their end.
 */
function registerRequestScope(app: App, clock: Clock): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return done();
    const controller = new AbortController();
    const closed = new AbortController();
    reply.raw.once('close', () => {
      closed.abort();
      if (!reply.raw.writableFinished) controller.abort();
    });
    void clock.sleep(maxAnswerMs, closed.signal).then(() => {
      if (closed.signal.aborted || reply.raw.headersSent) return;
      controller.abort(new HttpProblem(503, 'The server is too busy to answer in time; try again later.'));
    });
    runInRequest({ signal: controller.signal, client: request.caller?.key ?? request.ip }, done);
  });
}

function registerRequestMetrics(app: App, { httpSeconds }: Metrics): void {
  app.addHook('onResponse', async ({ method, routeOptions: { url } }, { statusCode, elapsedTime }) => {
    // A stream lasts as long as its viewer stays. Paths without a route are not listed: anyone can make up more of them.
    if (url === '/api/v1/stream') return;
    httpSeconds.observe({ route: url === undefined ? 'none' : `${method} ${url}`, status: String(statusCode) }, elapsedTime / 1_000);
  });
}

function registerHealthRoutes(app: App, { metrics, readStatus }: ServerDeps): void {
  app.get('/healthz', { config: { role: 'public' } }, async () => ({ alive: true }));
  app.get('/readyz', { config: { role: 'public' } }, (request, reply) => {
    const { ready, degraded, components } = readStatus();
    // Health issues may name hosts, so only authenticated callers see them.
    return reply.code(ready ? 200 : 503).send({ ready, ...(degraded && { degraded }), ...(request.caller && { components }) });
  });
  // Without its feed, the process still answers questions: a load balancer must not take the web UI away.
  app.get('/readyz/serving', { config: { role: 'public' } }, (_request, reply) => {
    const ready = readStatus().components['database'] === 'ok';
    return reply.code(ready ? 200 : 503).send({ ready });
  });
  app.get('/metrics', { config: { role: 'viewer' } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

async function registerWebUi(app: App): Promise<void> {
  if (!existsSync(webRoot))
    throw new FeedpulseError('FILE_INACCESSIBLE', `The web UI is not built: ${webRoot} is missing; run \`npm run setup\`.`);
  const setHeaders = (response: { setHeader(name: string, value: string): void }, path: string): void => {
    // Names of assets contain a hash of their content.
    response.setHeader('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
  await app.register(fastifyStatic, { root: webRoot, cacheControl: false, setHeaders, preCompressed: true });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, ({ method, url, headers }, reply) => {
    const isForPeople = method === 'GET' && !url.startsWith('/api/') && headers.accept?.includes('text/html');
    return isForPeople ? reply.code(404).type('text/html; charset=utf-8').send(notFoundPage(url)) : sendProblem(reply, 404, 'Not found.');
  });
}

/** For people who mistyped an address. The link is relative, because a proxy may serve the web UI below any path. */
const notFoundPage = (url: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Page not found · feedpulse</title>
<h1>Page not found</h1>
<p>There is no page at this address. <a href="${'../'.repeat(Math.min(20, (url.split('?')[0]?.split('/').length ?? 2) - 2)) || './'}">Go to the overview</a></p>
`;

async function listen(app: App, { host, port }: Config['server']): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'EADDRINUSE') throw portInUse(host, port, error);
    throw error;
  }
}

export function portInUse(host: string, port: number, cause: Error): FeedpulseError {
  return new FeedpulseError('PORT_IN_USE', `Port ${port} on ${host} is in use by another process.`, { cause });
}
