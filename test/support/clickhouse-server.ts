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

const front = fileURLToPath(new URL('./clickhouse/http-server.mjs', import.meta.url));

/** What goes wrong with one statement, once. */
export interface ServerFault {
  /** Part of the SQL of the statement that it befalls. */
  readonly statement: string;
  /** Before it is carried out, or after: then the outcome is unknown to who sent it. */
  readonly when: 'before' | 'after';
  /** The connection is reset, the server answers with ClickHouse's `code`, or it takes `ms` longer. */
  readonly how: 'reset' | 'error' | 'slow';
  readonly code?: number;
  readonly ms?: number;
}

/** A user beside the writing one. */
export interface ServerUser {
  readonly password: string;
  /** 1: may change no setting; 2: any but this one. */
  readonly readonly?: 1 | 2;
  /** Further settings of the user's profile. */
  readonly settings?: Readonly<Record<string, number>>;
  /** One of the options' `roles`; without it the user may do everything. */
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
  /** Settings of feedpulse for a user that may write. */
  readonly env: Readonly<Record<string, string>>;
  injectFault(fault: ServerFault): Promise<void>;
  /** Rows of a statement. */
  rows<T>(query: string): Promise<T[]>;
  /** Runs a statement as an administrator. */
  command(query: string): Promise<void>;
  /** SIGKILL: no last word. */
  kill(): Promise<void>;
  /** After a kill, on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const writer = { name: 'feedpulse', password: 'not a secret: é"\'' };
/** May read, and change settings other than `readonly`. */
export const readOnlyUser = { name: 'onlooker', password: 'looks on' };

/** Starts the engine as a server of its own on a free loopback port; see `clickhouse/http-server.mjs` for how it differs from a real one. */
export async function startClickHouse(options: ServerOptions = {}): Promise<TestClickHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-clickhouse-'));
  const port = await freePort();
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  let child = await startServer(folder, port, options);
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
      const noted = once(child, 'message');
      child.send(fault);
      await noted;
    },
    rows: async <T>(query: string) => (await client.query({ query, format: 'JSONEachRow' })).json<T>(),
    command: async (query) => void (await client.command({ query })),
    kill,
    restart: async () => {
      child = await startServer(folder, port, options);
    },
    stop: async () => {
      await client.close();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(folder: string, port: number, { tls, roles, users: more }: ServerOptions): Promise<ChildProcess> {
  const users = {
    [writer.name]: { password: writer.password },
    [readOnlyUser.name]: { password: readOnlyUser.password, readonly: 2 },
    ...more,
  };
  const child = fork(front, [folder, String(port), JSON.stringify({ users, roles, tls })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the test server ended with ${code} before it was ready`);
  });
  await Promise.race([once(child, 'message'), died]);
  died.catch(() => {}); // later ends are wanted
  return child;
}
