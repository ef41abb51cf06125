import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { openDatabase } from '../../../src/sink/client/connection.ts';
import { migrate } from '../../../src/sink/migrations/migrate.ts';
import { queryRows, quiet } from '../../support/test-database.ts';

/** Holds a folder open, as another feedpulse would, until it is killed. */
const holder = `
  import { Session } from 'chdb';
  new Session(process.argv[1]).query('SELECT 1');
  console.log('open');
  setInterval(() => {}, 1_000);
  setTimeout(() => process.exit(), 60_000);`;

test('a data folder belongs to one process, and keeps its rows when that one is gone', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-test-'));
  await mkdir(join(dataDir, 'clickhouse'));
  const { clickhouse } = configSchema.parse({});
  const other = spawn(process.execPath, ['--input-type=module', '--eval', holder, join(dataDir, 'clickhouse')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');

  await expect(openDatabase({ clickhouse, dataDir, log: quiet })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });

  other.kill('SIGKILL');
  await once(other, 'exit');
  const db = await openDatabase({ clickhouse, dataDir, log: quiet });
  const { applied } = await migrate(db, quiet);
  await db.close();
  const again = await openDatabase({ clickhouse, dataDir, log: quiet });
  expect(await queryRows(again, 'SELECT count() AS migrations FROM schema_migrations FINAL')).toEqual([{ migrations: applied.length }]);
  await again.close();
  await rm(dataDir, { recursive: true });
}, 30_000);

test('a data folder that cannot be made is named', async () => {
  const { clickhouse } = configSchema.parse({});
  await expect(openDatabase({ clickhouse, dataDir: '/dev/null/data', log: quiet })).rejects.toMatchObject({
    code: 'FILE_INACCESSIBLE',
    message: expect.stringContaining('/dev/null/data'),
  });
});
