import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../../src/config/schema.ts';
import type { Log } from '../../src/lib/log.ts';
import { type Database, openDatabase } from '../../src/sink/client/connection.ts';
import { migrate } from '../../src/sink/migrations/migrate.ts';

export const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An embedded ClickHouse in a temporary directory. The engine allows one per process, so call this once per test file. */
export async function openTestDatabase(): Promise<{ db: Database; dataDir: string; remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-test-'));
  const { clickhouse } = configSchema.parse({});
  const db = await openDatabase({ clickhouse, dataDir, log: quiet });
  await migrate(db, quiet);
  const remove = async () => {
    await db.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { db, dataDir, remove };
}

/** Runs a query through the writer's connection and returns its rows. */
export async function queryRows<T>(db: Database, query: string, params: Record<string, unknown> = {}): Promise<T[]> {
  return (await db.writer.query({ query, query_params: params, format: 'JSONEachRow' })).json<T>();
}
