import { Agent } from 'node:https';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import type { ClickHouseConfig } from '../../config/schema.ts';
import type { Clock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { readTlsFiles } from '../../lib/tls.ts';
import type { Connections } from './connection.ts';
import { guardReads, readLimits } from './read-guard.ts';
import { withRetry } from './with-retry.ts';

const requestTimeoutMs = 30_000;
const startWithinMs = 30_000;

interface User {
  readonly username: string;
  readonly password?: string | undefined;
}

/** A client as this user, sending these settings with each request. */
type Connect = (user: User, settings?: ClickHouseSettings, database?: string) => ClickHouseClient;

/**
 * A ClickHouse server over HTTP(S); makes the database if it is not there.
 * @throws DATABASE_PLAINTEXT for a connection without encryption that leaves this machine without leave to do so,
 *   DATABASE_UNTRUSTED for a certificate, DATABASE_UNAVAILABLE when it does not answer within half a minute,
 *   DATABASE_REJECTED when it refuses, FILE_UNREADABLE.
 */
export async function openRemote(url: string, config: ClickHouseConfig, log: Log, clock: Clock): Promise<Connections> {
  const connect = connector(url, config);
  const ask = <T>(what: string, user: User, question: (client: ClickHouseClient) => Promise<T>): Promise<T> => {
    const client = connect(user);
    return withRetry(what, () => question(client), { clock, log, giveUpAfterMs: startWithinMs }).finally(() => client.close());
  };
  await ask('reach the database server', config, (client) => makeDatabase(client, config.database));
  const settings = config.reader
    ? await ask('reach the database server as the reader', config.reader, (client) => settingsOfReader(client, log))
    : { ...readLimits, readonly: 1 };
  const writer = connect(config, {}, config.database);
  const reader = guardReads(connect(config.reader ?? config, asSettings(settings), config.database));
  const close = async () => {
    await Promise.all([writer.close(), reader.close()]);
  };
  return { kind: 'server', writer, upkeep: writer, reader, heavyReader: reader, close };
}

function connector(url: string, config: ClickHouseConfig): Connect {
  const { protocol, hostname, host } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname) && !config.allowPlaintext)
    throw new FeedpulseError('DATABASE_PLAINTEXT', `The connection to ${host} would not be encrypted.`);
  const { ca } = readTlsFiles('clickhouse', config);
  return ({ username, password = '' }, settings = {}, database) =>
    withErrorCodes(
      createClient({
        url,
        username,
        password,
        ...(database ? { database } : {}),
        // Not the client's `tls`: with it the password travels in a header that holds Latin letters only.
        ...(ca && protocol === 'https:' ? { http_agent: new Agent({ ca, keepAlive: true, maxSockets: 10 }) } : {}),
        request_timeout: requestTimeoutMs,
        // Arrays of keys outgrow a URL.
        use_multipart_params_auto: true,
        clickhouse_settings: settings,
        // It would print what it sent; faults are logged where they are handled.
        log: { level: ClickHouseLogLevel.OFF },
      }),
    );
}

/** The client's own errors, a time-out above all, have no code; with one they can be told from bugs. */
function withErrorCodes(client: ClickHouseClient): ClickHouseClient {
  const addCode = <Call extends (params: never) => Promise<unknown>>(call: Call): Call =>
    (async (params: never) => {
      try {
        return await call(params);
      } catch (thrown) {
        if (thrown instanceof Error && thrown.constructor === Error && !('code' in thrown))
          Object.assign(thrown, { code: 'CLICKHOUSE_CLIENT' });
        throw thrown;
      }
    }) as Call; // the same call
  client.query = addCode(client.query.bind(client));
  client.command = addCode(client.command.bind(client));
  client.insert = addCode(client.insert.bind(client));
  return client;
}

/** Looks first: a user with rights to the database alone may not so much as try to create one that is there. */
async function makeDatabase(client: ClickHouseClient, database: string): Promise<void> {
  const query = 'SELECT name FROM system.databases WHERE name = {database:String}';
  const found = await client.query({ query, query_params: { database }, format: 'JSONEachRow' });
  if ((await found.json()).length === 0) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
}

/**
 * What the reader may be sent. A user whose profile has readonly = 2 may change any setting but that one; with
 * readonly = 1, none, and its own limits hold.
 */
async function settingsOfReader(client: ClickHouseClient, log: Log): Promise<Record<string, number>> {
  const query = `SELECT toUInt32(getSetting('readonly')) AS readonly,
    toUInt32(getSetting('max_execution_time') > 0 AND getSetting('max_memory_usage') > 0) AS limited`;
  const [own] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ readonly: number; limited: number }>();
  if (own?.readonly === 1 && own.limited === 0)
    log.warn({}, 'The reader of the database may not set limits and has none: give its profile max_execution_time and max_memory_usage');
  if (own?.readonly === 1) return {};
  return own?.readonly === 2 ? readLimits : { ...readLimits, readonly: 1 };
}

/** The client types 64-bit settings as strings. */
function asSettings(settings: Record<string, number>): ClickHouseSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}
