import { createServer } from 'node:net';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../lib/clock.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createLocalToken } from '../server/auth/token-store.ts';
import { openCheckedTokenStore, type RunningServer, type ServerDeps, startServer } from '../server/server.ts';
import { removeInstance, writeInstance } from './instance-file.ts';

/** The web UI and the API of a run, for people and for other commands on this machine. */
export interface HttpFrontend {
  /** Starts the server and prints its address. @throws what `startServer` throws */
  serve(deps: Omit<ServerDeps, 'tokens'>): Promise<RunningServer>;
  close(): void;
}

/**
 * Checks the port and opens the tokens, so that a run that cannot or must not listen ends before it opens anything
 * else. With an embedded database, `serve` also writes the instance file, through which other commands find this run.
 * @throws PORT_IN_USE, INSECURE_BIND, FILE_INACCESSIBLE
 */
export async function openHttpFrontend(config: Config, log: Log, clock: Clock): Promise<HttpFrontend> {
  await checkPort(config.server);
  const own = config.clickhouse.url ? undefined : createLocalToken(new Date(clock.now()));
  const tokens = await openCheckedTokenStore(config, log, own ? [own.entry] : []);
  return {
    serve: async (deps) => {
      const server = await startServer({ ...deps, tokens });
      try {
        if (own) await writeInstance(config.dataDir, { pid: process.pid, url: localUrl(server.url), token: own.token });
      } catch (thrown) {
        await server.close();
        throw thrown;
      }
      process.stdout.write(`feedpulse is live at ${server.url}\n`);
      return {
        url: server.url,
        close: async () => {
          if (own) await removeInstance(config.dataDir);
          await server.close();
        },
      };
    },
    close: () => tokens.close(),
  };
}

/** Listens on the address for a moment; port 0 is always free. @throws PORT_IN_USE, CONFIG_INVALID */
export async function checkPort({ host, port }: Pick<Config['server'], 'host' | 'port'>): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (thrown) {
    const error = asError(thrown);
    if ('code' in error && error.code === 'EADDRINUSE')
      throw new FeedpulseError('PORT_IN_USE', `Port ${port} on ${host} is in use by another process.`, { cause: error });
    throw new FeedpulseError('CONFIG_INVALID', `server.host, server.port: cannot listen on ${host}:${port}: ${error.message}.`, {
      cause: error,
    });
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** The address at which this machine reaches a server that listens on all interfaces. */
function localUrl(url: string): string {
  const given = new URL(url);
  if (given.hostname === '0.0.0.0') given.hostname = '127.0.0.1';
  if (given.hostname === '[::]') given.hostname = '[::1]';
  return given.origin;
}
