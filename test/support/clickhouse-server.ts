import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@clickhouse/client';
import type { IssuedCertificate } from './certificates.ts';
import { freePort } from './free-port.ts';

const serverScript = fileURLToPath(new URL('./clickhouse/http-server.mjs', import.meta.url));

/** A fault injected into one statement, once. */
export interface ServerFault {
  /** Substring of the SQL statement. */
  readonly statement: string;
  /** Before or after execution. After it, the client cannot know the outcome. */
  readonly when: 'before' | 'after';
  /** Reset the connection, respond with the ClickHouse error `code`, or delay by `ms`. */
  readonly how: 'reset' | 'error' | 'slow';
  readonly code?: number;
  readonly ms?: number;
}

/** A user besides the writer. */
export interface ServerUser {
  readonly password: string;
  /** ClickHouse's `readonly`: 1 forbids changing settings, 2 only `readonly` itself. */
  readonly readonly?: 1 | 2;
  /** Further settings of the user's profile. */
  readonly settings?: Readonly<Record<string, number>>;
  /** One of the options' `roles`; without it the user has all privileges. */
  readonly role?: string;
}

export interface ServerOptions {
  readonly tls?: IssuedCertificate;
  readonly users?: Readonly<Record<string, ServerUser>>;
  /** GRANT statements by the name of the role, without TO. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

export interface TestClickHouse {
  readonly url: string;
  /** Environment variables that connect feedpulse as the writer. */
  readonly env: Readonly<Record<string, string>>;
  injectFault(fault: ServerFault): Promise<void>;
  /** Runs a query as an administrator and returns its rows. */
  rows<T>(query: string): Promise<T[]>;
  /** Runs a statement as an administrator. */
  command(query: string): Promise<void>;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
  /** After a kill, on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const writer = { name: 'feedpulse', password: 'not a secret: é"\'' };
/** May read, and change settings other than `readonly`. */
export const readOnlyUser = { name: 'read_only', password: 'not a secret either' };

/** Starts a ClickHouse server on a free loopback port; `clickhouse/http-server.mjs` says how it differs from a real one. */
export async function startClickHouse(options: ServerOptions = {}): Promise<TestClickHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-clickhouse-'));
  const port = await freePort();
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  let child = await startServer(dataDir, port, options);
  const tls = options.tls ? { http_agent: new Agent({ ca: options.tls.authority }) } : {};
  const client = createClient({ url, username: writer.name, password: writer.password, ...tls });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url,
    env: {
      FEEDPULSE_CLICKHOUSE_URL: url,
      FEEDPULSE_CLICKHOUSE_USERNAME: writer.name,
      FEEDPULSE_CLICKHOUSE_PASSWORD: writer.password,
    },
    injectFault: async (fault) => {
      const acknowledged = once(child, 'message');
      child.send(fault);
      await acknowledged;
    },
    rows: async <T>(query: string) => (await client.query({ query, format: 'JSONEachRow' })).json<T>(),
    command: async (query) => void (await client.command({ query })),
    kill,
    restart: async () => {
      child = await startServer(dataDir, port, options);
    },
    stop: async () => {
      await client.close();
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startServer(dataDir: string, port: number, { tls, roles, users: otherUsers }: ServerOptions): Promise<ChildProcess> {
  const users = {
    [writer.name]: { password: writer.password },
    [readOnlyUser.name]: { password: readOnlyUser.password, readonly: 2 },
    ...otherUsers,
  };
  const child = fork(serverScript, [dataDir, String(port), JSON.stringify({ users, roles, tls })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the test server exited with ${code} before it was ready`);
  });
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => {}); // later exits are expected
  return child;
}
