import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { describeError } from '../client/database-errors.ts';
import { insertRows } from '../client/insert.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The same folder from src/ and from dist/, both two levels below the package's root. */
const bundled = new URL('../../../src/sink/migrations/', import.meta.url);

/**
 * Brings the schema up to date. ClickHouse has no lock to take, so every migration is written to be harmless
 * when it runs twice (IF NOT EXISTS), and several processes may start at once.
 * @returns the names of what was applied now, and of what had been.
 * @throws MIGRATION_CHECKSUM_MISMATCH when an applied file was edited, DATABASE_REJECTED when a statement fails.
 */
export async function migrate(db: Database, log: Log, folder: URL = bundled): Promise<{ applied: string[]; already: string[] }> {
  await db.writer.command({
    query: `CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
      ENGINE = ReplacingMergeTree(applied_at) ORDER BY name`,
  });
  const recorded = await readRecorded(db);
  const applied: string[] = [];
  const already: string[] = [];
  for (const migration of await readMigrations(folder)) {
    const checksum = recorded.get(migration.name);
    if (checksum === undefined) {
      await apply(db, migration);
      log.info({ migration: migration.name }, 'migration applied');
      applied.push(migration.name);
    } else if (checksum === migration.checksum) {
      already.push(migration.name);
    } else {
      throw new FeedpulseError('MIGRATION_CHECKSUM_MISMATCH', `${migration.name} differs from what was applied to this database`);
    }
  }
  return { applied, already };
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[\w-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readRecorded(db: Database): Promise<Map<string, string>> {
  const result = await db.writer.query({ query: 'SELECT name, checksum FROM schema_migrations FINAL', format: 'JSONEachRow' });
  const rows = await result.json<{ name: string; checksum: string }>();
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

async function apply(db: Database, { name, sql, checksum }: Migration): Promise<void> {
  try {
    // A statement ends with a semicolon at the end of a line.
    for (const statement of sql.split(/;[ \t]*$/m)) if (statement.trim()) await db.writer.command({ query: statement });
    await insertRows(db.writer, 'schema_migrations', [{ name, checksum }]);
  } catch (fault) {
    throw new FeedpulseError('DATABASE_REJECTED', `migration ${name} failed: ${describeError(fault)}`, { cause: fault });
  }
}
