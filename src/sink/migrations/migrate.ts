import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { describeError, hasErrorCode, isTransient } from '../client/database-errors.ts';
import { insertRows, numeric, query, queryOne } from '../client/query.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const lockTable = 'schema_migration_lock';
const lockPollMs = 500;
const lockRefreshMs = 5_000;

/** The same directory from src/ and from dist/, both two levels below the package's root. */
const bundledDir = new URL('../../../src/sink/migrations/', import.meta.url);

/**
 * Applies the migrations that this database lacks, in order. Processes that start together take turns (see
 * `withMigrationLock`), and every migration may run again after a crash.
 * @returns the names of the newly applied and of the already applied migrations
 * @throws MIGRATION_CHECKSUM_MISMATCH if a file changed after it was applied; if a statement fails, FILE_INACCESSIBLE if the disk
 *   of the embedded database is full, DATABASE_UNAVAILABLE if it can succeed later, otherwise DATABASE_REJECTED
 */
export async function migrate(
  db: Database,
  log: Log,
  { dir = bundledDir, lockExpirySeconds = 30 }: { dir?: URL; lockExpirySeconds?: number } = {},
): Promise<{ applied: string[]; alreadyApplied: string[] }> {
  await db.writer.command({
    query: `CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
      ENGINE = ReplacingMergeTree(applied_at) ORDER BY name`,
  });
  const migrations = await readMigrations(dir);
  const alreadyApplied = (await findPending(db, migrations)).applied;
  if (alreadyApplied.length === migrations.length) return { applied: [], alreadyApplied };
  return withMigrationLock({ db, log, lockExpirySeconds }, async () => {
    const { pending, applied } = await findPending(db, migrations);
    for (const migration of pending) {
      await apply(db, migration);
      log.info({ migration: migration.name }, 'migration applied');
    }
    return { applied: pending.map(({ name }) => name), alreadyApplied: applied };
  });
}

async function readMigrations(dir: URL): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{4}-[\w-]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, dir), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function findPending(db: Database, migrations: readonly Migration[]): Promise<{ pending: Migration[]; applied: string[] }> {
  const row = z.object({ name: z.string(), checksum: z.string() });
  const rows = await query(db.writer, row, 'SELECT name, checksum FROM schema_migrations FINAL');
  const recorded = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  for (const { name, checksum } of migrations)
    if ((recorded.get(name) ?? checksum) !== checksum)
      throw new FeedpulseError('MIGRATION_CHECKSUM_MISMATCH', `Migration ${name} differs from the one applied to this database.`);
  return {
    pending: migrations.filter(({ name }) => !recorded.has(name)),
    applied: migrations.filter(({ name }) => recorded.has(name)).map(({ name }) => name),
  };
}

/**
 * Runs `work` while no other process migrates the same server database. ClickHouse has no advisory locks, but only one
 * of several CREATE TABLE statements succeeds. The holder refreshes the table, so that the lock of a process that died
 * expires. The embedded database needs none: its directory belongs to one process.
 */
async function withMigrationLock<T>(
  { db, log, lockExpirySeconds }: { db: Database; log: Log; lockExpirySeconds: number },
  work: () => Promise<T>,
): Promise<T> {
  if (db.kind === 'embedded') return work();
  const { writer } = db;
  while (!(await acquireLock(writer, lockExpirySeconds))) {
    log.info({}, 'waiting for another process to finish its migrations');
    await sleep(lockPollMs);
  }
  const refresh = setInterval(() => {
    writer.command({ query: `INSERT INTO ${lockTable} VALUES (now64(3))` }).catch(() => {}); // the next refresh makes up for a missed one
  }, lockRefreshMs);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await writer.command({ query: `DROP TABLE IF EXISTS ${lockTable}` });
  }
}

/** True if this process now has the lock. Drops the lock of a process that stopped refreshing it. */
async function acquireLock(writer: ClickHouseClient, expirySeconds: number): Promise<boolean> {
  try {
    await writer.command({ query: `CREATE TABLE ${lockTable} (at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY at` });
    return true;
  } catch (error) {
    if (!hasErrorCode(error, 'TABLE_ALREADY_EXISTS')) throw failure('create the migration lock', error, 'server');
  }
  try {
    if (await hasExpiredLock(writer, expirySeconds)) await writer.command({ query: `DROP TABLE IF EXISTS ${lockTable}` });
  } catch (error) {
    if (!hasErrorCode(error, 'UNKNOWN_TABLE')) throw failure('read the migration lock', error, 'server'); // released in the meantime
  }
  return false;
}

/** Until the first refresh, the table's age is used. */
async function hasExpiredLock(writer: ClickHouseClient, expirySeconds: number): Promise<boolean> {
  const sql = `SELECT count() AS expired FROM system.tables
    WHERE database = currentDatabase() AND name = '${lockTable}' AND metadata_modification_time < now() - ${expirySeconds}
      AND NOT EXISTS (SELECT 1 FROM ${lockTable} WHERE at > now() - ${expirySeconds})`;
  return ((await queryOne(writer, z.object({ expired: numeric }), sql))?.expired ?? 0) > 0;
}

async function apply(db: Database, { name, sql, checksum }: Migration): Promise<void> {
  try {
    // A statement ends with a semicolon at the end of a line.
    for (const statement of sql.split(/;[ \t]*$/m)) if (statement.trim()) await db.writer.command({ query: statement });
    await insertRows(db.writer, 'schema_migrations', [{ name, checksum }]);
  } catch (error) {
    throw failure(`apply migration ${name}`, error, db.kind);
  }
}

function failure(action: string, error: unknown, kind: Database['kind']): FeedpulseError {
  const isDiskFull = hasErrorCode(error, 'NOT_ENOUGH_SPACE');
  const code = isDiskFull && kind === 'embedded' ? 'FILE_INACCESSIBLE' : isTransient(error) ? 'DATABASE_UNAVAILABLE' : 'DATABASE_REJECTED';
  const reason = isDiskFull ? `the disk of the database is full (${describeError(error)})` : describeError(error);
  return new FeedpulseError(code, `Could not ${action}: ${reason}.`, { cause: error });
}
