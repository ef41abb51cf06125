import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { asError, FeedpulseError } from '../errors.ts';
import type { LiveHub } from '../live-hub.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Status } from '../status.ts';
import { checkBinding, registerGuards } from './guards.ts';
import { type HistoryParts, registerHistoryRoutes } from './history-routes.ts';
import { registerLiveStream } from './live-stream.ts';
import { openApiDocument } from './openapi.ts';
import { problemHandler, sendProblem } from './problem.ts';

export interface ServerParts extends HistoryParts {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly live: LiveHub;
  readonly status: () => Status;
}

export interface RunningServer {
  /** Where it answers, with the port it got. */
  readonly url: string;
  /** Ends streams and connections. */
  close(): Promise<void>;
}

const pageFolder = fileURLToPath(new URL('../web', import.meta.url));

/** Starts API, live stream, metrics and page. @throws BIND_REFUSED, PORT_TAKEN */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, log, live, status } = parts;
  checkBinding(config.server);
  const app = Fastify({ bodyLimit: 65_536, forceCloseConnections: true });
  registerGuards(app, config.server);
  app.setErrorHandler(problemHandler(log));
  registerHealthRoutes(app, parts);
  registerHistoryRoutes(app, parts);
  const stream = registerLiveStream(app, live, status);
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

function registerHealthRoutes(app: FastifyInstance, { metrics, status }: ServerParts): void {
  app.get('/healthz', async () => ({ alive: true }));
  app.get('/readyz', (_request, reply) => {
    const { ready, parts } = status();
    return reply.code(ready ? 200 : 503).send({ ready, parts });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  app.get('/api/v1/openapi.json', async () => openApiDocument('1'));
}

async function registerPage(app: FastifyInstance): Promise<void> {
  const notFound = 'There is nothing at this address.';
  if (!existsSync(pageFolder))
    throw new FeedpulseError('FILE_UNREADABLE', `The page is not built: ${pageFolder} is missing; run \`npm run setup\`.`);
  const setHeaders = (response: { setHeader(name: string, value: string): void }, path: string): void => {
    // Assets carry a hash of their content in their names.
    response.setHeader('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
  await app.register(fastifyStatic, { root: pageFolder, cacheControl: false, setHeaders });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'Not found', notFound));
}

async function listen(app: FastifyInstance, { host, port }: Config['server']): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'EADDRINUSE')
      throw new FeedpulseError('PORT_TAKEN', `Port ${port} on ${host} is taken.`, { cause: error });
    throw error;
  }
}
