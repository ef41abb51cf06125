import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

let root: string;

/**
 * An npm that notes each installation, and whether another one was running. With a file `slow`, it takes long, and ignores
 * Ctrl-C, as npm does at times.
 */
const npm = `#!/bin/sh
[ -e installing ] && kill -0 $(cat installing) 2>/dev/null && echo clash >> clashes
echo $$ > installing
[ -e slow ] && { trap '' INT TERM; exec sleep 20; }
sleep 0.3
mkdir -p node_modules/typescript/bin node_modules/vite/bin
touch node_modules/typescript/bin/tsc node_modules/vite/bin/vite.js
cp package-lock.json node_modules/.package-lock.json
echo installed >> installations
rm -f installing
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'feedpulse-setup-'));
  cpSync(join(repository, 'scripts'), join(root, 'scripts'), { recursive: true });
  for (const dir of ['bin', 'src', '.cache']) mkdirSync(join(root, dir));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/one': { version: '1.0.0' } } }));
  writeFileSync(join(root, 'tsconfig.json'), '{}');
  writeFileSync(join(root, 'bin', 'npm'), npm);
  chmodSync(join(root, 'bin', 'npm'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const setup = () =>
  promisify(execFile)(process.execPath, [join(root, 'scripts/setup.mjs')], {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` },
  });
const linesOf = (file: string): number =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').trim().split('\n').length : 0;

test('of several first starts at once, one installs and the others wait for it', async () => {
  await Promise.all([setup(), setup(), setup()]);
  expect([linesOf('installations'), linesOf('clashes')]).toEqual([1, 0]);
});

test('the lock of a setup that was killed does not hold up the next one', async () => {
  const { stdout: pid } = await promisify(execFile)('sh', ['-c', 'echo $$']);
  writeFileSync(join(root, '.cache', 'setup.lock'), pid.trim());
  await setup();
  expect(linesOf('installations')).toBe(1);
  await setup();
  expect(linesOf('installations')).toBe(1);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in an installation ends it before the lock is released, and the next setup completes it',
  async (signal) => {
    writeFileSync(join(root, 'slow'), '');
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` };
    // As in a terminal, the signal goes to the whole process group.
    const child = spawn(process.execPath, [join(root, 'scripts/setup.mjs')], { cwd: root, env, detached: true });
    let output = '';
    child.stderr.on('data', (part) => (output += part));
    await expect.poll(() => existsSync(join(root, 'installing')), { timeout: 10_000 }).toBe(true);
    process.kill(-(child.pid ?? Number.NaN), signal);
    const [code] = await once(child, 'close');
    expect([code, output]).toEqual([
      signal === 'SIGINT' ? 130 : 143,
      expect.stringMatching(/Interrupted. Run the same command again to continue.\n$/),
    ]);
    expect(output).not.toContain('failed');
    expect(existsSync(join(root, '.cache', 'setup.lock'))).toBe(false);
    rmSync(join(root, 'slow'));
    await setup();
    expect([linesOf('installations'), linesOf('clashes')]).toEqual([1, 0]);
  },
);
