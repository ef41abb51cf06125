import type { Config } from '../config/schema.ts';
import type { Log } from '../lib/log.ts';
import { type Database, openDatabase } from '../sink/client/connection.ts';
import { migrate } from '../sink/migrations/migrate.ts';

/** Opens the configured database and applies pending migrations. @throws what `openDatabase` and `migrate` throw */
export async function openMigratedDatabase({ clickhouse, dataDir }: Pick<Config, 'clickhouse' | 'dataDir'>, log: Log): Promise<Database> {
  const db = await openDatabase({ clickhouse, dataDir, log });
  try {
    await migrate(db, log);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}
