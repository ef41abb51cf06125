import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-start-'));
});
afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

const isHealthy = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

test('npm start prints the URL, and SIGTERM stops all processes', async () => {
  const npm = spawn('npm', ['start', '--', '--port', '0', '--data-dir', dataDir], { cwd: repository, stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(npm, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: npm.stdout }).on('line', (line) => {
      const found = /http:\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
    npm.once('close', (code) => reject(new Error(`npm start exited with ${code}`)));
  });
  expect(await isHealthy(url)).toBe(true);
  npm.kill('SIGTERM');
  // The pipe closes once the last process that holds it has exited.
  await closed;
  expect(await isHealthy(url)).toBe(false);
});
