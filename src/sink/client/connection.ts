import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { createDatabaseHealth, type DatabaseHealth } from './database-health.ts';
import { openRemote } from './remote.ts';

/** The connections to ClickHouse, without health tracking. */
export type Connections = Omit<Database, 'health'>;

/**
 * ClickHouse behind one client interface, as a server or embedded. Put settings into the SQL: on an embedded connection,
 * the client's settings persist after the statement.
 */
export interface Database {
  readonly kind: 'server' | 'embedded';
  /** Writes the pipeline's rows. */
  readonly writer: ClickHouseClient;
  /** Runs slow background statements, such as rollups. */
  readonly maintenance: ClickHouseClient;
  /** Reads our own tables only, within `readLimits`; `read-guard.ts` rejects any other query. */
  readonly reader: ClickHouseClient;
  /** Like `reader`, for slow queries such as those over posts, so that metrics do not wait for them. */
  readonly heavyReader: ClickHouseClient;
  readonly health: DatabaseHealth;
  close(): Promise<void>;
}

/**
 * Opens the server that `clickhouse.url` names, or the embedded engine in `dataDir`.
 * @throws DATABASE_MISSING, DATA_DIR_LOCKED, FILE_INACCESSIBLE, DATABASE_UNAVAILABLE, DATABASE_REJECTED, DATABASE_PLAINTEXT, DATABASE_UNTRUSTED
 */
export async function openDatabase(options: { clickhouse: ClickHouseConfig; dataDir: string; log: Log; clock?: Clock }): Promise<Database> {
  const { clickhouse, dataDir, log, clock = systemClock } = options;
  const connections = clickhouse.url
    ? await openRemote(clickhouse.url, clickhouse, log, clock)
    : await (await loadEmbedded()).openEmbedded(dataDir, clickhouse.database);
  const db = { ...connections, health: createDatabaseHealth(clock) };
  log.info({ kind: db.kind, database: clickhouse.database }, 'database opened');
  return db;
}

/** Loaded only when it is needed: a feedpulse with a ClickHouse server works where the engine has no binary. */
async function loadEmbedded(): Promise<typeof import('./embedded.ts')> {
  try {
    return await import('./embedded.ts');
  } catch (cause) {
    const platform = `${process.platform} on ${process.arch}`;
    throw new FeedpulseError('DATABASE_MISSING', `The embedded database could not be loaded on this machine (${platform}).`, { cause });
  }
}

/** The version of the ClickHouse server or of the embedded engine. */
export async function readDatabaseVersion(db: Database): Promise<string> {
  const result = await db.reader.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
  const [row] = await result.json<{ version: string }>();
  return row?.version ?? 'unknown';
}
