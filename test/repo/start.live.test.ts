import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-start-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

test('npm start prints where the page is, and SIGTERM to npm ends all of it', async () => {
  const npm = spawn('npm', ['start', '--', '--port', '0', '--data-dir', folder], { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(npm, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: npm.stdout }).on('line', (line) => {
      const found = /http:\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
    npm.once('close', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
  expect(await answers(url)).toBe(true);
  npm.kill('SIGTERM');
  // The pipe closes when the last process that holds it has ended.
  await ended;
  expect(await answers(url)).toBe(false);
});
