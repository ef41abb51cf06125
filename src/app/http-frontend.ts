import { createServer } from 'node:net';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../lib/clock.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createLocalToken } from '../server/auth/token-store.ts';
import { openCheckedTokenStore, portInUse, type RunningServer, type ServerDeps, startServer } from '../server/server.ts';
import { removeInstance, writeInstance } from './instance-file.ts';

/** Web UI and API of a running process, also used by other commands on this machine. */
export interface HttpFrontend {
  /** Starts the server and prints its address. @throws what `startServer` throws */
  serve(deps: Omit<ServerDeps, 'tokens'>): Promise<RunningServer>;
  close(): void;
}

/**
 * Checks the port and opens the tokens, so that a run that cannot bind its port fails before it opens the database.
 * With an embedded database, `serve` also writes the instance file, through which other commands find this run.
 * @throws PORT_IN_USE, INSECURE_BIND, FILE_INACCESSIBLE
 */
export async function openHttpFrontend(config: Config, log: Log, clock: Clock): Promise<HttpFrontend> {
  await checkPort(config.server);
  const localToken = config.clickhouse.url ? undefined : createLocalToken(new Date(clock.now()));
  const tokens = await openCheckedTokenStore(config, log, localToken ? [localToken.entry] : []);
  return {
    serve: async (deps) => {
      const server = await startServer({ ...deps, tokens });
      try {
        if (localToken) await writeInstance(config.dataDir, { pid: process.pid, url: localUrl(server.url), token: localToken.token });
      } catch (thrown) {
        await server.close();
        throw thrown;
      }
      process.stdout.write(`feedpulse is listening on ${server.url}\n`);
      return {
        url: server.url,
        close: async () => {
          if (localToken) await removeInstance(config.dataDir);
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
    if ('code' in error && error.code === 'EADDRINUSE') throw portInUse(host, port, error);
    throw new FeedpulseError('CONFIG_INVALID', `server.host, server.port: cannot listen on ${host}:${port}: ${error.message}.`, {
      cause: error,
    });
  }
  await new Promise((resolve) => probe.close(resolve));
}

/** Replaces a wildcard address with loopback. */
function localUrl(url: string): string {
  const address = new URL(url);
  if (address.hostname === '0.0.0.0') address.hostname = '127.0.0.1';
  if (address.hostname === '[::]') address.hostname = '[::1]';
  return address.origin;
}
