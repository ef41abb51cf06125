import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/sink/client/connection.ts';
import { assertReadOnly } from '../../../src/sink/client/read-guard.ts';
import { openTestDatabase } from '../../support/test-database.ts';

let db: Database;
let remove: () => Promise<void>;
let listener: Server;
/** Requests that reached the address `<url>`. */
let visits = 0;

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-doors-'));
const secret = join(folder, 'secret');
const written = join(folder, 'written');
writeFileSync(secret, 'canary\n');

beforeAll(async () => {
  ({ db, remove } = await openTestDatabase());
  listener = createServer((_request, response) => {
    visits += 1;
    response.end('canary\n');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  listener.close();
  await remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody would try who could put SQL into a reading statement; <secret>, <written> and <url> are filled in. */
const doors = [
  ['read a file with a function', "SELECT file('<secret>')"],
  ['read a file with a quoted function', "SELECT `file`('<secret>')"],
  ['read a file with an escaped function', "SELECT `\\x66ile`('<secret>')"],
  ['read a file behind a comment', "SELECT file/**/('<secret>')"],
  ['read a file with a function applied to a column', "SELECT * APPLY(file) FROM (SELECT '<secret>' AS x)"],
  ['read a file as a table', "SELECT * FROM file('<secret>', 'LineAsString')"],
  ['read the columns of a file', "DESCRIBE TABLE file('<secret>', 'CSV')"],
  ['write a file', "SELECT 1 INTO OUTFILE '<written>'"],
  ['write a file from a subquery', "SELECT * FROM (SELECT 1) INTO/**/OUTFILE '<written>'"],
  ['reach an address as a table', "SELECT * FROM url('<url>', 'LineAsString')"],
  ['reach an address by its columns', "DESCRIBE TABLE url('<url>', 'CSV')"],
  ['reach an address by its columns, briefly', "DESC url('<url>', 'CSV')"],
  ['reach an address from a condition', "SELECT 1 WHERE 'canary' IN (SELECT * FROM url('<url>', 'LineAsString'))"],
  ['reach another server', "SELECT * FROM remote('<host>', system.one)"],
  ['reach a bucket', "SELECT * FROM s3('<url>', 'LineAsString')"],
  ['run a program', "SELECT * FROM executable('id', 'LineAsString', 'x String')"],
  ['see what others ask', 'SELECT query FROM system.processes'],
  ['see what others ask, by a quoted name', 'SELECT query FROM "system"."processes"'],
  ['see what others ask, by a parameter', 'SELECT * FROM {table:Identifier}'],
  ['see what others ask, merged', "SELECT * FROM merge('system', '^processes$')"],
  ['see the settings of the server', 'SELECT * FROM system.server_settings'],
  ['see all tables', 'SELECT * FROM INFORMATION_SCHEMA.tables'],
  ['end the questions of others', 'KILL QUERY WHERE 1'],
  ['write', "INSERT INTO posts (id) VALUES ('x')"],
  ['write behind a question', "SELECT 1; INSERT INTO posts (id) VALUES ('x')"],
  ['drop', 'DROP TABLE posts'],
  ['leave read-only', 'SET readonly = 0'],
  ['lift a limit', 'SELECT 1 SETTINGS max_execution_time = 0'],
  ['waste time', 'SELECT sleepEachRow(1) FROM numbers(3)'],
  ['call a model elsewhere', "SELECT aiGenerate('x')"],
  ['hide in a comment that does not end', 'SELECT 1 /* file'],
  ['hide behind a sign that is not known', 'SELECT $a$ $a$'],
] as const;

const address = (): string => `127.0.0.1:${(listener.address() as AddressInfo).port}`; // it listens on TCP

test.each(doors)('the reader cannot %s', async (_what, door) => {
  const before = visits;
  const query = door
    .replace('<secret>', secret)
    .replace('<written>', written)
    .replace('<url>', `http://${address()}/`)
    .replace('<host>', address());
  await expect(db.reader.query({ query, query_params: { table: 'system.processes' } })).rejects.toMatchObject({
    code: 'DATABASE_REJECTED',
    message: expect.not.stringContaining('SELECT'),
  });
  expect(visits).toBe(before);
  expect(existsSync(written)).toBe(false);
});

test('the engine would open some of these doors, which is why they are shut before it', async () => {
  // `command` goes past the guard; nothing of ours uses it on this connection.
  await db.reader.command({ query: `SELECT 1 INTO OUTFILE '${written}'` });
  await db.reader.command({ query: `DESCRIBE TABLE url('http://${address()}/', 'CSV')` });
  expect([existsSync(written), visits > 0]).toEqual([true, true]);
  rmSync(written);
});

test('what only reads our tables passes, whatever its text and its names hold', async () => {
  for (const query of [
    'SELECT url FROM posts -- the url of a post',
    "SELECT 'file(''x'')', 'a \\' system' AS x, 1.5e3 AS `a b`",
    "WITH x AS (SELECT count() FROM posts) SELECT * FROM x WHERE {brand:String} != '*'",
    'SELECT platform FROM posts AS p FINAL ORDER BY p.id DESC LIMIT 1;',
  ])
    await expect(db.reader.query({ query, query_params: { brand: "'; file('x')" }, format: 'JSONEachRow' })).resolves.toBeDefined();
});

test('the guard takes no longer for a statement made to slow it down', () => {
  const started = performance.now();
  for (const piece of ["'", "''", '/*', '`', '\\', '-- \n', '(', "'\\", 'a '])
    expect(() => assertReadOnly(`SELECT ${piece.repeat(50_000)} file`)).toThrow(expect.objectContaining({ code: 'DATABASE_REJECTED' }));
  expect(performance.now() - started).toBeLessThan(2_000);
});
