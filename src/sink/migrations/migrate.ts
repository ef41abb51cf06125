import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { FeedpulseError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../client/connection.ts';
import { describeError, hasErrorCode } from '../client/database-errors.ts';
import { insertRows, number, query, queryOne } from '../client/query.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const lockTable = 'schema_migration_lock';
const lockPollMs = 500;
const lockRefreshMs = 5_000;

/** The same folder from src/ and from dist/, both two levels below the package's root. */
const bundled = new URL('../../../src/sink/migrations/', import.meta.url);

/**
 * Applies the migrations that this database lacks, in order. Processes that start together take turns (see
 * `withMigrationLock`), and every migration may run again after a crash.
 * @returns the names of the migrations applied now, and of those applied before.
 * @throws MIGRATION_CHECKSUM_MISMATCH if a file changed after it was applied, DATABASE_REJECTED if a statement fails.
 */
export async function migrate(
  db: Database,
  log: Log,
  { folder = bundled, lockExpirySeconds = 30 }: { folder?: URL; lockExpirySeconds?: number } = {},
): Promise<{ applied: string[]; already: string[] }> {
  await db.writer.command({
    query: `CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
      ENGINE = ReplacingMergeTree(applied_at) ORDER BY name`,
  });
  const migrations = await readMigrations(folder);
  const already = (await findPending(db, migrations)).applied;
  if (already.length === migrations.length) return { applied: [], already };
  return withMigrationLock({ db, log, lockExpirySeconds }, async () => {
    const { pending, applied: before } = await findPending(db, migrations);
    for (const migration of pending) {
      await apply(db, migration);
      log.info({ migration: migration.name }, 'migration applied');
    }
    return { applied: pending.map(({ name }) => name), already: before };
  });
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

async function findPending(db: Database, migrations: readonly Migration[]): Promise<{ pending: Migration[]; applied: string[] }> {
  const row = z.object({ name: z.string(), checksum: z.string() });
  const rows = await query(db.writer, row, 'SELECT name, checksum FROM schema_migrations FINAL');
  const recorded = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  for (const { name, checksum } of migrations)
    if ((recorded.get(name) ?? checksum) !== checksum)
      throw new FeedpulseError('MIGRATION_CHECKSUM_MISMATCH', `migration ${name} differs from the one applied to this database`);
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
  while (!(await takeLock(writer, lockExpirySeconds))) {
    log.info({}, 'waiting for another process to finish its migrations');
    await sleep(lockPollMs);
  }
  const refresh = setInterval(() => {
    writer.command({ query: `INSERT INTO ${lockTable} VALUES (now64(3))` }).catch(() => {}); // a missed refresh is made up by the next
  }, lockRefreshMs);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await writer.command({ query: `DROP TABLE IF EXISTS ${lockTable}` });
  }
}

/** True if the lock is ours now. Drops the lock of a process that stopped refreshing it. */
async function takeLock(writer: ClickHouseClient, expirySeconds: number): Promise<boolean> {
  try {
    await writer.command({ query: `CREATE TABLE ${lockTable} (at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY at` });
    return true;
  } catch (fault) {
    if (!hasErrorCode(fault, 'TABLE_ALREADY_EXISTS')) throw rejected('create the migration lock', fault);
  }
  try {
    if (await hasExpiredLock(writer, expirySeconds)) await writer.command({ query: `DROP TABLE IF EXISTS ${lockTable}` });
  } catch (fault) {
    if (!hasErrorCode(fault, 'UNKNOWN_TABLE')) throw rejected('read the migration lock', fault); // released meanwhile
  }
  return false;
}

/** Until the first refresh, the age of the table counts. */
async function hasExpiredLock(writer: ClickHouseClient, expirySeconds: number): Promise<boolean> {
  const sql = `SELECT count() AS expired FROM system.tables
    WHERE database = currentDatabase() AND name = '${lockTable}' AND metadata_modification_time < now() - ${expirySeconds}
      AND NOT EXISTS (SELECT 1 FROM ${lockTable} WHERE at > now() - ${expirySeconds})`;
  return ((await queryOne(writer, z.object({ expired: number }), sql))?.expired ?? 0) > 0;
}

async function apply(db: Database, { name, sql, checksum }: Migration): Promise<void> {
  try {
    // A statement ends with a semicolon at the end of a line.
    for (const statement of sql.split(/;[ \t]*$/m)) if (statement.trim()) await db.writer.command({ query: statement });
    await insertRows(db.writer, 'schema_migrations', [{ name, checksum }]);
  } catch (fault) {
    throw rejected(`apply migration ${name}`, fault);
  }
}

function rejected(action: string, fault: unknown): FeedpulseError {
  return new FeedpulseError('DATABASE_REJECTED', `could not ${action}: ${describeError(fault)}`, { cause: fault });
}
