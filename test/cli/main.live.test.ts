import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, feedpulse, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { readText, repository } from '../support/repository.ts';

let folder: string;
let posts: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-main-'));
  posts = join(folder, 'posts.ndjson');
  await writeFile(posts, '{"platform":"chirper","id":"1","text":"I love my Kestrel"}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const names = [...readText('src/cli/main.ts').matchAll(/import\('\.\/commands\/.*'\)\)\.define(\w+)Command/g)].map(([, name = '']) =>
  name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase(),
);

test('the version is printed without loading the program', async () => {
  const probe = join(folder, 'probe.cjs');
  await writeFile(probe, "process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS));\n");
  const started = Date.now();
  const { code, output } = await runCommand(['--version'], { NODE_OPTIONS: `--require ${probe}` });
  expect(code).toBe(0);
  expect(output).toMatch(/^\d+\.\d+\.\d+/);
  // A machine under load is slow; usually it takes 0.2 s.
  expect(Date.now() - started).toBeLessThan(3_000);
  expect(Number(/maxRSS (\d+)/.exec(output)?.[1])).toBeLessThan(90 * 1_024);
});

const checkHelp = async (some: readonly string[]): Promise<void> => {
  for (const name of some) {
    const { code, output } = await runCommand(['help', name]);
    expect([name, code, output]).toEqual([name, 0, expect.stringMatching(/Usage: node .*feedpulse\.cjs/)]);
    expect(output).not.toMatch(/[`$] ?feedpulse /);
  }
};

test('help lists every command, and each command has its own', async () => {
  const { stdout } = await feedpulse('--help');
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  const half = Math.ceil(names.length / 2);
  // Two at a time: a command loads its modules to describe itself.
  await Promise.all([names.slice(0, half), names.slice(half)].map((some) => checkHelp(some)));
});

test('a reader that leaves early, as head does, is no error', async () => {
  const script = 'node bin/feedpulse.cjs help | true; echo code $PIPESTATUS';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: repository });
  expect([stdout, stderr]).toEqual(['code 0\n', '']);
});

describe('a run that cannot start ends at once and says why:', () => {
  const run = (data: string, ...args: string[]) => runCommand(['run', '--data-dir', join(folder, data), '--log-level', 'error', ...args]);

  test('its port is in use: nothing else has been opened', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { code, output } = await run('port', '--source', 'demo', '--port', port);
    expect([code, output]).toEqual([8, expect.stringMatching(/^PORT_IN_USE: Port \d+ on 127\.0\.0\.1 is in use/)]);
    expect(await readdir(folder)).not.toContain('port');
    other.close();
  });

  test('a failure after the server has started closes the server, the model and the database', async () => {
    await mkdir(join(folder, 'late', 'instance.json', 'is-a-folder'), { recursive: true });
    const { code, output } = await run('late', '--source', 'demo', '--port', '0');
    expect([code, output]).toEqual([3, expect.stringMatching(/^FILE_INACCESSIBLE: Cannot write instance\.json in/m)]);
  });

  test.each([
    ['a file that does not exist', ['--source', 'ndjson', '--in', '/nowhere.ndjson'], 3, /^FILE_INACCESSIBLE: ENOENT/],
    ['no source', [], 2, /^CONFIG_INVALID: source: .*demo, kafka, mastodon or ndjson/],
  ])('%s, before the model is loaded', async (_, args, code, message) => {
    expect(await run('source', '--port', '0', '--model', '/nowhere', ...args)).toEqual({ code, output: expect.stringMatching(message) });
  });

  test('brokers that do not respond, before the model is loaded', async () => {
    const env = { FEEDPULSE_KAFKA_BROKERS: '127.0.0.1:1' };
    const args = ['run', '--source', 'kafka', '--port', '0', '--model', '/nowhere', '--data-dir', join(folder, 'kafka')];
    expect(await runCommand([...args, '--log-level', 'silent'], env)).toEqual({
      code: 5,
      output: expect.stringMatching(/^KAFKA_UNAVAILABLE/),
    });
  });
});

test.each([
  ['score', ['score', '/nowhere/posts']],
  ['score, for its output', ['score', join(repository, 'examples/posts.ndjson'), '--out', '/nowhere/scored']],
  ['score, given a folder', ['score', repository]],
  ['produce', ['produce', '/nowhere/posts']],
  ['eval', ['eval', '/nowhere/posts']],
  ['alerts backtest', ['alerts', 'backtest', '--csv', '/nowhere/posts']],
])('%s reports a file that it cannot open in one line', async (_, args) => {
  const { code, output } = await runCommand(args);
  expect([code, output]).toEqual([3, expect.stringMatching(/^FILE_INACCESSIBLE: .*\n$/)]);
});

test('the example of the README scores posts of a brand', async () => {
  const { stdout } = await feedpulse(
    ...['score', join(repository, 'examples/posts.ndjson'), '--config', join(repository, 'feedpulse.example.yaml')],
    ...['--log-level', 'error'],
  );
  const [first] = stdout.split('\n');
  expect(JSON.parse(first ?? '')).toMatchObject({ brands: ['Brixomel'], label: 'positive' });
});

test('where the embedded database has no binary, doctor and other commands say so in a line', async () => {
  const env = { NODE_OPTIONS: `--import ${new URL('../support/without-chdb.mjs', import.meta.url).href}` };
  const doctor = await runCommand(['doctor', '--data-dir', join(folder, 'no-binary')], env);
  expect(doctor.output).toMatch(/database .*The embedded database could not be loaded on this machine/);
  expect(doctor.output).toContain('checksums verified');
  const migrate = await runCommand(['migrate', '--data-dir', join(folder, 'no-binary')], env);
  expect(migrate.output).toMatch(/^DATABASE_MISSING: .+\n$/);
  expect(migrate.code).toBe(6);
});

test.each([
  ['migrate', 128, /^FILE_INACCESSIBLE: This process may open 128 files, and the embedded database needs 256: raise the limit /],
  ['run', 64, /^FILE_INACCESSIBLE: This process may open 64 files, which is too few: raise the limit /],
  ['run', 20, /^feedpulse cannot start \(.*EMFILE/],
])('%s with at most %d open files ends before it has stored anything, and names the limit', async (command, files, message) => {
  const dataDir = join(folder, `files-${files}`);
  const script = `ulimit -n ${files}; exec "$0" bin/feedpulse.cjs ${command} --data-dir "$1"`;
  const ended = await promisify(execFile)('sh', ['-c', script, process.execPath, dataDir], { cwd: repository }).catch((error) => error);
  expect([ended.code, ended.stdout]).toEqual([files === 20 ? 1 : 3, '']);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  expect(await readdir(folder)).not.toContain(`files-${files}`);
});

test('a run writes no file outside its data directory, and doctor finds it healthy while it runs', async () => {
  const home = join(folder, 'home');
  const dataDir = join(folder, 'data');
  await mkdir(home);
  const env = { HOME: home, XDG_CACHE_HOME: join(home, '.cache'), XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: home };
  const running = await startFeedpulse(['--source', 'ndjson', '--in', posts, '--data-dir', dataDir], env);
  await eventually('the post is written', 60, async () => (await running.metric('feedpulse_rows_written_total')) === 1);
  const { code, output } = await runCommand(['doctor', '--data-dir', dataDir], env);
  expect([code, output]).toEqual([0, expect.stringContaining(`✓ database     embedded, in use by feedpulse at ${running.url}`)]);
  expect(await running.stop()).toBe(0);
  expect(await readdir(home, { recursive: true })).toEqual([]);
});
