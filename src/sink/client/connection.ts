import type { ClickHouseClient } from '@clickhouse/client';
import type { ClickHouseConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createDatabaseHealth, type DatabaseHealth } from './database-health.ts';
import { openEmbedded } from './embedded.ts';
import { openRemote } from './remote.ts';

/** The connections to a ClickHouse. */
export type Connections = Omit<Database, 'health'>;

/** A ClickHouse, a server's or our own, behind one client. Settings belong into the SQL: embedded, they would stick. */
export interface Database {
  readonly kind: 'server' | 'embedded';
  /** For the feed's rows. */
  readonly writer: ClickHouseClient;
  /** For statements that take their time beside the feed: rollups. */
  readonly upkeep: ClickHouseClient;
  /** Reads our own tables only, within `readLimits`; its `query` sends nothing else (`read-guard.ts`). */
  readonly reader: ClickHouseClient;
  /** The same for questions that take their time, as those that read posts: figures don't wait behind them. */
  readonly heavyReader: ClickHouseClient;
  readonly health: DatabaseHealth;
  close(): Promise<void>;
}

/**
 * Opens the server that `clickhouse.url` names, or the embedded engine in `dataDir`.
 * @throws DATA_DIR_LOCKED, FILE_UNREADABLE, DATABASE_UNAVAILABLE, DATABASE_REJECTED, DATABASE_PLAINTEXT, DATABASE_UNTRUSTED
 */
export async function openDatabase(options: { clickhouse: ClickHouseConfig; dataDir: string; log: Log; clock?: Clock }): Promise<Database> {
  const { clickhouse, dataDir, log, clock = systemClock } = options;
  const connections = clickhouse.url
    ? await openRemote(clickhouse.url, clickhouse, log, clock)
    : await openEmbedded(dataDir, clickhouse.database);
  const db = { ...connections, health: createDatabaseHealth(clock) };
  log.info({ kind: db.kind, database: clickhouse.database }, 'database opened');
  return db;
}

/** The version of the ClickHouse server or of the embedded engine. */
export async function readDatabaseVersion(db: Database): Promise<string> {
  const answer = await db.reader.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
  const [row] = await answer.json<{ version: string }>();
  return row?.version ?? 'unknown';
}
