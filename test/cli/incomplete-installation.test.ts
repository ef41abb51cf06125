import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'feedpulse-incomplete-'));
  cpSync(join(repository, 'bin'), join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const start = () => promisify(execFile)(process.execPath, [join(root, 'bin/feedpulse.cjs')]).catch((error) => error);

test('a program that is not built says how to build it', async () => {
  expect(await start()).toMatchObject({ code: 1, stderr: 'feedpulse is not built yet: run `npm run setup`.\n' });
});

test.each([
  ['a package', "import 'not-installed';"],
  ['a file of its own', "import './not-compiled.js';"],
])('a program that lacks %s, as after an interrupted installation, says so in a line', async (_, source) => {
  mkdirSync(join(root, 'dist/cli'), { recursive: true });
  writeFileSync(join(root, 'dist/cli/main.js'), source);
  expect(await start()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^feedpulse cannot start: the installation is incomplete, run `npm run setup` \(Cannot find .*\)\.\n$/),
  });
});
