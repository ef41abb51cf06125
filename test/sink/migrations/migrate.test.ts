import { expect, test } from 'vitest';
import type { Database } from '../../../src/sink/client/connection.ts';
import { migrate } from '../../../src/sink/migrations/migrate.ts';
import { quiet } from '../../support/test-database.ts';

/** A new database that answers the first migration with this error of ClickHouse. */
const failingDatabase = (kind: Database['kind'], code: string, type: string): Database => {
  const command = async ({ query }: { query: string }) => {
    if (/CREATE TABLE IF NOT EXISTS posts/.test(query)) throw Object.assign(new Error('canary'), { code, type });
  };
  return { kind, writer: { command, query: async () => ({ json: async () => [] }) } } as unknown as Database; // what a migration uses
};

test.each([
  ['embedded', '243', 'NOT_ENOUGH_SPACE', 'FILE_INACCESSIBLE', 'the disk of the database is full (ClickHouse 243 NOT_ENOUGH_SPACE)'],
  ['server', '243', 'NOT_ENOUGH_SPACE', 'DATABASE_UNAVAILABLE', 'the disk of the database is full (ClickHouse 243 NOT_ENOUGH_SPACE)'],
  ['server', '159', 'TIMEOUT_EXCEEDED', 'DATABASE_UNAVAILABLE', 'ClickHouse 159 TIMEOUT_EXCEEDED'],
  ['server', '497', 'ACCESS_DENIED', 'DATABASE_REJECTED', 'ClickHouse 497 ACCESS_DENIED'],
] as const)('a migration that fails on a database (%s, %s %s) ends with %s', async (kind, code, type, expected, reason) => {
  const message = `Could not apply migration 0001-posts.sql: ${reason}.`;
  await expect(migrate(failingDatabase(kind, code, type), quiet)).rejects.toMatchObject({ code: expected, message });
});
