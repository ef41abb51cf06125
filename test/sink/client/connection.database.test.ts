import { readdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { type Database, openDatabase } from '../../../src/sink/client/connection.ts';
import { migrate } from '../../../src/sink/migrations/migrate.ts';
import { openTestDatabase, queryRows, quiet } from '../../support/test-database.ts';

let db: Database;
let dataDir: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ db, dataDir, remove } = await openTestDatabase());
});
afterAll(() => remove());

const migrations = readdirSync(new URL('../../../src/sink/migrations/', import.meta.url))
  .filter((name) => name.endsWith('.sql'))
  .sort();

test('migrations are applied once', async () => {
  const again = await migrate(db, quiet);
  expect(again.applied).toEqual([]);
  expect(again.alreadyApplied).toEqual(migrations);
});

test('two processes may migrate an empty database at once', async () => {
  await db.writer.command({ query: 'DROP DATABASE feedpulse' });
  await db.writer.command({ query: 'CREATE DATABASE feedpulse' });
  await Promise.all([migrate({ ...db, kind: 'server' }, quiet), migrate({ ...db, writer: db.maintenance, kind: 'server' }, quiet)]);
  expect(await queryRows(db, 'SELECT name FROM schema_migrations FINAL ORDER BY name')).toEqual(migrations.map((name) => ({ name })));
});

test('a process waits for another one that migrates, and takes over its lock if that one died', async () => {
  const lock = () =>
    db.writer.command({ query: "CREATE TABLE schema_migration_lock (at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY at" });
  const empty = async () => {
    await db.writer.command({ query: 'DROP DATABASE feedpulse SYNC' });
    await db.writer.command({ query: 'CREATE DATABASE feedpulse' });
    await lock();
  };
  await empty();
  let finished = false;
  const waiting = migrate({ ...db, kind: 'server' }, quiet).then(() => {
    finished = true;
  });
  await sleep(1_500);
  expect(finished).toBe(false);
  await db.writer.command({ query: 'DROP TABLE schema_migration_lock' });
  await waiting;
  await empty();
  expect((await migrate({ ...db, kind: 'server' }, quiet, { lockExpirySeconds: 1 })).applied).toEqual(migrations);
  expect(
    await queryRows(db, "SELECT name FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migration_lock'"),
  ).toEqual([]);
});

test.each([
  ['maintenance', 'writer'],
  ['heavyReader', 'reader'],
] as const)('statements that wait on the connection for %s do not hold up %s', async (busy, other) => {
  const long = { query: 'SELECT count() AS found FROM numbers(100000000) WHERE cityHash64(number) = 1', format: 'JSONEachRow' } as const;
  const started = performance.now();
  const many = Array.from({ length: 12 }, () => db[busy].query(long).then((result) => result.json()));
  await db[other].query({ query: 'SELECT 1', format: 'JSONEachRow' });
  const waited = performance.now() - started;
  await Promise.all(many);
  expect(waited).toBeLessThan((performance.now() - started) / 3);
});

test('a statement that fails lets the next one have its turn', async () => {
  const failing = db.maintenance.query({ query: 'SELECT nothing', format: 'JSONEachRow' });
  const next = db.maintenance.query({ query: 'SELECT 1 AS one', format: 'JSONEachRow' });
  await expect(failing).rejects.toThrow();
  expect(await (await next).json()).toEqual([{ one: 1 }]);
});

test('a migration that was edited after it was applied is rejected', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'feedpulse-migrations-'));
  await cp(new URL('../../../src/sink/migrations/', import.meta.url), copy, { recursive: true });
  await writeFile(join(copy, '0002-rollups.sql'), 'SELECT 1;\n');
  await expect(migrate(db, quiet, { dir: pathToFileURL(`${copy}/`) })).rejects.toMatchObject({
    code: 'MIGRATION_CHECKSUM_MISMATCH',
    message: expect.stringContaining('0002-rollups.sql'),
  });
  await rm(copy, { recursive: true });
});

test.each([
  ['write', "INSERT INTO posts (id) VALUES ('x')"],
  ['drop', 'DROP TABLE posts'],
  ['lift its limits', 'SET max_execution_time = 0'],
  ['leave read-only', 'SET readonly = 0'],
  ['read files', "SELECT * FROM file('/etc/hosts', 'LineAsString')"],
  ['reach the network', "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"],
])('the reader cannot %s', async (_what, query) => {
  await expect(db.reader.command({ query })).rejects.toMatchObject({ type: 'READONLY' });
});

test('a reading statement is cut off at its limits', async () => {
  await expect(db.reader.query({ query: 'SELECT number FROM numbers(1000000)', format: 'JSONEachRow' })).rejects.toMatchObject({
    type: 'TOO_MANY_ROWS_OR_BYTES',
  });
  await expect(
    db.reader.query({ query: 'SELECT groupArray(toString(number)) AS x FROM numbers(20000000)', format: 'JSONEachRow' }),
  ).rejects.toMatchObject({ type: 'MEMORY_LIMIT_EXCEEDED' });
});

test('the engine keeps to the limits it was started with', async () => {
  const settings = await queryRows(
    db,
    "SELECT name, value FROM system.server_settings WHERE name IN ('mark_cache_size', 'background_pool_size') ORDER BY name",
  );
  expect(settings).toEqual([
    { name: 'background_pool_size', value: '2' },
    { name: 'mark_cache_size', value: '33554432' },
  ]);
});

test('a server that does not answer is reported as such', async () => {
  const { clickhouse } = configSchema.parse({ clickhouse: { url: 'http://127.0.0.1:1' } });
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async () => {
      now += 10_000;
    },
  };
  await expect(openDatabase({ clickhouse, dataDir, log: quiet, clock })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
