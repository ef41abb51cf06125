import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../../support/repository.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-stdin-'));
  await writeFile(join(dir, 'posts.ndjson'), '{"a":2}\n'.repeat(20_000));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Inserts one row into an embedded database, prints the number of rows, then reads standard input and prints its bytes. */
const program = `
  const [{ openDatabase }, { insertRows }, { openInput }] = await Promise.all(
    ['sink/client/connection.js', 'sink/client/query.js', 'lib/open-input.js'].map((path) => import(process.env.DIST + path)),
  );
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const db = await openDatabase({ clickhouse: { database: 'feedpulse' }, dataDir: process.env.DATA, log });
  await db.writer.command({ query: 'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a' });
  await insertRows(db.writer, 't', [{ a: 1 }]);
  const rows = await (await db.writer.query({ query: 'SELECT toUInt32(count()) AS rows FROM t', format: 'JSONEachRow' })).json();
  console.log('rows ' + rows[0].rows);
  if (process.env.READ) {
    let bytes = 0;
    for await (const chunk of (await openInput('-')).stream) bytes += chunk.length;
    console.log('bytes ' + bytes);
  }
  await db.close();
`;

let runs = 0;

/** Runs a shell command in which `$RUN` runs the program. The shell's standard input is a socket: half of its data comes early. */
async function run(command: string, { read = true } = {}): Promise<string> {
  runs += 1;
  const env = {
    ...process.env,
    DIST: pathToFileURL(`${repository}dist/`).href,
    DATA: join(dir, `data-${runs}`),
    READ: read ? 'yes' : '',
    PROGRAM: program,
  };
  const shell = command.replace('$RUN', `${process.execPath} --input-type=module -e "$PROGRAM"`);
  const child = spawn('sh', ['-c', shell], { cwd: dir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {}); // the program may not read it
  child.stdin.write('early\n');
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (read && !child.stdin.writableEnded && output.includes('rows')) child.stdin.end('late\n');
  });
  await new Promise((resolve) => child.once('exit', resolve));
  child.stdin.destroy();
  return output;
}

const allBytes = 'rows 1\nbytes 160000\n';

test('a file on standard input is no part of an insert, and can be read', async () => {
  expect(await run('$RUN < posts.ndjson')).toBe(allBytes);
});

test('a file is read from where another program left it', async () => {
  const rest = 'rows 1\nbytes 159992\n';
  expect(await run('(head -c 8 > /dev/null; $RUN) < posts.ndjson')).toBe(rest);
});

test('so is a pipe, whose end an insert does not wait for', async () => {
  expect(await run('(cat posts.ndjson; sleep 1) | $RUN')).toBe(allBytes);
  expect(await run('mkfifo named; cat posts.ndjson > named & $RUN < named')).toBe(allBytes);
});

test('so is a socket', async () => {
  expect(await run('exec $RUN')).toBe('rows 1\nbytes 11\n');
});

test('a socket that nobody reads does not keep the process alive', async () => {
  expect(await run('exec $RUN', { read: false })).toBe('rows 1\n');
});

test('a closed standard input is empty', async () => {
  expect(await run('$RUN <&-')).toBe('rows 1\nbytes 0\n');
});
