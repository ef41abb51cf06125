import { Agent } from 'node:https';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import type { ClickHouseConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { readTlsFiles, type TlsMaterial } from '../../lib/tls.ts';
import type { Connections } from './connection.ts';
import { guardReads, readLimits } from './read-guard.ts';
import { withRetry } from './with-retry.ts';

const requestTimeoutMs = 30_000;
const startTimeoutMs = 30_000;

interface User {
  readonly username: string;
  readonly password?: string | undefined;
}

/** Creates a client for a user that sends these settings with each request. */
type Connect = (user: User, settings?: ClickHouseSettings, database?: string) => ClickHouseClient;

/**
 * Connects to a ClickHouse server over HTTP(S). Creates the database if it does not exist.
 * @throws DATABASE_PLAINTEXT for an unencrypted connection to another machine without `allowPlaintext`,
 *   DATABASE_UNTRUSTED for an untrusted certificate, DATABASE_UNAVAILABLE without a response within 30 seconds,
 *   DATABASE_REJECTED if the server rejects the user or a statement, FILE_INACCESSIBLE
 */
export async function openRemote(url: string, config: ClickHouseConfig, log: Log, clock: Clock): Promise<Connections> {
  const connect = createConnector(url, config);
  const runOnce = <T>(action: string, user: User, statement: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const client = connect(user);
    return withRetry(action, () => statement(client), { clock, log, maxRetryMs: startTimeoutMs }).finally(() => client.close());
  };
  await runOnce('reach the database server', config, (client) => ensureDatabase(client, config.database));
  const settings = config.reader
    ? await runOnce('reach the database server as the reader', config.reader, (client) => resolveReaderSettings(client, log))
    : { ...readLimits, readonly: 1 };
  const writer = connect(config, {}, config.database);
  const reader = guardReads(connect(config.reader ?? config, toSettings(settings), config.database));
  const close = async () => {
    await Promise.all([writer.close(), reader.close()]);
  };
  return { kind: 'server', writer, maintenance: writer, reader, heavyReader: reader, close };
}

function createConnector(url: string, config: ClickHouseConfig): Connect {
  const { protocol, hostname, host } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname) && !config.allowPlaintext)
    throw new FeedpulseError('DATABASE_PLAINTEXT', `The connection to ${host} would not be encrypted.`);
  const tls = readTlsFiles('clickhouse', config);
  return (user, settings = {}, database) =>
    adaptCalls(
      user,
      createClient({
        url,
        username: user.username,
        password: user.password ?? '',
        ...(database ? { database } : {}),
        // Not the client's `tls` option, which sends the password in a header that is limited to Latin-1.
        ...(tls.ca && protocol === 'https:' ? { http_agent: createAgent(tls) } : {}),
        request_timeout: requestTimeoutMs,
        // Arrays of keys can exceed the maximum length of a URL.
        use_multipart_params_auto: true,
        clickhouse_settings: settings,
        // The client would log the data it sends. Errors are logged where they are handled.
        log: { level: ClickHouseLogLevel.OFF },
      }),
    );
}

/** Connections with the certificate authority of the moment at which they are opened. */
function createAgent(tls: TlsMaterial): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => connect({ ...options, ca: tls.ca }, callback);
  return agent;
}

/**
 * Sends the password of the moment with each request, since its file may change. Adds a code to the client's own errors, such as
 * timeouts, to distinguish them from bugs.
 */
function adaptCalls(user: User, client: ClickHouseClient): ClickHouseClient {
  const adapt = <Call extends (params: never) => Promise<unknown>>(call: Call): Call =>
    (async (params: never) => {
      try {
        const { username, password = '' } = user;
        return await call({ ...(params as object), auth: { username, password } } as never); // every call takes them
      } catch (thrown) {
        if (thrown instanceof Error && thrown.constructor === Error && !('code' in thrown))
          Object.assign(thrown, { code: 'CLICKHOUSE_CLIENT' });
        throw thrown;
      }
    }) as Call; // the same call
  client.query = adapt(client.query.bind(client));
  client.command = adapt(client.command.bind(client));
  client.insert = adapt(client.insert.bind(client));
  return client;
}

/** Checks first, because CREATE DATABASE IF NOT EXISTS needs a privilege even if the database exists. */
async function ensureDatabase(client: ClickHouseClient, database: string): Promise<void> {
  const query = 'SELECT name FROM system.databases WHERE name = {database:String}';
  const found = await client.query({ query, query_params: { database }, format: 'JSONEachRow' });
  if ((await found.json()).length === 0) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
}

/**
 * The settings to send as the reader. With readonly = 2 in its profile it can change every other setting; with
 * readonly = 1 it can change none, and the limits of its profile apply.
 */
async function resolveReaderSettings(client: ClickHouseClient, log: Log): Promise<Record<string, number>> {
  const query = `SELECT toUInt32(getSetting('readonly')) AS readonly,
    toUInt32(getSetting('max_execution_time') > 0 AND getSetting('max_memory_usage') > 0) AS limited`;
  const [profile] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ readonly: number; limited: number }>();
  if (profile?.readonly === 1 && profile.limited === 0)
    log.warn(
      {},
      'the ClickHouse reader user can neither set limits nor has any; set max_execution_time and max_memory_usage in its profile',
    );
  if (profile?.readonly === 1) return {};
  return profile?.readonly === 2 ? readLimits : { ...readLimits, readonly: 1 };
}

/** The client types 64-bit settings as strings. */
function toSettings(settings: Record<string, number>): ClickHouseSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}
