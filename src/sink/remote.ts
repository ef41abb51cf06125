import { readFile } from 'node:fs/promises';
import { ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import type { Clock } from '../clock.ts';
import type { ClickHouseConfig } from '../config.ts';
import { FeedpulseError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Connections } from './connection.ts';
import { readLimits } from './read-limits.ts';
import { persist } from './retry.ts';

const requestTimeoutMs = 30_000;
const startWithinMs = 30_000;

/**
 * A ClickHouse server over HTTP(S); makes the database if it is not there.
 * @throws DATABASE_UNAVAILABLE when it does not answer within half a minute, DATABASE_REJECTED when it refuses.
 */
export async function openRemote(url: string, config: ClickHouseConfig, log: Log, clock: Clock): Promise<Connections> {
  const password = config.password ?? (await readPassword(config.passwordFile));
  const connect = (settings: ClickHouseSettings, database?: string) =>
    createClient({
      url,
      username: config.username,
      password,
      ...(database ? { database } : {}),
      request_timeout: requestTimeoutMs,
      // Arrays of keys outgrow a URL.
      use_multipart_params_auto: true,
      clickhouse_settings: settings,
      // It would print what it sent; faults are logged where they are handled.
      log: { level: ClickHouseLogLevel.OFF },
    });
  const first = connect({});
  await persist('reach the database server', () => first.command({ query: `CREATE DATABASE IF NOT EXISTS ${config.database}` }), {
    clock,
    log,
    giveUpAfterMs: startWithinMs,
  }).finally(() => first.close());
  const writer = connect({}, config.database);
  const reader = connect(asSettings({ ...readLimits, readonly: 1 }), config.database);
  const close = async () => {
    await Promise.all([writer.close(), reader.close()]);
  };
  return { kind: 'server', writer, upkeep: writer, reader, close };
}

/** The client types 64-bit settings as strings. */
function asSettings(settings: Record<string, number>): ClickHouseSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

async function readPassword(file: string | undefined): Promise<string> {
  if (!file) return '';
  return (
    await readFile(file, 'utf8').catch(() => {
      throw new FeedpulseError('FILE_UNREADABLE', `cannot read clickhouse.passwordFile ${file}`);
    })
  ).trim();
}
