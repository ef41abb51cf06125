import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

let root: string;

/** An npm that notes each installation, and whether another one was running. */
const npm = `#!/bin/sh
[ -e installing ] && echo clash >> clashes
touch installing
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
