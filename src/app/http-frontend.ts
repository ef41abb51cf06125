import type { Config } from '../config/schema.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLocalToken } from '../server/auth/token-store.ts';
import { openTokens, type RunningServer, type ServerDeps, startServer } from '../server/server.ts';
import { removeInstance, writeInstance } from './instance-file.ts';

/** What the outside sees of a run: page and API for people, and the same for other commands on this machine. */
export interface HttpFrontend {
  /** Starts the server and says where it is. @throws what `startServer` throws */
  serve(parts: Omit<ServerDeps, 'tokens'>): Promise<RunningServer>;
  close(): void;
}

/**
 * Opens the tokens, so that a run that must not listen ends before it has opened anything else. With an embedded
 * database the run is how other commands reach it: they find its address and a token in the data folder.
 * @throws INSECURE_BIND, FILE_UNREADABLE
 */
export async function openHttpFrontend(config: Config, log: Log, clock: Clock): Promise<HttpFrontend> {
  const own = config.clickhouse.url ? undefined : createLocalToken(new Date(clock.now()));
  const tokens = await openTokens(config, log, own ? [own.entry] : []);
  return {
    serve: async (parts) => {
      const server = await startServer({ ...parts, tokens });
      if (own) await writeInstance(config.dataDir, { pid: process.pid, url: fromThisMachine(server.url), token: own.token });
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

/** The address by which this machine reaches a server that listens on all of its own. */
function fromThisMachine(url: string): string {
  const given = new URL(url);
  if (given.hostname === '0.0.0.0') given.hostname = '127.0.0.1';
  if (given.hostname === '[::]') given.hostname = '[::1]';
  return given.origin;
}
